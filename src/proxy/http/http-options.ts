import type { HeadLimits } from './head-parser.ts';
import type { Tracing } from './trace-reason.ts';

/** What becomes of `%2F` and `%5C` in a path (HCM `path_with_escaped_slashes_action`). */
export type EscapedSlashes = 'keep' | 'reject' | 'redirect' | 'forward';

/** How the configuration names the process (`node`). Either may be empty. */
export interface OwnName {
  cluster: string;
  id: string;
}

/** A connection manager's settings but for its routes and filters: compiled, shared, immutable. Times in ms, 0: no limit. */
export interface HttpOptions {
  /** Value of the `server` field in replies. */
  serverName: string;
  serverHeader: 'overwrite' | 'append-if-absent' | 'pass-through';
  /** Take the peer's address for the client's, and clean what an outsider must not set. */
  useRemoteAddress: boolean;
  /** So many proxies in front are believed (`xff_num_trusted_hops`). */
  trustedHops: number;
  skipXffAppend: boolean;
  generateRequestId: boolean;
  /** Every response has the request's id (`always_set_request_id_in_response`). */
  tellsRequestId: boolean;
  /** What requests are told of tracing; null: nothing. */
  tracing: Tracing | null;
  preserveExternalRequestId: boolean;
  /** Address that stands for this machine when the peer is on it. */
  nodeAddress: string;
  normalizePath: boolean;
  mergeSlashes: boolean;
  escapedSlashes: EscapedSlashes;
  /** The port that is taken off a host: the listener's own, or any. */
  stripsHostPort: 'none' | 'matching' | 'any';
  stripsHostDot: boolean;
  /** `x-forwarded-port` says at which port the request came. */
  appendsForwardedPort: boolean;
  /** Appended to `via`, of requests and responses; empty: nothing is. */
  via: string;
  /** What requests are told of the process that passes them on (`add_user_agent`); null: nothing. */
  ownName: OwnName | null;
  underscores: 'allow' | 'reject' | 'drop';
  limits: HeadLimits;
  /** Between two requests. */
  idleTimeoutMs: number;
  /** From a connection's beginning on it takes requests; 0 is none at all, null: no limit. */
  maxConnectionMs: number | null;
  /** How much longer it does so, and says that it ends. */
  drainMs: number;
  /** From a head's first byte to its last. */
  requestHeadTimeoutMs: number;
  /** From a request's first byte to its last. */
  requestTimeoutMs: number;
  /** Without a byte in either direction. */
  streamIdleTimeoutMs: number;
  /** From a request's first byte to its response's last. */
  maxStreamDurationMs: number;
  /** How long a client is given to read the last reply before the connection goes. */
  delayedCloseMs: number;
  requestsPerConnectionMax: number;
  /** Leaves out the `x-envoy-…` fields that the router adds. */
  suppressEnvoyHeaders: boolean;
}

/** Envoy's defaults; the head's time limit is ours, for Envoy's is off and a slow sender would hold a connection for ever. */
export const DEFAULT_HTTP_OPTIONS: HttpOptions = {
  serverName: 'jotgate',
  serverHeader: 'overwrite',
  useRemoteAddress: false,
  trustedHops: 0,
  skipXffAppend: false,
  generateRequestId: true,
  tellsRequestId: false,
  tracing: null,
  preserveExternalRequestId: false,
  nodeAddress: '127.0.0.1',
  normalizePath: false,
  mergeSlashes: false,
  escapedSlashes: 'keep',
  stripsHostPort: 'none',
  stripsHostDot: false,
  appendsForwardedPort: false,
  via: '',
  ownName: null,
  underscores: 'allow',
  limits: { headBytesMax: 60 * 1024, fieldsMax: 100 },
  idleTimeoutMs: 3_600_000,
  maxConnectionMs: null,
  drainMs: 5000,
  requestHeadTimeoutMs: 10_000,
  requestTimeoutMs: 0,
  streamIdleTimeoutMs: 300_000,
  maxStreamDurationMs: 0,
  delayedCloseMs: 1000,
  requestsPerConnectionMax: 0,
  suppressEnvoyHeaders: false,
};
