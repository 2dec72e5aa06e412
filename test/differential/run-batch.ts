import { TreeRecorder } from '../../src/base/index.ts';
import { ownAddress, systemClock } from '../../src/platform/index.ts';
import type { GrpcAuthorizer } from '../fixtures/grpc-authorizer.ts';
import { compareEntries, type LogEntry } from './access-log.ts';
import type { Answer, DifferentialCase, PlayedRequest, Ports } from './case.ts';
import { isTaken } from './certificates.ts';
import { compareAnswers, type Difference, isAdmission } from './compare.ts';
import { compareCounters } from './counters.ts';
import { type Disagreement, rowsOf, rowsOfLog, rowsOfTokens } from './divergences.ts';
import type { EchoOrigin, KeyServer } from './echo-origin.ts';
import { type EnvoySide, judgeWithEnvoy, startEnvoySide } from './envoy-side.ts';
import { type CompiledCase, compileCase, startGateSide } from './gate-side.ts';
import { substituteLaxTokens } from './lax-tokens.ts';
import { playRequests } from './play.ts';
import { compareOutcomes, outcomeOf, type Rehearsed, rehearseRequest } from './rehearsal-side.ts';
import { sharesIssuers } from './shared-issuers.ts';
import type { Refusal, RunningSide } from './side.ts';
import { withStrictKeys } from './strict-keys.ts';

/** What the sides stand on. */
export interface Ground {
  envoyOrigin: EchoOrigin;
  gateOrigin: EchoOrigin;
  keys: KeyServer;
  grpc: GrpcAuthorizer;
}

/** A case to be run; with `mutation` it may be no configuration at all. */
export type BatchCase = DifferentialCase & { mutation?: string | null };

export type ReportKind = 'configuration' | 'answer' | 'rehearsal' | 'log' | 'counters' | 'origin count';

/** Something in which the sides are not alike. */
export interface Report {
  kind: ReportKind;
  one: BatchCase;
  request: PlayedRequest | null;
  envoyAnswer: Answer | null;
  gateAnswer: Answer | null;
  differences: readonly Difference[];
  /** Rows of docs/divergences.md that explain it; none: it is not listed. */
  rows: readonly string[];
  /** jotgate let in what Envoy kept out. */
  admits: boolean;
}

export interface BatchResult {
  reports: Report[];
  /** What Envoy answered, by case, where both run it. */
  answers: Map<string, Answer[]>;
  requests: number;
  /** Lines of Envoy's access log that were compared. */
  logged: number;
  /** Configurations that both run, that both refuse, and that jotgate says it does not do. */
  run: number;
  refused: number;
  unsupported: string[];
}

/** Runs a batch of cases on one Envoy and one gate and compares everything that shows. */
export async function runBatch(cases: readonly BatchCase[], ground: Ground): Promise<BatchResult> {
  ground.keys.documents.clear();
  for (const { keys } of cases) {
    for (const [path, document] of Object.entries(keys)) ground.keys.documents.set(path, document);
  }
  const others = { keys: ground.keys.port, grpc: ground.grpc.port };
  const envoyPorts = { origin: ground.envoyOrigin.port, ...others };
  const gatePorts = { origin: ground.gateOrigin.port, ...others };
  const compiled = new Map(cases.map((one) => [one.id, compileCase(one, gatePorts, systemClock)]));
  const unreadable = judgeMutated(cases, envoyPorts);
  const plain = cases.filter(({ mutation }) => !mutation);
  const judged = cases.filter(({ id, mutation }) => mutation && !unreadable.has(id));
  const [envoy, gate] = await Promise.all([
    startEnvoySide(plain, judged, envoyPorts),
    startGateSide(cases, compiled),
  ]);
  const batch = new Batch(envoy, gate, compiled, new Map([...unreadable, ...envoy.refusals]), (one) => {
    for (const [path, document] of Object.entries(one.keys)) ground.keys.documents.set(path, document);
    return startEnvoySide([one], [], envoyPorts);
  });
  try {
    const before = ground.gateOrigin.count;
    await Promise.all(cases.map((one) => batch.run(one)));
    await batch.finish(ground.gateOrigin.count - before);
  } finally {
    await Promise.all([envoy.stop(), gate.stop()]);
  }
  return batch.result;
}

/** Of so many starts of Envoy one at least has its providers in an order that is to be seen. */
const STARTS = 12;

/** Nothing of it hangs on an answer from elsewhere, or on the requests before. */
const isRehearsable = ({ keys, manager }: BatchCase) =>
  Object.keys(keys).length === 0 && !/ext_authz|local_ratelimit/.test(JSON.stringify(manager));

function judgeMutated(cases: readonly BatchCase[], ports: Ports): Map<string, Refusal> {
  const refusals = new Map<string, Refusal>();
  for (const one of cases) {
    const refusal = one.mutation ? judgeWithEnvoy(one, ports) : null;
    if (refusal !== null) refusals.set(one.id, refusal);
  }
  return refusals;
}

