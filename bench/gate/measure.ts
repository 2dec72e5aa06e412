import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderOriginConfig } from './configs.ts';
import { type Load, type LoadResult, sendLoad } from './load.ts';
import { findFreePort, type PinnedProcess, readCpuUs, startPinned } from './pinned-process.ts';
import type { Scenario } from './scenarios.ts';
import type { RunningSubject, Subject } from './subjects.ts';
import type { TokenPool } from './tokens.ts';

export interface BenchSettings {
  readonly gateCore: number;
  readonly loadCore: number;
  readonly connections: number;
  readonly warmUpSeconds: number;
  /** How many turns of one second each gate has in a round. */
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

/** The shortest that wrk runs. */
const TURN_SECONDS = 1;

/** Starts an origin on the load's core. */
export async function startOriginOn(core: number, folder: string): Promise<PinnedProcess & { port: number }> {
  const port = await findFreePort();
  const config = join(folder, 'origin.cfg');
  writeFileSync(config, renderOriginConfig(port));
  return { ...(await startPinned(core, ['haproxy', '-db', '-f', config], port)), port };
}

/** What a round needs besides its gates and its traffic. */
export interface Ground {
  readonly pool: TokenPool;
  readonly originPort: number;
  readonly settings: BenchSettings;
  /** For what the gates read. */
  readonly folder: string;
}

/**
 * Starts fresh gates, so that nothing learnt in another round helps one, warms each up, and measures them in turns of one second, there and
 * back again: what else the machine does meanwhile falls on all of them alike.
 */
export async function measureRound(
  subjects: readonly Subject[],
  scenario: Scenario,
  ground: Ground,
): Promise<Sample[]> {
  const contenders: Contender[] = [];
  try {
    for (const subject of subjects) contenders.push(await startContender(subject, scenario, ground));
    for (let turn = 0; turn < ground.settings.seconds; turn++) {
      const order = turn % 2 === 0 ? contenders : contenders.toReversed();
      for (const contender of order) await measureTurn(contender, turn, scenario, ground);
    }
    return await Promise.all(contenders.map((contender) => sampleOf(contender, scenario)));
  } finally {
    for (const { gate } of contenders) await gate.stop();
  }
}

/** A gate that runs, and what it has used and served so far. */
interface Contender {
  readonly subject: Subject;
  readonly gate: RunningSubject;
  readonly port: number;
  cpuUs: number;
  requests: number;
  seconds: number;
}

async function startContender(subject: Subject, scenario: Scenario, ground: Ground): Promise<Contender> {
  const { pool, originPort, settings, folder } = ground;
  const [port, adminPort] = [await findFreePort(), await findFreePort()];
  const job = { port, adminPort, originPort, pool, verifies: scenario.verifies };
  const gate = await subject.start(job, settings.gateCore, folder);
  try {
    if (scenario.verifies) await checkVerdicts(subject, port, pool);
    const tokens = tokensOf(scenario, pool, { file: pool.warmUpFile, skip: 0 });
    await sendLoad(loadOn(port, settings.warmUpSeconds, tokens, settings), folder);
  } catch (error) {
    await gate.stop();
    throw error;
  }
  return { subject, gate, port, cpuUs: 0, requests: 0, seconds: 0 };
}

async function measureTurn(
  contender: Contender,
  turn: number,
  scenario: Scenario,
  { pool, settings, folder }: Ground,
): Promise<void> {
  const { gate, port, subject } = contender;
  const skip = turn * Math.floor(pool.measureTokens / settings.seconds);
  const tokens = tokensOf(scenario, pool, { file: pool.measureFile, skip });
  const before = readCpuUs(gate.pid);
  const result = await sendLoad(loadOn(port, TURN_SECONDS, tokens, settings), folder);
  contender.cpuUs += readCpuUs(gate.pid) - before;
  contender.requests += result.requests;
  contender.seconds += result.requests / result.requestsPerSecond;
  checkAnswers(result, subject, scenario);
}

async function sampleOf(contender: Contender, scenario: Scenario): Promise<Sample> {
  const { subject, gate, cpuUs, requests, seconds } = contender;
  return {
    scenario: scenario.id,
    subject: subject.id,
    cpuUsPerRequest: cpuUs / requests,
    requestsPerSecond: requests / seconds,
    requests,
    memoHits: scenario.verifies ? await gate.memoHits() : null,
  };
}

function loadOn(port: number, seconds: number, tokens: Load['tokens'], settings: BenchSettings): Load {
  return { core: settings.loadCore, port, seconds, connections: settings.connections, tokens };
}

function tokensOf(scenario: Scenario, pool: TokenPool, each: { file: string; skip: number }): Load['tokens'] {
  const token = scenario.token(pool);
  return token === null ? null : token === 'each its own' ? each : { token };
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
