import type { Clock, Recorder } from '../../base/index.ts';
import type { Takings } from '../../core/ratelimit/index.ts';
import type { Chance } from '../chance.ts';
import type { CompiledConnectionManager } from '../compiled/compiled-listener.ts';
import { type ConnectionInfo, DynamicMetadata, type FilterStream } from '../filters/filter.ts';
import { ExchangeCourse } from '../http/exchange-course.ts';
import { hasForwardedProto } from '../http/prepare-request.ts';
import type { RequestHead } from '../http/request-head.ts';
import { StreamDuration } from '../http/stream-duration.ts';
import { markTracing, type Tracing } from '../http/trace-reason.ts';
import type { RouteTable } from '../route/route-table.ts';
import type { SelectedRoute } from '../route/selected-route.ts';

/** What a stream needs: of its connection manager, and of whoever plays it. */
export interface StreamParts extends Pick<CompiledConnectionManager, 'clusters' | 'listener'> {
  routes: Pick<RouteTable, 'select' | 'hostOf'>;
  connection: ConnectionInfo;
  clock: Clock;
  /** Is told every step; null: nobody is. */
  recorder: Recorder | null;
  chance: Chance;
  /** Keeps what the stream takes of limits. Default: it is gone. */
  takings?: Takings | undefined;
  bodyBytesMax: number;
  /** The connection manager's `max_stream_duration`, of which gRPC origins are told; 0: none. */
  maxStreamDurationMs: number;
  tracing: Tracing | null;
}

/** An exchange without a connection under it. */
export class RehearsedStream implements FilterStream {
  readonly request: RequestHead;
  readonly connection: ConnectionInfo;
  readonly clock: Clock;
  readonly recorder: Recorder | null;
  readonly chance: Chance;
  readonly closed = false;
  readonly body = null;
  readonly bodyBytesMax: number;
  readonly takings: Takings | undefined;
  readonly progress: ExchangeCourse;
  /** The request came as HEAD. */
  readonly isHead: boolean;
  metadataIfAny: DynamicMetadata | null = null;
  filterStateIfAny: Map<string, string> | null = null;
  #route: SelectedRoute | null;
  #routeCleared = false;
  readonly #routes: Pick<RouteTable, 'select'>;
  readonly #duration: StreamDuration;
  readonly #tracing: Tracing | null;
  #abort: AbortController | null = null;

  constructor(request: RequestHead, parts: StreamParts) {
    this.request = request;
    this.isHead = request.method === 'HEAD';
    this.connection = parts.connection;
    this.clock = parts.clock;
    this.bodyBytesMax = parts.bodyBytesMax;
    this.recorder = parts.recorder;
    this.chance = parts.chance;
    this.takings = parts.takings;
    this.#routes = parts.routes;
    this.#tracing = parts.tracing;
    this.#duration = new StreamDuration(0, parts.maxStreamDurationMs);
    this.#route = request.unroutable === true ? null : this.#selectRoute();
    this.progress = new ExchangeCourse(this, parts, parts.clock);
  }

  get metadata(): DynamicMetadata {
    this.metadataIfAny ??= new DynamicMetadata();
    return this.metadataIfAny;
  }

  get route(): SelectedRoute | null {
    if (this.#routeCleared) this.#chooseAgain();
    return this.#route;
  }

  clearRouteCache(): void {
    this.#routeCleared = true;
  }

  #chooseAgain(): void {
    this.#routeCleared = false;
    this.recorder?.note('the route is chosen again');
    this.#route = hasForwardedProto(this.request) ? this.#selectRoute() : null;
    this.markTracing();
  }

  /** Of a request that goes to the filters. */
  markTracing(): void {
    if (this.#tracing !== null) markTracing(this, this.#tracing);
  }

  #selectRoute(): SelectedRoute | null {
    const { request, recorder } = this;
    const route = this.#routes.select(request, recorder, this);
    if (route?.action.kind === 'cluster')
      this.#duration.follow(route.action.limits?.duration ?? null, request.headers);
    return route;
  }

  signal(): AbortSignal {
    this.#abort ??= new AbortController();
    return this.#abort.signal;
  }
}