class Batch {
  readonly result: BatchResult = {
    reports: [],
    answers: new Map(),
    requests: 0,
    logged: 0,
    run: 0,
    refused: 0,
    unsupported: [],
  };
  readonly #envoy: EnvoySide;
  readonly #gate: RunningSide;
  readonly #compiled: ReadonlyMap<string, CompiledCase>;
  readonly #envoyRefusals: ReadonlyMap<string, Refusal>;
  readonly #startAside: (one: DifferentialCase) => Promise<EnvoySide>;
  /** What was rehearsed of cases whose answers were alike. */
  readonly #rehearsed = new Map<string, Rehearsed[]>();
  /** Cases whose counters say something: all answers were alike, and would be at each start of Envoy. */
  readonly #alike: BatchCase[] = [];
  #gateForwarded = 0;

  constructor(
    envoy: EnvoySide,
    gate: RunningSide,
    compiled: ReadonlyMap<string, CompiledCase>,
    envoyRefusals: ReadonlyMap<string, Refusal>,
    startAside: (one: DifferentialCase) => Promise<EnvoySide>,
  ) {
    this.#startAside = startAside;
    this.#envoy = envoy;
    this.#gate = gate;
    this.#compiled = compiled;
    this.#envoyRefusals = envoyRefusals;
  }

  async run(one: BatchCase): Promise<void> {
    const envoyPort = this.#envoy.ports.get(one.id);
    const gatePort = this.#gate.ports.get(one.id);
    if (envoyPort === undefined || gatePort === undefined) return this.#compareRefusals(one);
    this.result.run++;
    this.result.requests += one.requests.length;
    const [wanted, got] = await Promise.all([
      playRequests(envoyPort, one.requests),
      playRequests(gatePort, one.requests),
    ]);
    this.result.answers.set(one.id, wanted);
    this.#gateForwarded += got.filter(({ origin }) => origin !== null).length;
    const alike = await this.#compareAll(one, wanted, got, envoyPort);
    const rehearsed = await this.#compareRehearsals(one, got, gatePort);
    if (!alike || sharesIssuers(one)) return;
    this.#alike.push(one);
    if (rehearsed !== null) this.#rehearsed.set(one.id, rehearsed);
  }

