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
    | 'stream_idle_timeout';
  source: 'upstream' | 'gate';
  /** No byte of the request was acted on, so that another try would be safe. */
  retry: boolean;
  status: number;
  body: string;
  /** `%RESPONSE_CODE_DETAILS%`. */
  details: string;
  /** More than the client is told, for logs and tools. */
  cause?: string;
}

const BEFORE_HEADERS = 'upstream connect error or disconnect/reset before headers. reset reason: ';

function upstreamError(
  code: StreamError['code'],
  status: number,
  reason: string,
  retry: boolean,
): StreamError {
  const details = `upstream_reset_before_response_started{${reason.replaceAll(/[\s,]+/g, '_')}}`;
  return { code, source: 'upstream', retry, status, body: BEFORE_HEADERS + reason, details };
}

function gateError(code: StreamError['code'], status: number, body: string, details: string): StreamError {
  return { code, source: 'gate', retry: false, status, body, details };
}

/** Statuses and texts are Envoy's. */
export const STREAM_ERROR = {
  noCluster: gateError('no_cluster', 503, '', 'cluster_not_found'),
  noHealthyUpstream: gateError('no_healthy_upstream', 503, 'no healthy upstream', 'no_healthy_upstream'),
  connectFailure: upstreamError('connect_failure', 503, 'remote connection failure', true),
  connectTimeout: upstreamError('connect_timeout', 503, 'connection timeout', true),
  reset: upstreamError('reset', 503, 'connection termination', false),
  protocolError: upstreamError('protocol_error', 502, 'protocol error', false),
  routeTimeout: gateError('route_timeout', 504, 'upstream request timeout', 'response_timeout'),
  requestIdle: gateError('stream_idle_timeout', 408, 'stream timeout', 'stream_idle_timeout'),
  responseIdle: gateError('stream_idle_timeout', 504, 'stream timeout', 'stream_idle_timeout'),
} as const;

/** A TLS handshake that failed. `reason` is a phrase without anything secret. */
export function tlsFailure(reason: string): StreamError {
  return upstreamError(
    'tls_failure',
    503,
    `remote connection failure, transport failure reason: ${reason}`,
    true,
  );
}
