import type { Clock, Recorder } from '../../base/index.ts';
import type { CompiledConnectionManager } from '../compiled/compiled-listener.ts';
import { type ConnectionInfo, DynamicMetadata, type FilterStream } from '../filters/filter.ts';
import { ExchangeCourse } from '../http/exchange-course.ts';
import type { RequestHead } from '../http/request-head.ts';
import type { RouteTable } from '../route/route-table.ts';
import type { SelectedRoute } from '../route/selected-route.ts';

/** An exchange without a connection under it. */
export class RehearsedStream implements FilterStream {
  readonly request: RequestHead;
  readonly connection: ConnectionInfo;
  readonly clock: Clock;
  readonly recorder: Recorder | null;
  readonly closed = false;
  readonly body = null;
  readonly progress: ExchangeCourse;
  route: SelectedRoute | null;
  metadataIfAny: DynamicMetadata | null = null;
  readonly #routes: Pick<RouteTable, 'select'>;
  #abort: AbortController | null = null;

  constructor(
    request: RequestHead,
    connection: ConnectionInfo,
    {
      routes,
      clusters,
    }: { routes: Pick<RouteTable, 'select'> } & Pick<CompiledConnectionManager, 'clusters'>,
    clock: Clock,
    recorder: Recorder | null,
  ) {
    this.request = request;
    this.connection = connection;
    this.clock = clock;
    this.recorder = recorder;
    this.#routes = routes;
    this.route = routes.select(request, recorder);
    this.progress = new ExchangeCourse(this, clusters, clock);
  }

  get metadata(): DynamicMetadata {
    this.metadataIfAny ??= new DynamicMetadata();
    return this.metadataIfAny;
  }

  clearRouteCache(): void {
    this.recorder?.note('the route is chosen again');
    this.route = this.#routes.select(this.request, this.recorder, this.metadataIfAny);
  }

  signal(): AbortSignal {
    this.#abort ??= new AbortController();
    return this.#abort.signal;
  }
}
