import type { Clock } from '../../base/index.ts';
import type { AccessLog } from '../access-log/access-log.ts';
import type { HttpFilter } from '../filters/filter.ts';
import type { LocalReplyRules } from '../local-reply/compile-local-reply.ts';
import type { RouteTable } from '../route/route-table.ts';
import type { Cluster } from '../upstream/cluster.ts';
import type { DateField } from './date-field.ts';
import type { Deadlines } from './deadlines.ts';
import type { Surroundings } from './exchange-course.ts';
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
  /** Held of a body that a filter looks at in part (`per_connection_buffer_limit_bytes`); 0: no limit. */
  readonly bodyBytesMax: number;
  /** Something in the configuration asks how exchanges go: their course is written down. */
  readonly keepsCourse: boolean;
  /** null: none. */
  readonly accessLog: AccessLog | null;
  /** How replies of the gate's own are told; null: as they are. Only where `keepsCourse`. */
  readonly localReply: LocalReplyRules | null;
  /** What the configuration says of all that an exchange goes through. */
  readonly surroundings: Surroundings;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly date: DateField;
  /** null: refusals are not explained. */
  readonly refusals: RefusalWatch | null;
  /** Told of an error of the gate's own. The exchange that met it is cut; everybody else is served on. */
  readonly reportBug: (error: unknown) => void;
}
