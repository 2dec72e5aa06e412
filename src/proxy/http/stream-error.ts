import type { ResponseFlag } from '../format/response-flags.ts';

/** What went wrong on the way to or from an upstream, and what the client is told when nothing of a response was sent yet. */
export interface StreamError {
  code:
    | 'no_cluster'
    | 'no_healthy_upstream'
    | 'connect_failure'
    | 'connect_timeout'
    | 'tls_failure'
    | 'reset'
    | 'protocol_error'
    | 'route_timeout'
    | 'head_timeout'
    | 'stream_idle_timeout'
    | 'max_duration';
  source: 'upstream' | 'gate';
  /** No byte of the request was acted on, so that another try would be safe. */
  retry: boolean;
  status: number;
  body: string;
  /** `%RESPONSE_CODE_DETAILS%`. */
  details: string;
  /** `%RESPONSE_FLAGS%`; null: none. */
  flag: ResponseFlag | null;
  /** What a gRPC client is told; default: what stands for the status. */
  grpcStatus?: number;
  /** More than the client is told, for logs and tools. */
  cause?: string;
}

const DEADLINE_EXCEEDED = 4;
const BEFORE_HEADERS = 'upstream connect error or disconnect/reset before headers. reset reason: ';

function upstreamError(
  code: StreamError['code'],
  status: number,
  reason: string,
  retry: boolean,
  flag: ResponseFlag,
): StreamError {
  const details = `upstream_reset_before_response_started{${reason.replaceAll(/[\s,]+/g, '_')}}`;
  return { code, source: 'upstream', retry, status, body: BEFORE_HEADERS + reason, details, flag };
}

function gateError(
  code: StreamError['code'],
  status: number,
  body: string,
  details: string,
  flag: ResponseFlag | null,
): StreamError {
  return { code, source: 'gate', retry: false, status, body, details, flag };
}

function durationError(status: number): StreamError {
  const error = gateError(
    'max_duration',
    status,
    'downstream duration timeout',
    'max_duration_timeout',
    null,
  );
  return { ...error, grpcStatus: DEADLINE_EXCEEDED };
}

/** Statuses and texts are Envoy's. */
export const STREAM_ERROR = {
  noCluster: gateError('no_cluster', 503, '', 'cluster_not_found', 'NC'),
  noHealthyUpstream: gateError(
    'no_healthy_upstream',
    503,
    'no healthy upstream',
    'no_healthy_upstream',
    'UH',
  ),
  connectFailure: upstreamError('connect_failure', 503, 'remote connection failure', true, 'UF'),
  connectTimeout: upstreamError('connect_timeout', 503, 'connection timeout', true, 'UF'),
  reset: upstreamError('reset', 503, 'connection termination', false, 'UC'),
  protocolError: upstreamError('protocol_error', 502, 'protocol error', false, 'UPE'),
  routeTimeout: gateError('route_timeout', 504, 'upstream request timeout', 'response_timeout', 'UT'),
  headTimeout: gateError('head_timeout', 504, 'upstream request timeout', 'upstream_per_try_timeout', 'UT'),
  requestIdle: gateError('stream_idle_timeout', 408, 'stream timeout', 'stream_idle_timeout', 'SI'),
  requestDuration: durationError(408),
  responseDuration: durationError(504),
  responseIdle: gateError('stream_idle_timeout', 504, 'stream timeout', 'stream_idle_timeout', 'SI'),
} as const;

/** A TLS handshake that failed. `reason` is a phrase without anything secret. */
export function tlsFailure(reason: string): StreamError {
  return upstreamError(
    'tls_failure',
    503,
    `remote connection failure, transport failure reason: ${reason}`,
    true,
    'UF',
  );
}

/** `%RESPONSE_CODE_DETAILS%` of an upstream that failed when its response had begun. */
export const detailsAfterStart = ({ details }: StreamError): string =>
  details.replace('before_response_started', 'after_response_started');
