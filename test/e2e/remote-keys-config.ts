export interface RemoteKeysOptions {
  keyPort: number;
  /** Of the fetch. Default: 1s. */
  timeout?: string;
  /** More of `remote_jwks`, YAML in flow style. */
  remote?: string;
}

/** A gate that asks for a token everywhere and fetches its keys at `http://keys.test/keys?a=b`. */
export function jwtGateWithRemoteKeys({ keyPort, timeout = '1s', remote = '' }: RemoteKeysOptions): string {
  return `
static_resources:
  listeners:
  - name: jwt
    address: {socket_address: {address: 127.0.0.1, port_value: 0}}
    filter_chains:
    - filters:
      - name: hcm
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: test
          route_config:
            virtual_hosts:
            - name: all
              domains: ["*"]
              routes:
              - {match: {prefix: /}, direct_response: {status: 200}}
          http_filters:
          - name: jwt
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication
              providers:
                p:
                  issuer: https://issuer.test
                  remote_jwks:
                    http_uri: {uri: "http://keys.test/keys?a=b", cluster: keys, timeout: ${timeout}}
                    ${remote}
              rules:
              - {match: {prefix: /}, requires: {provider_name: p}}
          - name: router
            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
  clusters:
  - name: keys
    connect_timeout: 1s
    load_assignment:
      cluster_name: keys
      endpoints:
      - lb_endpoints:
        - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: ${keyPort}}}}
`;
}
