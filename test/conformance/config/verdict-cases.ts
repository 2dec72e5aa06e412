/** One change to a bootstrap that Envoy takes, and whether it takes the changed one. Envoy's own answer, asked again where one is at hand. */
export interface VerdictCase {
  name: string;
  /** Each text is replaced once; it must be there. */
  changes: readonly (readonly [from: string, to: string])[];
  envoy: 'accepts' | 'refuses';
}

type Row = readonly [name: string, envoy: 'ok' | 'no', ...changes: (readonly [string, string])[]];

const TIMEOUT = 'timeout: 1s';
const STAT = 'stat_prefix: ingress_http';
const ROUTE = 'cluster: service_envoyproxy_io\n';
const PROVIDER = 'forward_payload_header: x-jwt-payload';
const RULE = 'provider_name: provider_funnel';
const MATCH = 'prefix: /docs';
const FAMILY = 'dns_lookup_family: V4_ONLY';
const REMOTE = `remote_jwks:
                    http_uri:
                      uri: https://auth.funnel-labs.io/auth/realms/funnel/protocol/openid-connect/certs
                      cluster: funnel_auth_cluster
                      timeout: 1s
                    cache_duration:
                      seconds: 300`;
const more = (anchor: string, indent: number, text: string): readonly [string, string] => [
  anchor,
  `${anchor}${anchor.endsWith('\n') ? '' : '\n'}${' '.repeat(indent)}${text}${anchor.endsWith('\n') ? '\n' : ''}`,
];
const manager = (text: string) => more(STAT, 10, text);
const provider = (text: string) => more(PROVIDER, 18, text);
const route = (text: string) => more(ROUTE, 18, text);
const service = (text: string) => more(FAMILY, 4, text);

