import type { MetadataSource } from '../../core/match/index.ts';
import type { Recipe } from '../filters/local-ratelimit/recipe.ts';
import type { Sampling } from '../http/trace-reason.ts';
import type { HeaderMutations } from './header-mutation.ts';
import type { HostRewrite } from './host-rewrite.ts';
import type { PathRewrite } from './path-rewrite.ts';
import type { Redirect } from './redirect.ts';
import type { StreamLimits } from './stream-limits.ts';

/** A request goes on to a cluster. */
export interface ForwardAction {
  kind: 'cluster';
  /** Empty, or a name that nobody has, where `cluster_header` said no better. */
  cluster: string;
  /** `cluster_header`: its first line names the cluster when the route is chosen; empty: none. */
  clusterHeader: string;
  /** Where there is no such cluster. */
  notFoundStatus: number;
  /** 0: none. */
  timeoutMs: number;
  /** The host that a weighted destination puts in, before the route's own rewriting; empty: none. */
  destinationHost: string;
  hostRewrite: HostRewrite | null;
  /** `auto_host_rewrite`. */
  hostByUpstream: boolean;
  appendsForwardedHost: boolean;
  pathRewrite?: PathRewrite | undefined;
  /** Absent: the connection manager's hold. */
  limits?: StreamLimits | undefined;
}

/** A virtual host for those who match by it. */
export interface VirtualHostFacts {
  name: string;
  /** null: none. */
  metadata: MetadataSource | null;
}

/** What becomes of a request on a route. */
export type RouteAction =
  | ForwardAction
  | { kind: 'direct'; status: number; body: string }
  | { kind: 'redirect'; redirect: Redirect };

/** A route that was chosen for a request: compiled, shared, immutable. */
export interface SelectedRoute {
  name: string;
  virtualHost: string;
  action: RouteAction;
  /** Route's own first, then the virtual host's, then the route configuration's (Envoy's order of application). */
  requestHeaders: readonly HeaderMutations[];
  /** What a weighted destination itself does to requests, before the host that it puts in and before `requestHeaders`. */
  destinationHeaders: readonly HeaderMutations[];
  responseHeaders: readonly HeaderMutations[];
  /** What the route says to filters, by their names in the chain; null: nothing to any. */
  perFilter: ReadonlyMap<string, RouteFilterEntry> | null;
  /** `metadata`, by namespace; null: none. */
  metadata: MetadataSource | null;
  /** `rate_limits`; null: none. */
  rateLimits: RouteRateLimits | null;
  /** Whether `x-envoy-attempt-count` is written; neither when absent. */
  countsAttempts?: AttemptCounts;
  /** `ignore_path_parameters_in_path_matching` of the route configuration: RBAC looks at paths as the routes do. */
  ignoresPathParameters?: boolean;
  /** `tracing`; absent: as the connection manager says. */
  sampling?: Sampling | undefined;
  /** `decorator`: what services are told that the request is for, where it is traced on its way out; absent or empty: nothing. */
  operation?: string | undefined;
  /** The configuration message it was compiled from. */
  origin: object;
}

/** `include_request_attempt_count` and `include_attempt_count_in_response`. */
export interface AttemptCounts {
  request: boolean;
  response: boolean;
}

/** What requests are counted under, for rate-limit filters that do not say so themselves. */
export interface RouteRateLimits {
  route: readonly Recipe[];
  virtualHost: readonly Recipe[];
  /** The virtual host's count whatever the filter says. */
  includesVirtualHost: boolean;
}

/** What a route and the levels around it say to one filter. */
export interface RouteFilterEntry {
  /** The filter is not run. */
  off: boolean;
  /** The most specific level's first. */
  configs: readonly RouteFilterConfig[];
}

/** One level's configuration of one filter. */
export interface RouteFilterConfig {
  /** Full name of its message. */
  typeName: string;
  /** What the filter's factory made of it. */
  compiled: object;
  /** The configuration message it was compiled from. */
  origin: object;
}
