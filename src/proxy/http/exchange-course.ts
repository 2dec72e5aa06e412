import type { Clock } from '../../base/index.ts';
import type { ClusterFacts, ListenerFacts } from '../compiled/compiled-listener.ts';
import type { LocalReply } from '../filters/filter.ts';
import type { Progress, UpstreamFacts } from '../format/format-source.ts';
import type { ResponseFlag } from '../format/response-flags.ts';
import type { RouteTable } from '../route/route-table.ts';
import type { SelectedRoute, VirtualHostFacts } from '../route/selected-route.ts';
import type { UpstreamConnection } from '../upstream/upstream-connection.ts';
import type { HeaderList } from './header-list.ts';
import type { RequestHead } from './request-head.ts';

/** Whose course it is. */
interface Owner {
  readonly request: RequestHead;
  readonly route: SelectedRoute | null;
}

/** Through what it goes. */
export interface Surroundings {
  readonly routes: Pick<RouteTable, 'hostOf'>;
  readonly clusters: ReadonlyMap<string, ClusterFacts>;
  readonly listener: ListenerFacts;
}

/** What is written down of an exchange for formats and access logs; kept only where the configuration has such as ask for it. */
export class ExchangeCourse implements Progress {
  readonly startMs: number;
  status = 0;
  headStatus = 0;
  responseHeaders: HeaderList | null = null;
  details = '';
  flags = '';
  upstream: UpstreamFacts | null = null;
  attempts = 0;
  bytesReceived = 0;
  bytesSent = 0;
  requestEndMs: number | undefined;
  requestSentMs: number | undefined;
  responseMs: number | undefined;
  transportFailure = '';
  localBody = '';
  readonly #owner: Owner;
  readonly #surroundings: Surroundings;
  readonly #clock: Clock;
  readonly #startedAt = performance.now();
  #endedMs: number | undefined;

  constructor(owner: Owner, surroundings: Surroundings, clock: Clock) {
    this.#owner = owner;
    this.#surroundings = surroundings;
    this.#clock = clock;
    this.startMs = clock.now();
  }

  get nowMs(): number {
    return this.#clock.now();
  }

  get durationMs(): number {
    return this.#endedMs ?? performance.now() - this.#startedAt;
  }

  get clusterName(): string {
    const action = this.#owner.route?.action;
    return action?.kind === 'cluster' && this.#surroundings.clusters.has(action.cluster)
      ? action.cluster
      : '';
  }

  get cluster(): ClusterFacts | null {
    return this.#surroundings.clusters.get(this.clusterName) ?? null;
  }

  get listener(): ListenerFacts {
    return this.#surroundings.listener;
  }

  get virtualHost(): VirtualHostFacts | null {
    return this.#surroundings.routes.hostOf(this.#owner.request);
  }

  get observedClusterName(): string {
    return this.cluster?.observedName ?? '';
  }

  addFlag(flag: ResponseFlag): void {
    this.flags = this.flags === '' ? flag : `${this.flags},${flag}`;
  }

  requestEnded(): void {
    this.requestEndMs ??= this.durationMs;
    if (this.upstream !== null) this.requestSentMs ??= this.durationMs;
  }

  sentTo(upstream: UpstreamConnection): void {
    this.upstream = upstream.host;
    if (this.requestEndMs !== undefined) this.requestSentMs = this.durationMs;
  }

  responded(status: number, headers: HeaderList, upstream: UpstreamConnection | null): void {
    this.status = status;
    this.headStatus = status;
    this.responseHeaders = headers;
    this.details = 'via_upstream';
    this.responseMs = this.durationMs;
    if (upstream !== null) this.upstream = { ...upstream.host, ...upstream.localPlace };
  }

  /** A reply of the gate's own is being made. */
  repliesItself({ status, details }: LocalReply, headers: HeaderList): void {
    this.details = details;
    this.headStatus = status;
    this.responseHeaders = headers;
    const flag = FLAG_OF_DETAILS[details];
    if (flag !== undefined) this.addFlag(flag);
  }

  /** That reply is put together. Only now is there a limit's flag: for the filters on its way out and the log (Envoy: local_ratelimit.cc). */
  composed({ details }: LocalReply): void {
    if (details === 'local_rate_limited') this.addFlag('RL');
  }

  ended(): void {
    this.#endedMs = this.durationMs;
  }
}

/** Flags that go with what a filter or the want of a route replies, while the reply is being made. */
const FLAG_OF_DETAILS: Readonly<Record<string, ResponseFlag>> = {
  route_not_found: 'NR',
  ext_authz_denied: 'UAEX',
  ext_authz_error: 'UAEX',
  ext_authz_invalid: 'UAEX',
};
