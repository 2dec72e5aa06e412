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
  const [port, adminPort] = [await findFreePort(), await findFreePort()];
  const job = { port, adminPort, originPort, pool, verifies: scenario.verifies };
  const gate = await subject.start(job, settings.gateCore, folder);
  try {
    if (scenario.verifies) await checkVerdicts(subject, port, pool);
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
      memoHits: scenario.verifies ? await gate.memoHits() : null,
    };
  } finally {
    await gate.stop();
  }
}

/** Before it is measured, each gate shows that it does the whole job. */
async function checkVerdicts(subject: Subject, port: number, pool: TokenPool): Promise<void> {
  const ask = async (path: string, token: string | null) => {
    const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
    const reply = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
    await reply.arrayBuffer();
    return reply.status;
  };
  const verdicts: [name: string, status: number, want: number][] = [
    ['a good token', await ask('/', pool.token), 200],
    ['no token', await ask('/', null), 401],
    ['no token on an open path', await ask('/docs', null), 200],
  ];
  for (const [name, token] of Object.entries(pool.badTokens)) {
    verdicts.push([`a token: ${name}`, await ask('/', token), 401]);
  }
  const wrong = verdicts.filter(([, status, want]) => status !== want);
  if (wrong.length === 0) return;
  const list = wrong.map(([name, status, want]) => `${name} gets ${status} instead of ${want}`);
  throw new Error(`${subject.title} does another job: ${list.join('; ')}`);
}

/** A gate that answers wrongly is fast for nothing. */
function checkAnswers(result: LoadResult, subject: Subject, scenario: Scenario): void {
  const wantNotOk = scenario.wantStatus === 200 ? 0 : result.requests;
  if (result.requests > 0 && result.notOk === wantNotOk && result.socketErrors === 0) return;
  throw new Error(
    `${subject.title}, ${scenario.title}: ${result.requests} answers, ${result.notOk} not 2xx, ${result.socketErrors} socket errors`,
  );
}