const rows: readonly Row[] = [
  ['nothing changed', 'ok'],
  // names and shapes
  ['camelCase', 'ok', ['stat_prefix:', 'statPrefix:']],
  ['unknown field', 'no', manager('stat_prefixx: a')],
  [
    'a listener without an address',
    'no',
    [
      `address:
      socket_address:
        address: 0.0.0.0
        port_value: 8080`,
      'name: main',
    ],
  ],
  ['list for a string', 'no', [STAT, 'stat_prefix: [a]']],
  ['mapping for a string', 'no', [STAT, 'stat_prefix: {a: b}']],
  ['null for a required string', 'no', [STAT, 'stat_prefix: ~']],
  ['empty string against min_len', 'no', [STAT, 'stat_prefix: ""']],
  ['string for a message', 'no', ['route_config:', 'rds: x\n          route_config:']],
  ['both spellings of a list', 'ok', provider('from_params: [a]'), provider('fromParams: [b]')],
  ['key twice', 'ok', manager('stat_prefix: again')],
  ['two members of a oneof', 'no', more(MATCH, 18, 'path: /x')],
  ['second member is null', 'ok', more(MATCH, 18, 'path: ~')],
  [
    'root key twice, the earlier unsound',
    'ok',
    ['static_resources:', 'static_resources: {foo: 1}\nstatic_resources:'],
  ],
  ['merge key', 'no', manager('<<: {normalize_path: true}')],
  ['ignored key', 'ok', manager('!ignore x: {a: b}')],
  ['second document', 'ok', ['sni: www.envoyproxy.io', 'sni: www.envoyproxy.io\n---\nfoo: bar']],
  [
    'single mapping for a list of messages',
    'ok',
    [`clusters:\n  # A`, `clusters:\n  # A`],
    ['filters:\n      - name: envoy.filters.network', 'filters:\n        name: envoy.filters.network'],
  ],
  ['null in a list of messages', 'no', ['rules:', 'rules:\n              - ~']],
  ['null for a map value', 'no', ['providers:', 'providers:\n                p0: ~']],
  ['number in a list of strings', 'no', provider('audiences: [1]')],
  ['single string for a list', 'ok', provider('audiences: x')],
  ['null in a list of strings', 'ok', provider('audiences: [~]')],
  // strings
  [
    'unquoted number for a string',
    'no',
    ['issuer: https://auth.funnel-labs.io/auth/realms/funnel', 'issuer: 5'],
  ],
  ['fraction for a string', 'ok', ['issuer: https://auth.funnel-labs.io/auth/realms/funnel', 'issuer: 1.5']],
  [
    'big integer for a string',
    'ok',
    ['issuer: https://auth.funnel-labs.io/auth/realms/funnel', 'issuer: 12345678901'],
  ],
  [
    'unquoted yes for a string',
    'no',
    ['issuer: https://auth.funnel-labs.io/auth/realms/funnel', 'issuer: yes'],
  ],
  [
    'unquoted yEs for a string',
    'ok',
    ['issuer: https://auth.funnel-labs.io/auth/realms/funnel', 'issuer: yEs'],
  ],
  [
    'tagged !!str 5 for a string',
    'no',
    ['issuer: https://auth.funnel-labs.io/auth/realms/funnel', 'issuer: !!str 5'],
  ],
  [
    'tagged ! 5 for a string',
    'ok',
    ['issuer: https://auth.funnel-labs.io/auth/realms/funnel', 'issuer: ! 5'],
  ],
  [
    'block scalar for a string',
    'ok',
    ['issuer: https://auth.funnel-labs.io/auth/realms/funnel', 'issuer: |\n                    5'],
  ],
  ['hex for a string', 'no', ['issuer: https://auth.funnel-labs.io/auth/realms/funnel', 'issuer: 0x10']],
  ['08 for a string', 'ok', ['issuer: https://auth.funnel-labs.io/auth/realms/funnel', 'issuer: 08']],
  ['+5 for a string', 'no', ['issuer: https://auth.funnel-labs.io/auth/realms/funnel', 'issuer: +5']],
  // bools
  ['yes for a bool', 'ok', provider('forward: yes')],
  ['on for a bool', 'ok', provider('forward: on')],
  ['"on" for a bool', 'no', provider('forward: "on"')],
  ['"yes" for a bool', 'ok', provider('forward: "yes"')],
  ['"T" for a bool', 'ok', provider('forward: "T"')],
  ['"1" for a bool', 'ok', provider('forward: "1"')],
  ['1 for a bool', 'no', provider('forward: 1')],
  ['maybe for a bool', 'no', provider('forward: maybe')],
  ['"" for a bool', 'no', provider('forward: ""')],
  // integers
  ['"0X1F" for an integer', 'ok', provider('clock_skew_seconds: "0X1F"')],
  ['"-0x0" for an integer', 'ok', provider('clock_skew_seconds: "-0x0"')],
  ['"010" for an integer', 'ok', provider('clock_skew_seconds: "010"')],
  ['"5.0" for an integer', 'ok', provider('clock_skew_seconds: "5.0"')],
  ['"5." for an integer', 'ok', provider('clock_skew_seconds: "5."')],
  ['"5,0" for an integer', 'no', provider('clock_skew_seconds: "5,0"')],
  ['"1_0" for an integer', 'no', provider('clock_skew_seconds: "1_0"')],
  ['"" for an integer', 'no', provider('clock_skew_seconds: ""')],
  ['"inf" for an integer', 'no', provider('clock_skew_seconds: "inf"')],
  ['quoted integer', 'ok', provider('clock_skew_seconds: "5"')],
  ['5.0 for an integer', 'ok', provider('clock_skew_seconds: 5.0')],
  ['5e1 for an integer', 'ok', provider('clock_skew_seconds: 5e1')],
  ['5.5 for an integer', 'no', provider('clock_skew_seconds: 5.5')],
  ['-1 for an unsigned', 'no', provider('clock_skew_seconds: -1')],
  ['2^32 for a uint32', 'no', provider('clock_skew_seconds: 4294967296')],
  ['2^32-1 for a uint32', 'ok', provider('clock_skew_seconds: 4294967295')],
  ['hex for an integer', 'ok', provider('clock_skew_seconds: 0x10')],
  ['quoted hex for an integer', 'ok', provider('clock_skew_seconds: "0x10"')],
  ['octal for an integer', 'ok', provider('clock_skew_seconds: 010')],
  ['text for an integer', 'no', provider('clock_skew_seconds: five')],
  ['true for an integer', 'no', provider('clock_skew_seconds: true')],
  ['" 5" for an integer', 'no', provider('clock_skew_seconds: " 5"')],
  ['"+5" for an integer', 'ok', provider('clock_skew_seconds: "+5"')],
  // wrappers
  ['wrapper as a mapping', 'ok', manager('normalize_path: {value: true}')],
  ['wrapper of the wrong type', 'no', manager('normalize_path: 3')],
  ['wrapper null', 'ok', manager('normalize_path: ~')],
  ['wrapper out of range', 'no', manager('max_request_headers_kb: 9000')],
  // enums
  ['enum in lower case', 'ok', ['type: STRICT_DNS', 'type: strict_dns']],
  ['enum by number', 'ok', ['type: STRICT_DNS', 'type: 1']],
  ['enum by quoted number', 'ok', ['type: STRICT_DNS', 'type: "1"']],
  ['unknown enum name', 'no', ['type: STRICT_DNS', 'type: STRICT_DN']],
  ['unknown enum number', 'no', ['type: STRICT_DNS', 'type: 99']],
  ['bool for an enum', 'no', ['type: STRICT_DNS', 'type: yes']],
  // durations
  ['duration with a fraction', 'ok', [TIMEOUT, 'timeout: 0.25s']],
  ['duration as an object', 'ok', [TIMEOUT, 'timeout: {seconds: 1, nanos: 5}']],
  ['duration without s', 'no', [TIMEOUT, 'timeout: 5']],
  ['duration in minutes', 'no', [TIMEOUT, 'timeout: 5m']],
  ['duration in milliseconds', 'no', [TIMEOUT, 'timeout: 100ms']],
  ['duration with a capital S', 'no', [TIMEOUT, 'timeout: 5S']],
  ['duration without a whole part', 'no', [TIMEOUT, 'timeout: .5s']],
  ['duration without a fraction after the point', 'no', [TIMEOUT, 'timeout: 5.s']],
  ['duration with ten decimals', 'no', [TIMEOUT, 'timeout: 0.1234567890s']],
  ['negative duration against gte', 'no', [TIMEOUT, 'timeout: -1s']],
  ['zero duration', 'ok', [TIMEOUT, 'timeout: 0s']],
  ['duration out of range', 'no', [TIMEOUT, 'timeout: 999999999999s']],
  ['negative route timeout', 'no', route('timeout: -1s')],
  ['negative max_lifetime', 'no', provider('max_lifetime: -5s')],
  ['huge max_lifetime', 'no', provider('max_lifetime: 315576000000s')],
  ['cache_duration of nothing', 'no', ['seconds: 300', 'seconds: 0']],
  ['timeout missing', 'no', [TIMEOUT, '# timeout']],
  ['connect_timeout of zero', 'no', ['connect_timeout: 500s', 'connect_timeout: 0s']],
  // any
  [
    'no @type',
    'no',
    [
      '"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router',
      'suppress_envoy_headers: true',
    ],
  ],
  [
    'empty typed_config',
    'no',
    [
      'typed_config:\n              "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router',
      'typed_config: {}',
    ],
  ],
  ['unknown @type', 'no', ['http.router.v3.Router', 'http.router.v3.Rooter']],
  [
    '@type without a host',
    'no',
    [
      'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router',
      'envoy.extensions.filters.http.router.v3.Router',
    ],
  ],
  [
    '@type with another host',
    'ok',
    [
      'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router',
      'a.b/envoy.extensions.filters.http.router.v3.Router',
    ],
  ],
  [
    '@type last',
    'ok',
    [
      '"@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext\n        sni: www.envoyproxy.io',
      'sni: www.envoyproxy.io\n        "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
    ],
  ],
  ['any filter name', 'ok', ['envoy.filters.http.JwtAuthentication', 'x']],
  ['empty filter name', 'no', ['envoy.filters.http.JwtAuthentication', '""']],
  [
    'TypedStruct',
    'ok',
    [
      '"@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext\n        sni: www.envoyproxy.io',
      '"@type": type.googleapis.com/xds.type.v3.TypedStruct\n        type_url: type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext\n        value: {sni: www.envoyproxy.io}',
    ],
  ],
  [
    'TypedStruct with an unknown field',
    'no',
    [
      '"@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext\n        sni: www.envoyproxy.io',
      '"@type": type.googleapis.com/xds.type.v3.TypedStruct\n        type_url: type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext\n        value: {snii: www.envoyproxy.io}',
    ],
  ],
  [
    'transport socket without typed_config',
    'no',
    [
      'name: envoy.transport_sockets.tls\n      typed_config:\n        "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext\n        sni: www.envoyproxy.io',
      'name: envoy.transport_sockets.tls',
    ],
  ],
  [
    'filter without typed_config',
    'no',
    [
      '- name: envoy.filters.http.JwtAuthentication',
      '- name: envoy.filters.http.cors\n          - name: envoy.filters.http.JwtAuthentication',
    ],
  ],
  // constraints
  ['required oneof missing', 'no', [`${MATCH}\n`, 'case_sensitive: true\n']],
  ['required message missing', 'no', ['- match:\n                  prefix: /docs', '- requires: {}']],
  ['no domains', 'no', ['domains:\n              - "*"', 'domains: []']],
  ['requires_any of one', 'no', [RULE, `requires_any: {requirements: [{${RULE}}]}`]],
  ['requires_any of two', 'ok', [RULE, `requires_any: {requirements: [{${RULE}}, {allow_missing: {}}]}`]],
  ['separated prefix with a slash at its end', 'no', [MATCH, 'path_separated_prefix: /docs/']],
  ['header name with a line feed', 'no', [PROVIDER, 'forward_payload_header: "a\\nb"']],
  ['header name with a blank', 'ok', [PROVIDER, 'forward_payload_header: "a b"']],
  ['port out of range', 'no', ['port_value: 8080', 'port_value: 70000']],
  [
    'direct response status 99',
    'no',
    [
      'route:\n                  host_rewrite_literal: www.envoyproxy.io\n                  cluster: service_envoyproxy_io',
      'direct_response: {status: 99}',
    ],
  ],
  [
    'direct response',
    'ok',
    [
      'route:\n                  host_rewrite_literal: www.envoyproxy.io\n                  cluster: service_envoyproxy_io',
      'direct_response: {status: 200, body: {inline_string: x}}',
    ],
  ],
  [
    'neither route nor response',
    'no',
    [
      'route:\n                  host_rewrite_literal: www.envoyproxy.io\n                  cluster: service_envoyproxy_io',
      'name: x',
    ],
  ],
  [
    'disabled: false per route',
    'no',
    [
      '- match:\n                  prefix: "/"',
      '- typed_per_filter_config:\n                  x: {"@type": type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.PerRouteConfig, disabled: false}\n                match:\n                  prefix: "/"',
    ],
    ['envoy.filters.http.JwtAuthentication', 'x'],
  ],
  [
    'direct response of 4096 bytes',
    'ok',
    [
      'route:\n                  host_rewrite_literal: www.envoyproxy.io\n                  cluster: service_envoyproxy_io',
      `direct_response: {status: 200, body: {inline_string: ${'x'.repeat(4096)}}}`,
    ],
  ],
  [
    'direct response of 4097 bytes',
    'no',
    [
      'route:\n                  host_rewrite_literal: www.envoyproxy.io\n                  cluster: service_envoyproxy_io',
      `direct_response: {status: 200, body: {inline_string: ${'x'.repeat(4097)}}}`,
    ],
  ],
  // references
  ['unknown cluster of a route', 'no', [ROUTE, 'cluster: nowhere\n']],
  [
    'unknown cluster, not validated',
    'ok',
    [ROUTE, 'cluster: nowhere\n'],
    ['name: local_route', 'name: local_route\n            validate_clusters: false'],
  ],
  ['unknown JWKS cluster', 'ok', ['cluster: funnel_auth_cluster', 'cluster: nowhere']],
  [
    'duplicate cluster',
    'no',
    ['- name: service_envoyproxy_io', '- name: funnel_auth_cluster'],
    [ROUTE, 'cluster: funnel_auth_cluster\n'],
  ],
  ['unknown provider', 'no', [RULE, 'provider_name: provider_funel']],
  [
    'unknown provider with audiences',
    'no',
    [RULE, 'provider_and_audiences: {provider_name: x, audiences: [a]}'],
  ],
  ['unknown requirement name', 'no', [`requires:\n                  ${RULE}`, 'requirement_name: x']],
  [
    'unknown provider in the requirement map',
    'no',
    ['rules:', 'requirement_map: {a: {provider_name: nobody}}\n              rules:'],
  ],
  ['domain twice', 'no', ['domains:\n              - "*"', 'domains: [a.b, A.B, "*"]']],
  ['wildcard twice', 'no', ['domains:\n              - "*"', 'domains: ["*", "*"]']],
  [
    'two virtual hosts of one name',
    'ok',
    ['virtual_hosts:', 'virtual_hosts:\n            - {name: backend, domains: [a.b]}'],
  ],
  // chains
  [
    'no router',
    'no',
    [
      '- name: envoy.filters.http.router\n            typed_config:\n              "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router',
      '',
    ],
  ],
  ['no http_filters at all', 'ok', ['http_filters:', 'http_filters: []\n          !ignore x:']],
  [
    'router first',
    'no',
    [
      'http_filters:',
      'http_filters:\n          - {name: r, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}',
    ],
  ],
  ['no filter chains', 'no', ['filter_chains:', '!ignore x:']],
  [
    'no network filters',
    'ok',
    [
      'filters:\n      - name: envoy.filters.network',
      'filters: []\n      !ignore x:\n      - name: envoy.filters.network',
    ],
  ],
  // addresses
  ['host name for a listener', 'no', ['address: 0.0.0.0', 'address: localhost']],
  ['host name in a STATIC cluster', 'no', ['type: STRICT_DNS', 'type: STATIC']],
  ['no type is STATIC', 'no', ['type: STRICT_DNS', 'alt_stat_name: x']],
  ['IP in a STRICT_DNS cluster', 'ok', ['address: auth.funnel-labs.io', 'address: 127.0.0.1']],
  [
    'STRICT_DNS without load_assignment',
    'ok',
    [
      'load_assignment:\n      cluster_name: funnel_auth_cluster',
      '!ignore x:\n      cluster_name: funnel_auth_cluster',
    ],
  ],
  [
    'LOGICAL_DNS without load_assignment',
    'no',
    [
      'load_assignment:\n      cluster_name: service_envoyproxy_io',
      '!ignore x:\n      cluster_name: service_envoyproxy_io',
    ],
  ],
  [
    'LOGICAL_DNS with two endpoints',
    'no',
    [
      'address: www.envoyproxy.io\n                port_value: 443',
      'address: www.envoyproxy.io\n                port_value: 443\n        - endpoint: {address: {socket_address: {address: b, port_value: 1}}}',
    ],
  ],
  ['leading zero in an address', 'no', ['address: 0.0.0.0', 'address: 01.2.3.4']],
  ['IPv6 listener', 'ok', ['address: 0.0.0.0', 'address: "::1"']],
  // jwt
  ['relative JWKS URI', 'no', ['uri: https://auth.funnel-labs.io', 'uri: /auth']],
  ['JWKS URI without a scheme', 'no', ['uri: https://', 'uri: ']],
  ['JWKS URI with another scheme', 'ok', ['uri: https://', 'uri: ftp://']],
  ['JWKS URI with a blank in the host', 'no', ['uri: https://auth.', 'uri: https://auth .']],
  [
    'JWKS URI with a port in letters',
    'no',
    ['uri: https://auth.funnel-labs.io', 'uri: https://auth.funnel-labs.io:https'],
  ],
  ['JWKS URI with a user', 'ok', ['uri: https://', 'uri: https://u:p@']],
  ['claim entry without a claim', 'no', provider('claim_to_headers: [{header_name: x}]')],
  ['claim entry with a name', 'ok', provider('claim_to_headers: [{header_name: x, claim_name: sub}]')],
  [
    'claim name that YAML reads as a bool',
    'no',
    provider('claim_to_headers: [{header_name: x, claim_name: y}]'),
  ],
  [
    'claim entry with both',
    'no',
    provider('claim_to_headers: [{header_name: x, claim_name: sub, claim_path: [{key: sub}]}]'),
  ],
  ['local JWKS that is no JSON', 'no', [REMOTE, 'local_jwks: {inline_string: "x"}']],
  ['local JWKS without keys', 'no', [REMOTE, 'local_jwks: {inline_string: "{\\"keys\\": []}"}']],
  ['empty local JWKS', 'ok', [REMOTE, 'local_jwks: {inline_string: ""}']],
  ['local JWKS of nothing', 'no', [REMOTE, 'local_jwks: {}']],
  ['local JWKS from a file that is not there', 'no', [REMOTE, 'local_jwks: {filename: /nonexistent}']],
  [
    'local JWKS from a variable that is not there',
    'no',
    [REMOTE, 'local_jwks: {environment_variable: JOTGATE_NOT_SET}'],
  ],
  ['no JWKS', 'no', [REMOTE, 'require_expiration: true']],
  ['RemoteJwks without http_uri', 'no', [REMOTE, 'remote_jwks: {cache_duration: 5s}']],
  [
    'retry back-off the wrong way round',
    'no',
    [
      'cache_duration:',
      'retry_policy: {retry_back_off: {base_interval: 5s, max_interval: 1s}}\n                    cache_duration:',
    ],
  ],
  [
    'retry back-off without a base',
    'no',
    ['cache_duration:', 'retry_policy: {retry_back_off: {}}\n                    cache_duration:'],
  ],
  ['subjects with an empty prefix', 'no', provider('subjects: {prefix: ""}')],
  ['subjects with an empty exact', 'ok', provider('subjects: {exact: ""}')],
  // regular expressions
  ['lookahead', 'no', [MATCH, 'safe_regex: {regex: "(?!a)b"}']],
  ['bracket open', 'no', [MATCH, 'safe_regex: {regex: "["}']],
  ['good expression', 'ok', [MATCH, 'safe_regex: {regex: "/docs(/.*)?"}']],
  ['empty expression', 'no', [MATCH, 'safe_regex: {regex: ""}']],
  ['repetition beyond 1000', 'no', [MATCH, 'safe_regex: {regex: "a{1001}"}']],
  // tls
  [
    'trusted_ca that is not there',
    'no',
    [
      'sni: www.envoyproxy.io',
      'sni: www.envoyproxy.io\n        common_tls_context: {validation_context: {trusted_ca: {filename: /nonexistent}}}',
    ],
  ],
  [
    'trusted_ca that is no certificate',
    'no',
    [
      'sni: www.envoyproxy.io',
      'sni: www.envoyproxy.io\n        common_tls_context: {validation_context: {trusted_ca: {inline_string: x}}}',
    ],
  ],
  [
    'names without authorities',
    'no',
    [
      'sni: www.envoyproxy.io',
      'sni: www.envoyproxy.io\n        common_tls_context: {validation_context: {match_typed_subject_alt_names: [{san_type: DNS, matcher: {exact: a}}]}}',
    ],
  ],
  [
    'listener TLS without a certificate',
    'no',
    [
      '- filters:',
      '- transport_socket: {name: t, typed_config: {"@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext, common_tls_context: {}}}\n      filters:',
    ],
  ],
  [
    'listener TLS without common context',
    'no',
    [
      '- filters:',
      '- transport_socket: {name: t, typed_config: {"@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext}}\n      filters:',
    ],
  ],
  // service cluster
  ['negative connect_timeout', 'no', service('connect_timeout: -1s')],
  ['empty cluster name', 'no', ['- name: funnel_auth_cluster', '- name: ""']],
  [
    'header without a key',
    'no',
    route('retry_policy: {}'),
    [
      '- match:\n                  prefix: "/"',
      '- request_headers_to_add: [{header: {value: x}}]\n                match:\n                  prefix: "/"',
    ],
  ],
  ['host rewrite twice', 'no', route('auto_host_rewrite: true')],
  [
    'metadata value of any kind',
    'ok',
    [
      '- match:\n                  prefix: "/"',
      '- metadata: {filter_metadata: {a: {b: [1, 1.5, ~, true, {c: d}]}}}\n                match:\n                  prefix: "/"',
    ],
  ],
  [
    'metadata that is a list',
    'no',
    [
      '- match:\n                  prefix: "/"',
      '- metadata: {filter_metadata: {a: [1]}}\n                match:\n                  prefix: "/"',
    ],
  ],
];

export const verdictCases: readonly VerdictCase[] = rows.map(([name, verdict, ...changes]) => ({
  name,
  changes,
  envoy: verdict === 'ok' ? 'accepts' : 'refuses',
}));
