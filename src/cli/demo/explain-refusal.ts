import type { Clock } from '../../base/index.ts';
import { TreeRecorder } from '../../base/index.ts';
import {
  buildRequestHead,
  type CompiledSnapshot,
  compileSnapshot,
  type JwksFetcher,
  rehearse,
} from '../../proxy/rehearsal/index.ts';
import { Findings, type Provenance, type Snapshot } from '../../resources/index.ts';
import { type RefusalStep, refusalPath, renderPlace } from '../refusal.ts';
import type { StoryRequest } from './http-client.ts';

/** What the decision objects say of a request, and how they came to it. */
export interface Explanation {
  /** Of the reply; null when the request is admitted. */
  status: number | null;
  body: string;
  /** The steps that led to the refusal, inside the listener; empty when the request is admitted. */
  steps: RefusalStep[];
}

export interface ExplainedConfig {
  snapshot: Snapshot;
  provenance: Provenance;
}

/** Answers why a gate refused a request, by playing it through the same decision objects with a recorder. */
export class RefusalExplainer {
  readonly #compiled: CompiledSnapshot;
  readonly #provenance: Provenance;
  readonly #clock: Clock;

  constructor({ snapshot, provenance }: ExplainedConfig, clock: Clock, jwks: JwksFetcher) {
    this.#compiled = compileSnapshot(snapshot, { findings: new Findings(provenance), clock, jwks });
    this.#provenance = provenance;
    this.#clock = clock;
  }

  async explain(request: StoryRequest): Promise<Explanation> {
    const recorder = new TreeRecorder();
    const url = new URL(request.url);
    const head = buildRequestHead({
      method: request.method ?? 'GET',
      scheme: 'http',
      authority: url.host,
      path: url.pathname + url.search,
      headers: Object.entries(request.headers ?? {}),
    });
    const connection = {
      remoteAddress: '127.0.0.1',
      remotePort: 0,
      localAddress: '127.0.0.1',
      localPort: Number(url.port),
      serverName: '',
      tls: false,
    };
    const rehearsal = { request: head, connection };
    const { status, body } = await rehearse(this.#compiled, rehearsal, this.#clock, recorder);
    const path = refusalPath(recorder.root, this.#provenance);
    return { status, body, steps: path.filter(({ kind }) => kind !== 'listener') };
  }
}

/** Each step on a line of its own, with file:line. */
export function renderSteps(steps: readonly RefusalStep[]): string[] {
  return steps.map(({ text, at }) => (at === undefined ? text : `${text}   ${renderPlace(at)}`));
}

/** One line: what was found wanting, and the rule or policy that asked for it, with its file:line. */
export function renderInOneLine(steps: readonly RefusalStep[]): string[] {
  const last = steps.at(-1);
  const asking = steps.find(({ kind }) => kind === 'rule' || kind === 'policy') ?? steps[0];
  if (last === undefined || asking === undefined) return [];
  const [name] = asking.text.split(': ');
  return [`${last.text}   asked for by ${name}   ${renderPlace(asking.at)}`];
}
