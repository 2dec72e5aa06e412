import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderOriginConfig } from './configs.ts';
import { type LoadResult, sendLoad } from './load.ts';
import { findFreePort, type PinnedProcess, readCpuUs, startPinned } from './pinned-process.ts';
import type { Scenario } from './scenarios.ts';
import type { Subject } from './subjects.ts';
import type { TokenPool } from './tokens.ts';

export interface BenchSettings {
  readonly gateCore: number;
  readonly loadCore: number;
  readonly connections: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

/** One round of one scenario on one gate. */
export interface Sample {
  readonly scenario: Scenario['id'];
  readonly subject: string;
  readonly cpuUsPerRequest: number;
  readonly requestsPerSecond: number;
  readonly requests: number;
  /** Null where the gate does not count them. */
  readonly memoHits: number | null;
}

/** Starts an origin on the load's core. */
export async function startOriginOn(core: number, folder: string): Promise<PinnedProcess & { port: number }> {
  const port = await findFreePort();
  const config = join(folder, 'origin.cfg');
  writeFileSync(config, renderOriginConfig(port));
  return { ...(await startPinned(core, ['haproxy', '-db', '-f', config], port)), port };
}

/** Starts a fresh gate, warms it up, measures, stops it: nothing that it learnt in another round helps it. */
export async function measure(
  subject: Subject,
  scenario: Scenario,
  pool: TokenPool,
  originPort: number,
  settings: BenchSettings,
  folder: string,
): Promise<Sample> {
  const port = await findFreePort();
  const job = { port, originPort, pool, verifies: scenario.verifies };
  const gate = await subject.start(job, settings.gateCore, folder);
  try {
    const load = { core: settings.loadCore, port, connections: settings.connections };
    const tokensFrom = (file: string) => {
      const token = scenario.token(pool);
      return token === null ? null : token === 'each its own' ? { file } : { token };
    };
    await sendLoad({ ...load, seconds: settings.warmUpSeconds, tokens: tokensFrom(pool.warmUpFile) }, folder);
    const before = readCpuUs(gate.pid);
    const tokens = tokensFrom(pool.measureFile);
    const result = await sendLoad({ ...load, seconds: settings.seconds, tokens }, folder);
    const cpuUs = readCpuUs(gate.pid) - before;
    checkAnswers(result, subject, scenario);
    return {
      scenario: scenario.id,
      subject: subject.id,
      cpuUsPerRequest: cpuUs / result.requests,
      requestsPerSecond: result.requestsPerSecond,
      requests: result.requests,
      memoHits: await gate.memoHits(),
    };
  } finally {
    await gate.stop();
  }
}

/** A gate that answers wrongly is fast for nothing. */
function checkAnswers(result: LoadResult, subject: Subject, scenario: Scenario): void {
  const wantNotOk = scenario.wantStatus === 200 ? 0 : result.requests;
  if (result.requests > 0 && result.notOk === wantNotOk && result.socketErrors === 0) return;
  throw new Error(
    `${subject.title}, ${scenario.title}: ${result.requests} answers, ${result.notOk} not 2xx, ${result.socketErrors} socket errors`,
  );
}
