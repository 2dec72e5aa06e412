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
import { refusalPath, renderPlace } from '../refusal.ts';
import type { StoryRequest } from './http-client.ts';

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

  /** One line per step on the way to the refusal, outermost first, with file:line. */
  async explain(request: StoryRequest): Promise<string[]> {
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
    await rehearse(this.#compiled, { request: head, connection }, this.#clock, recorder);
    const steps = refusalPath(recorder.root, this.#provenance).slice(1);
    return steps.map(({ text, at }) => (at === undefined ? text : `${text}   ${renderPlace(at)}`));
  }
}
