import { AUDIENCE, configured, ISSUER, publicKeys } from './secrets.ts';

const FILTERS = 'type.googleapis.com/envoy.extensions.filters';

export interface ConfigPlaces {
  port: number;
  tlsPort: number;
  adminPort: number;
  originPort: number;
  certificate: string;
  privateKey: string;
  /** Where access logs are written; by default there are none. */
  logs?: AccessLogFiles;
}

export interface AccessLogFiles {
  /** Its format asks for nothing that lets its reader in. */
  careful: string;
  /** Its format asks for tokens and cookies. */
  careless: string;
}

const CAREFUL =
  '%START_TIME% %REQ(:METHOD)% %PATH(NQ)% %PROTOCOL% %RESPONSE_CODE% %RESPONSE_CODE_DETAILS% %RESPONSE_FLAGS% %REQ(USER-AGENT)% %REQ(X-REQUEST-ID)% %UPSTREAM_HOST% %UPSTREAM_TRANSPORT_FAILURE_REASON% %ROUTE_NAME% %DYNAMIC_METADATA(envoy.filters.http.jwt_authn:payload:iss)%\n';

function accessLogs({ careful, careless }: AccessLogFiles) {
  const log = (path: string, text: string) => ({
    name: path,
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog',
      path,
      log_format: { text_format_source: { inline_string: text } },
    },
  });
  return [log(careful, CAREFUL), log(careless, '%REQ(AUTHORIZATION)% %REQ(COOKIE)% %REQ(:PATH)%\n')];
}

const socket = (port: number) => ({ socket_address: { address: '127.0.0.1', port_value: port } });

function cluster(name: string, port: number) {
  const endpoints = [{ lb_endpoints: [{ endpoint: { address: socket(port) } }] }];
  return {
    name,
    type: 'STATIC',
    connect_timeout: '0.3s',
    load_assignment: { cluster_name: name, endpoints },
  };
}

function providers() {
  const from = [{ name: 'authorization', value_prefix: 'Bearer ' }, { name: 'x-jwt' }];
  const both = { from_headers: from, from_params: ['jwt'], from_cookies: ['jwt'] };
  const hmac = { keys: [{ kty: 'oct', alg: 'HS256', kid: 'h', k: configured.hmacKey }] };
  const uri = `http://keys:${configured.jwksPassword}@127.0.0.1:1/keys?key=${configured.jwksParameter}`;
  return {
    main: {
      issuer: ISSUER,
      audiences: [AUDIENCE],
      local_jwks: { inline_string: publicKeys },
      ...both,
      payload_in_metadata: 'payload',
      forward_payload_header: 'x-payload',
    },
    machines: {
      issuer: 'https://machines.test',
      audiences: [AUDIENCE],
      local_jwks: { inline_string: JSON.stringify(hmac) },
    },
    remote: {
      issuer: 'https://stranger.test',
      audiences: [AUDIENCE],
      remote_jwks: { http_uri: { uri, cluster: 'nobody', timeout: '0.3s' } },
    },
  };
}

