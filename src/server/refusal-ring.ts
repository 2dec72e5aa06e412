import { ManualClock, type Step, TreeRecorder } from '../base/index.ts';
import { redactTokens } from '../core/match/index.ts';
import type { KeptRequest, RefusedReply } from '../proxy/http/index.ts';
import {
  buildRequestHead,
  ClaimRedactor,
  type CompiledSnapshot,
  type ConnectionInfo,
  compileSnapshot,
  type JwksFetcher,
  ReplayedChance,
  rehearse,
} from '../proxy/rehearsal/index.ts';
import { Findings, type Provenance, type Snapshot } from '../resources/index.ts';
import type { GateListener } from './gate.ts';

/** A refusal as a data loop tells it. Its tokens are gone once it is explained. */
export interface RefusedRequest {
  id: string;
  atMs: number;
  request: KeptRequest;
  connection: ConnectionInfo;
  reply: RefusedReply;
}

/** A step for a program: claims and tokens in it are fingerprints. */
export interface ExplainedStep {
  kind: string;
  text: string;
  verdict: Step['verdict'];
  reason: string | null;
  notes: readonly string[];
  at: { file: string; line: number; column: number } | null;
  steps: readonly ExplainedStep[];
}

export interface ExplainedRefusal {
  id: string;
  /** RFC 3339. */
  at: string;
  request: { method: string; authority: string; path: string };
  status: number;
  body: string;
  /** What the same request gets when it is played again, where that is something else: a limit, another service's word. */
  playedAgain: number | null | undefined;
  steps: readonly ExplainedStep[];
}

export interface RingParts {
  snapshot: Snapshot;
  provenance: Provenance | undefined;
  listeners: readonly GateListener[];
  jwks: JwksFetcher;
  envoyExact: boolean;
  /** Stands for peers on this machine, as on the data path. */
  nodeAddress: string;
}

const KEPT_MAX = 64;

/** The last refusals, each with the tree of its decision: played again as soon as it is told, so that no token is kept. */
export class RefusalRing {
  readonly #entries: ExplainedRefusal[] = [];
  #explaining: Promise<void> = Promise.resolve();
  #parts: RingParts;
  #compiled: Promise<{ compiled: CompiledSnapshot; clock: ManualClock }> | null = null;

  constructor(parts: RingParts) {
    this.#parts = parts;
  }

  /** What comes after is explained by another configuration. */
  change(parts: Partial<RingParts>): void {
    this.#parts = { ...this.#parts, ...parts };
    this.#compiled = null;
  }

  /** The latest first. */
  list(): readonly ExplainedRefusal[] {
    return this.#entries.toReversed();
  }

  find(id: string): ExplainedRefusal | undefined {
    return id === 'last' ? this.#entries.at(-1) : this.#entries.find((entry) => entry.id === id);
  }

  /** One after the other, for they share a clock. */
  add(refused: RefusedRequest): Promise<void> {
    this.#explaining = this.#explaining.then(() => this.#explain(refused)).catch(() => undefined);
    return this.#explaining;
  }

  async #explain({ id, atMs, request, connection, reply }: RefusedRequest): Promise<void> {
    const { snapshot, provenance, listeners, nodeAddress } = this.#parts;
    this.#compiled ??= compile(this.#parts);
    const { compiled, clock } = await this.#compiled;
    clock.set(atMs);
    const recorder = new TreeRecorder();
    const listener = compiled.listeners[indexOf(listeners, connection)]?.name;
    const scheme = request.scheme === 'https' ? ('https' as const) : ('http' as const);
    const chance = request.drawn === undefined ? undefined : new ReplayedChance(request.drawn);
    const words = { ...request, scheme, ...decoded(request) };
    const verdict = await rehearse(
      compiled,
      { listener, request: buildRequestHead(words), connection, nodeAddress, chance },
      clock,
      recorder,
    );
    const root = new ClaimRedactor(snapshot, words).redactStep(recorder.root);
    const { method, authority, path } = words;
    this.#entries.push({
      id,
      at: new Date(atMs).toISOString(),
      request: { method, authority, path: withoutValues(redactTokens(path)) },
      status: reply.status,
      body: reply.body,
      playedAgain: verdict.status === reply.status ? undefined : verdict.status,
      steps: root.steps.map((step) => describeStep(step, provenance)),
    });
    if (this.#entries.length > KEPT_MAX) this.#entries.shift();
  }
}

/** The listener of a connection: the one at its very address, or the one at its port that takes any. */
function indexOf(listeners: readonly GateListener[], { localAddress, localPort }: ConnectionInfo): number {
  const at = listeners.findIndex(({ address, port }) => port === localPort && address === localAddress);
  return at >= 0 ? at : listeners.findIndex(({ address, port }) => port === localPort && ANY.has(address));
}

const ANY: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** Of a query the names alone: what its values are is nobody's business. */
const withoutValues = (path: string) => {
  const at = path.indexOf('?');
  return at < 0 ? path : path.slice(0, at) + path.slice(at).replaceAll(/=[^&]*/g, '=…');
};

/** The wire's bytes as text, which `buildRequestHead` makes bytes of again. */
function decoded({ authority, path, names, values }: KeptRequest) {
  const text = (bytes: string) => Buffer.from(bytes, 'latin1').toString('utf8');
  return {
    authority: text(authority),
    path: text(path),
    headers: names.map((name, index) => [name, text(values[index] as string)] as const),
  };
}

async function compile({ snapshot, provenance, jwks, envoyExact }: RingParts) {
  const clock = new ManualClock(0);
  const findings = new Findings(provenance);
  const compiled = compileSnapshot(snapshot, { findings, clock, jwks, envoyExact });
  return { compiled, clock };
}

function describeStep(step: Step, provenance: Provenance | undefined): ExplainedStep {
  const { kind, text, verdict, reason, notes, origin, field } = step;
  const at = origin === undefined ? undefined : provenance?.find(origin, field);
  return {
    kind,
    text,
    verdict,
    reason: reason ?? null,
    notes,
    at: at === undefined ? null : { file: at.file, line: at.line, column: at.column },
    steps: step.steps.map((inner) => describeStep(inner, provenance)),
  };
}
