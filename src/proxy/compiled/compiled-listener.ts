import type { FilterChain } from '#schema/envoy/config/listener/v3/listener_components_pb.js';
import type { Listener } from '#schema/envoy/config/listener/v3/listener_pb.js';
import type { Router } from '#schema/envoy/extensions/filters/http/router/v3/router_pb.js';
import type { HttpConnectionManager } from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import type { Recorder } from '../../base/index.ts';
import { lowerAscii, type MetadataSource } from '../../core/match/index.ts';
import type { CompiledLog } from '../access-log/compile-access-log.ts';
import type { ConnectionGuard } from '../filters/connection-guard.ts';
import type { ConnectionInfo, HttpFilter } from '../filters/filter.ts';
import type { OwnName } from '../http/http-options.ts';
import type { LocalReplyRules } from '../local-reply/compile-local-reply.ts';
import type { RouteTable } from '../route/route-table.ts';

/** What is known of a cluster without its hosts. */
export interface ClusterFacts {
  /** The name of its first host, for `auto_host_rewrite` where no host is chosen; empty: none. */
  hostName: string;
  /** By which it is counted and logged. */
  observedName: string;
  /** null: none. */
  metadata: MetadataSource | null;
  /** How many hosts it has; null: DNS has the say. */
  endpoints: number | null;
}

/** What is known of the place that an exchange came by. */
export interface ListenerFacts {
  /** null: none. */
  metadata: MetadataSource | null;
  /** `traffic_direction`. */
  direction: number;
  /** The filter chain's; empty: none. */
  chainName: string;
}

/** A connection manager ready for requests. */
export interface CompiledConnectionManager {
  origin: HttpConnectionManager;
  statPrefix: string;
  /** Of the bootstrap. */
  node: OwnName;
  routes: RouteTable;
  /** All but the router. */
  filters: readonly HttpFilter[];
  router: Router;
  /** By name. */
  clusters: ReadonlyMap<string, ClusterFacts>;
  listener: ListenerFacts;
  accessLogs: readonly CompiledLog[];
  /** null: replies of the gate's own are told as they are. */
  localReply: LocalReplyRules | null;
  /** Something asks for how an exchange goes: a log, a rule for local replies, a format. */
  keepsCourse: boolean;
}

/** A filter chain of a listener: who is asked of a connection, and what serves its requests. */
export interface CompiledFilterChain {
  origin: FilterChain;
  /** Its own name, or its place in the listener. */
  name: string;
  /** Who is asked before the connection manager, in order. */
  guards: readonly ConnectionGuard[];
  manager: CompiledConnectionManager;
}

/** A listener, without the sockets that a running gate opens for it. */
export interface CompiledListener {
  origin: Listener;
  /** Its own name, or its address. */
  name: string;
  address: { address: string; port: number };
  /** In the listener's order; its default chain is not among them. */
  chains: readonly CompiledFilterChain[];
  /**
   * Whether it looks at what clients of TLS say first. Without a TLS inspector no chain is chosen by that, and no filter gets to know which
   * server they name.
   */
  readsHello: boolean;
  /** The chain for a connection, or null where Envoy closes it. */
  selectChain(connection: ConnectionFacts, recorder: Recorder | null): CompiledFilterChain | null;
}

/** What a filter chain is chosen by. */
export type ConnectionFacts = Pick<ConnectionInfo, 'serverName' | 'tls'>;

/** The server that a client names, as filters get to know it (Envoy: tls_inspector.cc). */
export function serverNameSeen({ readsHello }: CompiledListener, said: string): string {
  return readsHello ? lowerAscii(said) : '';
}

/** A snapshot as the data path, `validate` and `why` use it: the very same objects decide for all three. */
export interface CompiledSnapshot {
  listeners: readonly CompiledListener[];
  /** Lets every filter fetch what it wants at hand before the first request. */
  prepare(need: 'configured' | 'all'): Promise<void>;
}
