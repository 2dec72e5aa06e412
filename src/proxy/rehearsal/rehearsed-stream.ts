import type { Clock, Recorder } from '../../base/index.ts';
import type { Takings } from '../../core/ratelimit/index.ts';
import type { Chance } from '../chance.ts';
import type { CompiledConnectionManager } from '../compiled/compiled-listener.ts';
import { type ConnectionInfo, DynamicMetadata, type FilterStream } from '../filters/filter.ts';
import { ExchangeCourse } from '../http/exchange-course.ts';
import { hasForwardedProto } from '../http/prepare-request.ts';
import type { RequestHead } from '../http/request-head.ts';
import type { RouteTable } from '../route/route-table.ts';
import type { SelectedRoute } from '../route/selected-route.ts';

/** What of a connection manager a stream needs. */
export interface StreamParts extends Pick<CompiledConnectionManager, 'clusters' | 'listener'> {
  routes: Pick<RouteTable, 'select' | 'hostOf'>;
  bodyBytesMax: number;
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
  #abort: AbortController | null = null;

  constructor(
    request: RequestHead,
    connection: ConnectionInfo,
    parts: StreamParts,
    clock: Clock,
    recorder: Recorder | null,
    chance: Chance,
    takings?: Takings,
  ) {
    const { routes, bodyBytesMax } = parts;
    this.request = request;
    this.isHead = request.method === 'HEAD';
    this.connection = connection;
    this.clock = clock;
    this.bodyBytesMax = bodyBytesMax;
    this.recorder = recorder;
    this.chance = chance;
    this.takings = takings;
    this.#routes = routes;
    this.#route = request.unroutable === true ? null : routes.select(request, recorder, this);
    this.progress = new ExchangeCourse(this, parts, clock);
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
    const { request, recorder } = this;
    this.#routeCleared = false;
    recorder?.note('the route is chosen again');
    this.#route = hasForwardedProto(request) ? this.#routes.select(request, recorder, this) : null;
  }

  signal(): AbortSignal {
    this.#abort ??= new AbortController();
    return this.#abort.signal;
  }
}