  #compareRefusals(one: BatchCase): void {
    const envoy = this.#envoyRefusals.get(one.id);
    const jotgate = this.#gate.refusals.get(one.id);
    if (envoy !== undefined && jotgate !== undefined) this.result.refused++;
    else if (jotgate?.unsupported) this.result.unsupported.push(jotgate.reason);
    else {
      const differences = [
        { part: 'configuration', envoy: envoy?.reason ?? 'accepted', jotgate: jotgate?.reason ?? 'accepted' },
      ];
      this.#report({ kind: 'configuration', one, differences, admits: envoy !== undefined });
    }
  }

  async #compareAll(one: BatchCase, wanted: Answer[], got: Answer[], envoyPort: number): Promise<boolean> {
    let alike = true;
    for (const [index, request] of one.requests.entries()) {
      const [envoy, jotgate] = [wanted[index] as Answer, got[index] as Answer];
      const differences = compareAnswers(envoy, jotgate);
      if (differences.length === 0) continue;
      alike = false;
      const disagreement: Disagreement = { one, request, envoy, jotgate, differences };
      let rows = rowsOf(disagreement);
      if (rows.length === 0) {
        rows = await rowsOfTokens(disagreement, async (other) => {
          const [answer] = await playRequests(envoyPort, [other]);
          return answer as Answer;
        });
      }
      if (rows.length === 0) rows = await this.#rowsOfKeys(disagreement);
      if (rows.length === 0) rows = await this.#rowsOfOrder(disagreement);
      const admits = isAdmission(envoy, jotgate);
      const answers = { envoyAnswer: envoy, gateAnswer: jotgate };
      this.#report({ kind: 'answer', one, request, differences, rows, admits, ...answers });
    }
    return alike;
  }

  /** The rows about keys (K): an Envoy with a stranger's key in the place of each that jotgate does not take must have said the same. */
  async #rowsOfKeys(disagreement: Disagreement): Promise<string[]> {
    const strict = withStrictKeys(disagreement.one);
    return strict === null ? [] : this.#rowsAside(disagreement, strict.one, strict.rows);
  }

  /** The row about providers of one issuer (Q3): an Envoy that was started anew must have said the same. */
  async #rowsOfOrder(disagreement: Disagreement): Promise<string[]> {
    if (!sharesIssuers(disagreement.one)) return [];
    for (let start = 0; start < STARTS; start++) {
      const rows = await this.#rowsAside(disagreement, disagreement.one, ['Q3']);
      if (rows.length > 0) return rows;
    }
    return [];
  }

  /** The rows by which an Envoy of its own, which runs another case, says what jotgate said; empty: it does not. */
  async #rowsAside(
    disagreement: Disagreement,
    one: DifferentialCase,
    explained: readonly string[],
  ): Promise<string[]> {
    const { request, jotgate } = disagreement;
    const envoy = await this.#startAside(one);
    try {
      const ask = async (other: PlayedRequest) => {
        const [answer] = await playRequests(envoy.ports.get(one.id) ?? 0, [other]);
        return answer as Answer;
      };
      if (!envoy.ports.has(one.id)) return [];
      const answer = await ask(request);
      const differences = compareAnswers(answer, jotgate);
      if (differences.length === 0) return [...explained];
      const rest = { ...disagreement, one, envoy: answer, differences };
      const rows = rowsOf(rest).length > 0 ? rowsOf(rest) : await rowsOfTokens(rest, ask);
      return rows.length === 0 ? [] : [...explained, ...rows];
    } finally {
      await envoy.stop();
    }
  }

  /** `why` runs what is rehearsed here: its verdict must be the gate's. */
  async #compareRehearsals(
    one: BatchCase,
    got: readonly Answer[],
    port: number,
  ): Promise<Rehearsed[] | null> {
    const compiled = this.#compiled.get(one.id);
    if (compiled === undefined || compiled.snapshot === null || !isRehearsable(one)) return null;
    const rehearsed: Rehearsed[] = [];
    for (const [index, request] of one.requests.entries()) {
      const gate = outcomeOf(got[index] as Answer);
      if (one.tls && request.client && !isTaken(request.client, one.tls)) return null;
      const outcome = await rehearseRequest(
        compiled.compiled,
        request,
        { port, nodeAddress: ownAddress() },
        systemClock,
        new TreeRecorder(),
      );
      rehearsed.push(outcome);
      const differences = compareOutcomes(gate, outcome);
      if (differences.length > 0) this.#report({ kind: 'rehearsal', one, request, differences });
    }
    return rehearsed;
  }

  /** What Envoy logs of each request against what was rehearsed, where every request left just one line. */
  async #compareLogs(one: BatchCase, rehearsed: readonly Rehearsed[]): Promise<void> {
    // What comes of a response is not rehearsed.
    if (JSON.stringify(one.manager).includes('response_rules')) return;
    const entries = await this.#envoy.accessLog(one.id, rehearsed.length);
    if (entries.length !== rehearsed.length) return;
    for (const [index, request] of one.requests.entries()) {
      const [envoy, { logged, origin }] = [entries[index] as LogEntry, rehearsed[index] as Rehearsed];
      if (envoy.status !== logged.status) continue;
      this.result.logged++;
      const differences = compareEntries(envoy, logged, origin !== null);
      if (differences.length === 0) continue;
      this.#report({ kind: 'log', one, request, differences, rows: rowsOfLog(differences, request, one) });
    }
  }

  /** Counters, and that no request reached the origin but those whose answers say so. */
  async finish(gateOriginCount: number): Promise<void> {
    const [envoy, gate] = [await this.#envoy.stats(), await this.#gate.stats()];
    for (const one of this.#alike) {
      const rehearsed = this.#rehearsed.get(one.id);
      if (rehearsed !== undefined) await this.#compareLogs(one, rehearsed);
    }
    // Where a token was read otherwise, as a row says, policies that ask for its claims are counted otherwise.
    const isExplained = (played: BatchCase) => mapsLaxTokens(played) || isLogged(played);
    const isLogged = ({ id }: BatchCase) =>
      this.result.reports.some(({ kind, one, rows }) => kind === 'log' && one.id === id && rows.length > 0);
    for (const one of this.#alike) {
      const differences = isExplained(one) ? [] : compareCounters(one.id, envoy, gate);
      if (differences.length > 0) this.#report({ kind: 'counters', one, differences });
    }
    const [one] = this.#alike;
    if (one === undefined || gateOriginCount === this.#gateForwarded) return;
    const part = 'requests that reached the origin against answers that say so';
    const differences = [{ part, envoy: String(this.#gateForwarded), jotgate: String(gateOriginCount) }];
    this.#report({ kind: 'origin count', one, differences, admits: true });
  }

  #report(report: Pick<Report, 'kind' | 'one' | 'differences'> & Partial<Report>): void {
    const rest = { request: null, envoyAnswer: null, gateAnswer: null, rows: [], admits: false };
    this.result.reports.push({ ...rest, ...report });
  }
}

/** Whether a refusal of a token that a row names may look like another reply: a local reply rule gives both one status. */
const mapsLaxTokens = (one: DifferentialCase) =>
  JSON.stringify(one.manager).includes('local_reply_config') &&
  one.requests.some((request) => substituteLaxTokens(request, one).next().done === false);
