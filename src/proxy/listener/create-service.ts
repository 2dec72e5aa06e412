import type { Listener } from '#schema/envoy/config/listener/v3/listener_pb.js';
import type { Clock } from '../../base/index.ts';
import { AccessLog, type OpenLog } from '../access-log/access-log.ts';
import type { CompiledConnectionManager } from '../compiled/compiled-listener.ts';
import { bodyBytesMaxOf } from '../http/body-too-large.ts';
import type { DateField } from '../http/date-field.ts';
import type { Deadlines } from '../http/deadlines.ts';
import type { HttpService } from '../http/http-service.ts';
import { HttpStats } from '../http/http-stats.ts';
import type { RefusalWatch } from '../http/refusal-watch.ts';
import type { StatsScope } from '../stats.ts';
import type { Cluster } from '../upstream/cluster.ts';
import { compileHttpOptions } from './compile-http-options.ts';

/** What all connection managers of one data loop share. */
export interface LoopParts {
  clusters: ReadonlyMap<string, Cluster>;
  stats: StatsScope;
  clock: Clock;
  deadlines: Deadlines;
  date: DateField;
  nodeAddress: string;
  refusals: RefusalWatch | null;
  /** The way to access logs. */
  openLog: OpenLog;
  reportBug: (error: unknown) => void;
  /** Connections that a listener has at a time. */
  connectionsMax?: number;
}

/** Puts a compiled connection manager on a data loop. */
export function createService(
  manager: CompiledConnectionManager,
  listener: Listener,
  parts: LoopParts,
): HttpService {
  return {
    options: compileHttpOptions(manager, parts.nodeAddress),
    routes: manager.routes,
    filters: manager.filters,
    clusters: parts.clusters,
    surroundings: manager,
    keepsCourse: manager.keepsCourse,
    accessLog: AccessLog.open(manager.accessLogs, parts.openLog),
    localReply: manager.localReply,
    bodyBytesMax: bodyBytesMaxOf(listener),
    stats: new HttpStats(parts.stats.scope(`http.${manager.statPrefix}.`)),
    clock: parts.clock,
    deadlines: parts.deadlines,
    date: parts.date,
    refusals: parts.refusals,
    reportBug: parts.reportBug,
  };
}