function manager(apiKey: string, logs?: AccessLogFiles) {
  const requires = {
    requires_any: {
      requirements: ['main', 'machines', 'remote'].map((provider_name) => ({ provider_name })),
    },
  };
  const reader = {
    metadata: {
      filter: 'envoy.filters.http.jwt_authn',
      path: [{ key: 'payload' }, { key: 'sub' }],
      value: { string_match: { exact: 'nobody' } },
    },
  };
  const policy = { permissions: [{ url_path: { path: { prefix: '/staff' } } }], principals: [reader] };
  const add = (key: string, value: string) => ({
    header: { key, value },
    append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
  });
  return {
    '@type': `${FILTERS}.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: 'gate',
    access_log: logs === undefined ? [] : accessLogs(logs),
    normalize_path: true,
    merge_slashes: true,
    path_with_escaped_slashes_action: 'REJECT_REQUEST',
    route_config: {
      request_headers_to_add: [
        add('x-api-key', apiKey),
        add('authorization', `Basic ${btoa(`gate:${configured.upstreamPassword}`)}`),
        add('cookie', `upstream=${configured.cookieValue}`),
      ],
      virtual_hosts: [
        {
          name: 'all',
          domains: ['*'],
          routes: [
            { match: { path_separated_prefix: '/dead' }, route: { cluster: 'nobody' } },
            { match: { prefix: '/' }, route: { cluster: 'origin' } },
          ],
        },
      ],
    },
    http_filters: [
      {
        name: 'jwt',
        typed_config: {
          '@type': `${FILTERS}.http.jwt_authn.v3.JwtAuthentication`,
          providers: providers(),
          rules: [{ match: { path_separated_prefix: '/open' } }, { match: { prefix: '/' }, requires }],
        },
      },
      {
        name: 'rbac',
        typed_config: {
          '@type': `${FILTERS}.http.rbac.v3.RBAC`,
          rules: {
            policies: {
              staff: policy,
              others: {
                permissions: [{ not_rule: { url_path: { path: { prefix: '/staff' } } } }],
                principals: [{ any: true }],
              },
            },
          },
        },
      },
      { name: 'router', typed_config: { '@type': `${FILTERS}.http.router.v3.Router` } },
    ],
  };
}

/** A gate whose configuration is full of secrets, all of them where they belong. */
export function soundConfig(places: ConfigPlaces, apiKey: string = configured.apiKey): string {
  const filters = [{ name: 'hcm', typed_config: manager(apiKey, places.logs) }];
  const pairs = [
    {
      certificate_chain: { inline_string: places.certificate },
      private_key: { inline_string: places.privateKey },
    },
  ];
  const tls = {
    '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
    common_tls_context: { tls_certificates: pairs },
  };
  const listener = (name: string, port: number, more: object = {}) => ({
    name,
    address: socket(port),
    filter_chains: [{ filters, ...more }],
  });
  const config = {
    admin: { address: socket(places.adminPort) },
    static_resources: {
      listeners: [
        listener('plain', places.port),
        listener('tls', places.tlsPort, { transport_socket: { name: 'tls', typed_config: tls } }),
      ],
      clusters: [cluster('origin', places.originPort), cluster('nobody', 1)],
    },
  };
  return JSON.stringify(config, null, 2);
}

const indent = (text: string, by: string) => text.replaceAll(/^/gm, by);

/** Secrets in the wrong place, so that something is to be said of the very lines that hold them. */
export const brokenConfigs: Readonly<Record<string, string>> = {
  'unknown fields': `
static_resources:
  clusters:
  - name: a
    password: ${configured.misplacedPassword}
    connect_timeout: ${configured.misplacedNumber}
    typ: "${configured.apiKey}"
    transport_socket:
      name: tls
      typed_config:
        "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
        common_tls_context:
          tls_certificates:
          - private_key: {inline_strin: "${configured.misplacedTlsKey.replaceAll('\n', '\\n')}"}
          - private_key: |
${indent(configured.tlsKeyOfElliptic, '              ')}
          - private_key:
              inline_string: [${configured.upstreamPassword}]
          - certificate_chain: {inline_string: none}
            private_key:
              inline_string: |
${indent(configured.tlsKeyOfRsa, '                ')}
`,
  'wrong types': `
admin: ${configured.apiKey}
static_resources:
  listeners:
  - address: {socket_address: {address: 127.0.0.1, port_value: ${configured.misplacedNumber}}}
    per_connection_buffer_limit_bytes: "${configured.misplacedPassword}"
    drain_type: ${configured.upstreamPassword}
    filter_chains:
    - filters:
      - name: hcm
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: a
          normalize_path: ${configured.newApiKey}
          route_config:
            request_headers_to_add:
            - header: {key: authorization, value: [Basic ${btoa(`gate:${configured.upstreamPassword}`)}]}
            - header: {key: cookie, valu: "upstream=${configured.cookieValue}"}
            - header: {key: "x:api key", value: "${configured.apiKey}"}
            - header: {key: x-api-key, value: "${configured.apiKey}%NOBODY%"}
            virtual_hosts: ${configured.misplacedPassword}
`,
  'bad keys': `
static_resources:
  listeners:
  - address: {socket_address: {address: 127.0.0.1, port_value: 0}}
    filter_chains:
    - filters:
      - name: hcm
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: a
          route_config: {virtual_hosts: [{name: a, domains: ["*"], routes: [{match: {prefix: /}, direct_response: {status: 200}}]}]}
          http_filters:
          - name: jwt
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication
              providers:
                a: {issuer: a, local_jwks: {inline_string: '{"keys":[{"kty":"oct","alg":"ES999","k":"${configured.hmacKey}"}]}'}}
                b:
                  issuer: b
                  local_jwks: {inline_string: "{\\"keys\\":[{\\"kty\\":\\"EC\\",\\"crv\\":\\"P-256\\",\\"d\\":\\"${configured.signingExponent}\\"}]}"}
                c: {issuer: c, local_jwks: {inline_string: "${configured.hmacKeyMisplaced}"}}
                d:
                  issuer: d
                  local_jwks: {inline_sting: {keys: [{kty: oct, k: ${configured.hmacKeyMisplaced}}]}}
                e:
                  issuer: e
                  remote_jwks: {http_uri: {uri: "https://keys:${configured.jwksPassword}@keys.test/?key=${configured.jwksParameter}", cluster: nobody, timeout: 1s}}
                f:
                  issuer: f
                  remote_jwks: {http_uri: {uri: "keys:${configured.jwksPassword}@keys.test", cluster: nobody, timeout: 1s}}
              rules: [{match: {prefix: /}, requires: {provider_name: ${configured.misplacedPassword}}}]
          - name: router
            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
`,
  'no YAML': `
static_resources:
  secrets:
  - name: a
    password: "${configured.misplacedPassword}
    token: ${configured.apiKey}: ${configured.newApiKey}
\tkey: ${configured.upstreamPassword}
`,
};

/** Istio's and Kubernetes' objects, some right and some not. */
export const manifests = `
apiVersion: v1
kind: Secret
metadata: {name: shop-tls, namespace: shop}
type: kubernetes.io/tls
data:
  tls.crt: ${btoa('no certificate')}
  tls.key: ${btoa(configured.secretInManifest)}
stringData:
  password: ${configured.upstreamPassword}
---
apiVersion: v1
kind: Secret
metadata: {name: other-tls, namespace: shop}
stringData:
  tls.crt: no certificate
  tls.key: |
${indent(configured.tlsKeyOfElliptic, '    ')}
dat: {password: ${configured.misplacedPassword}}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: shop, namespace: shop}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 8443, name: https, protocol: HTTPS}
    hosts: [shop.test]
    tls: {mode: SIMPLE, credentialName: shop-tls}
  - port: {number: 8444, name: https-other, protocol: HTTPS}
    hosts: [other.test]
    tls: {mode: SIMPLE, credentialName: other-tls, privateKey: "${configured.misplacedTlsKey.replaceAll('\n', '\\n')}"}
---
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: shop, namespace: shop}
spec:
  jwtRules:
  - issuer: ${ISSUER}
    jwks: '{"keys":[{"kty":"oct","k":"${configured.hmacKey}","alg":7}]}'
    fromHeader: ${configured.misplacedPassword}
  - issuer: https://other.test
    jwks: ${configured.hmacKeyMisplaced}
    jwksUri: https://keys:${configured.jwksPassword}@keys.test/?key=${configured.jwksParameter}
`;
