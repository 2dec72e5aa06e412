import type { Clock } from '../../base/index.ts';
import type { HttpFilter } from '../filters/filter.ts';
import type { RouteTable } from '../route/route-table.ts';
import type { Cluster } from '../upstream/cluster.ts';
import type { DateField } from './date-field.ts';
import type { Deadlines } from './deadlines.ts';
import type { HttpOptions } from './http-options.ts';
import type { HttpStats } from './http-stats.ts';
import type { RefusalWatch } from './refusal-watch.ts';

/** All that a connection needs to serve requests: one connection manager, compiled. A reload puts another in its place. */
export interface HttpService {
  readonly options: HttpOptions;
  readonly routes: RouteTable;
  /** All but the router. */
  readonly filters: readonly HttpFilter[];
  readonly clusters: ReadonlyMap<string, Cluster>;
  readonly stats: HttpStats;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly date: DateField;
  /** null: refusals are not explained. */
  readonly refusals: RefusalWatch | null;
  /** Told of an error of the gate's own. The exchange that met it is cut; everybody else is served on. */
  readonly reportBug: (error: unknown) => void;
}
