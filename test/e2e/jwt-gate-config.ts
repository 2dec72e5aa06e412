/** A small gate: `/open` for everyone, the rest by a token of `issuer`; a marker on all that is forwarded. */
export interface JwtGateConfig {
  readonly port: number;
  readonly originPort: number;
  readonly issuer: string;
  readonly jwks: string;
}

/** As YAML (its JSON subset) for jotgate and Envoy alike. */
export function renderJwtGateConfig({ port, originPort, issuer, jwks }: JwtGateConfig): string {
  const filters = 'type.googleapis.com/envoy.extensions.filters';
  const jwtAuthn = {
    '@type': `${filters}.http.jwt_authn.v3.JwtAuthentication`,
    providers: {
      p: { issuer, local_jwks: { inline_string: jwks }, forward_payload_header: 'x-jwt-payload' },
    },
    rules: [{ match: { prefix: '/open' } }, { match: { prefix: '/' }, requires: { provider_name: 'p' } }],
  };
  const manager = {
    '@type': `${filters}.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: 'gate',
    route_config: {
      name: 'routes',
      request_headers_to_add: [
        { header: { key: 'x-gate-marker', value: 'passed' }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' },
      ],
      virtual_hosts: [
        { name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: 'origin' } }] },
      ],
    },
    http_filters: [
      { name: 'envoy.filters.http.jwt_authn', typed_config: jwtAuthn },
      { name: 'envoy.filters.http.router', typed_config: { '@type': `${filters}.http.router.v3.Router` } },
    ],
  };
  const address = (portValue: number) => ({
    socket_address: { address: '127.0.0.1', port_value: portValue },
  });
  const listener = {
    name: 'gate',
    address: address(port),
    filter_chains: [
      { filters: [{ name: 'envoy.filters.network.http_connection_manager', typed_config: manager }] },
    ],
  };
  const cluster = {
    name: 'origin',
    type: 'STATIC',
    load_assignment: {
      cluster_name: 'origin',
      endpoints: [{ lb_endpoints: [{ endpoint: { address: address(originPort) } }] }],
    },
  };
  return JSON.stringify({ static_resources: { listeners: [listener], clusters: [cluster] } }, null, 2);
}
