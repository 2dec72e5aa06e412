import type { TokenPool } from './tokens.ts';

const TYPE = 'type.googleapis.com/envoy.extensions.filters';

/** Where a gate listens and sends, and what it does between. */
export interface GateJob {
  readonly port: number;
  /** For the admin interface, where the counters are. */
  readonly adminPort: number;
  readonly originPort: number;
  readonly pool: TokenPool;
  readonly verifies: boolean;
}

/**
 * The article's gate with a local key set, as JSON, which is YAML too: jotgate and Envoy are given the same bytes, but
 * for the ports. `tokenCache` adds `jwt_cache_config`, which Envoy leaves off by default.
 */
export function renderEnvoyConfig(job: GateJob, tokenCache: boolean): string {
  const filters = [
    ...(job.verifies
      ? [{ name: 'envoy.filters.http.jwt_authn', typed_config: jwtAuthn(job.pool, tokenCache) }]
      : []),
    { name: 'envoy.filters.http.router', typed_config: { '@type': `${TYPE}.http.router.v3.Router` } },
  ];
  const manager = {
    '@type': `${TYPE}.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: 'ingress_http',
    route_config: {
      name: 'local_route',
      virtual_hosts: [
        {
          name: 'backend',
          domains: ['*'],
          routes: [{ match: { prefix: '/' }, route: { cluster: 'origin' } }],
        },
      ],
    },
    http_filters: filters,
  };
  const chain = {
    filters: [{ name: 'envoy.filters.network.http_connection_manager', typed_config: manager }],
  };
  const listener = { name: 'gate', address: socketAddress(job.port), filter_chains: [chain] };
  return JSON.stringify(
    {
      admin: { address: socketAddress(job.adminPort) },
      static_resources: { listeners: [listener], clusters: [originCluster(job)] },
    },
    null,
    2,
  );
}

const socketAddress = (port: number) => ({ socket_address: { address: '127.0.0.1', port_value: port } });

function originCluster(job: GateJob) {
  const endpoint = { endpoint: { address: socketAddress(job.originPort) } };
  return {
    name: 'origin',
    type: 'STATIC',
    connect_timeout: '5s',
    load_assignment: { cluster_name: 'origin', endpoints: [{ lb_endpoints: [endpoint] }] },
  };
}

function jwtAuthn(pool: TokenPool, tokenCache: boolean) {
  return {
    '@type': `${TYPE}.http.jwt_authn.v3.JwtAuthentication`,
    providers: {
      p: {
        issuer: pool.issuer,
        local_jwks: { inline_string: pool.jwks },
        forward_payload_header: 'x-jwt-payload',
        ...(tokenCache ? { jwt_cache_config: {} } : {}),
      },
    },
    rules: [{ match: { prefix: '/docs' } }, { match: { prefix: '/' }, requires: { provider_name: 'p' } }],
  };
}

/**
 * The same job in HAProxy's words: no verified token, no way in; signature, issuer and expiry with 60 s of skew; the
 * payload in a header of its own that no client can set; the token not passed on.
 */
export function renderHaproxyConfig(job: GateJob): string {
  const verification = `
  http-request del-header x-jwt-payload
  acl open path_beg /docs
  http-request set-var(txn.token) http_auth_bearer
  http-request set-var(txn.alg) var(txn.token),jwt_header_query('$.alg')
  http-request set-var(txn.iss) var(txn.token),jwt_payload_query('$.iss')
  http-request set-var(txn.exp) var(txn.token),jwt_payload_query('$.exp','int')
  http-request set-var(txn.now) date(-60)
  acl has_token var(txn.token) -m found
  acl good_alg var(txn.alg) -m str RS256
  acl good_iss var(txn.iss) -m str ${job.pool.issuer}
  acl expired var(txn.exp),sub(txn.now) -m int lt 0
  acl good_signature var(txn.token),jwt_verify(txn.alg,"${job.pool.publicKeyFile}") -m int 1
  ${refuse('Jwt is missing')} if !open !has_token
  ${refuse('Jwt header [alg] field value is invalid')} if !open !good_alg
  ${refuse('Jwt issuer is not configured')} if !open !good_iss
  ${refuse('Jwt is expired')} if !open expired
  ${refuse('Jwt verification fails')} if !open !good_signature
  http-request set-header x-jwt-payload %[var(txn.token),field(2,.)] if !open
  http-request del-header authorization if !open`;
  return `${haproxyHead()}
frontend gate
  bind 127.0.0.1:${job.port}
  default_backend origin${job.verifies ? verification : ''}
backend origin
  http-reuse always
  server origin 127.0.0.1:${job.originPort}
`;
}

const refuse = (text: string) =>
  `http-request return status 401 content-type text/plain hdr www-authenticate Bearer string "${text}"`;

/** An origin that answers out of memory, so that little of the load's core goes to it. */
export function renderOriginConfig(port: number): string {
  const body = '[{"bird":"dunlin","at":[51.501,-0.142]},{"bird":"knot","at":[51.497,-0.135]}]';
  return `${haproxyHead()}
frontend origin
  bind 127.0.0.1:${port}
  http-request return status 200 content-type application/json lf-string '${body}'
`;
}

function haproxyHead(): string {
  return `global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout http-keep-alive 60s
  option http-keep-alive`;
}
