import type { JsonObject } from '../../src/core/jwt/index.ts';

const HCM = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const JWT = 'envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication';
const ROUTER = 'envoy.extensions.filters.http.router.v3.Router';
const typed = (name: string, config: object) => ({
  name,
  typed_config: { '@type': `type.googleapis.com/${name}`, ...config },
});

/** Which provider a request meets is its path's first segment; who gets in reads `OK`. */
export interface OracleProvider {
  readonly issuer: string;
  readonly audiences?: readonly string[];
  readonly keys: readonly JsonObject[];
  readonly maxLifetimeSeconds?: number;
}

/** A bootstrap with one provider of local keys for each name; the token is read from `x-token`. */
export function renderOracleConfig(providers: Readonly<Record<string, OracleProvider>>): string {
  const entries = Object.entries(providers).map(
    ([name, { issuer, audiences = [], keys, maxLifetimeSeconds }]) => [
      name,
      {
        issuer,
        audiences,
        from_headers: [{ name: 'x-token' }],
        local_jwks: { inline_string: JSON.stringify({ keys }) },
        ...(maxLifetimeSeconds === undefined ? {} : { max_lifetime: `${maxLifetimeSeconds}s` }),
      },
    ],
  );
  const rules = Object.keys(providers).map((name) => ({
    match: { prefix: `/${name}/` },
    requires: { provider_name: name },
  }));
  const routes = [
    { match: { prefix: '/' }, direct_response: { status: 200, body: { inline_string: 'OK' } } },
  ];
  const manager = typed(HCM, {
    stat_prefix: 'oracle',
    route_config: { virtual_hosts: [{ name: 'all', domains: ['*'], routes }] },
    http_filters: [typed(JWT, { providers: Object.fromEntries(entries), rules }), typed(ROUTER, {})],
  });
  const address = { socket_address: { address: '127.0.0.1', port_value: 0 } };
  const listener = { name: 'oracle', address, filter_chains: [{ filters: [manager] }] };
  return JSON.stringify({ static_resources: { listeners: [listener] } });
}
