import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadConfig } from '../load-config.ts';

interface Parts {
  manager?: string;
  provider?: string;
  rules?: string;
  cluster?: string;
  endpoint?: string;
}

const TLS = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext';
const SAFE_MANAGER =
  'normalize_path: true, merge_slashes: true, path_with_escaped_slashes_action: REJECT_REQUEST';
const VERIFIED =
  'sni: a.test, common_tls_context: {validation_context: {system_root_certs: {}, match_typed_subject_alt_names: [{san_type: DNS, matcher: {exact: a.test}}]}}';
const socket = (tls: string) => `transport_socket: {name: t, typed_config: {"@type": ${TLS}, ${tls}}}`;

function config({
  manager = SAFE_MANAGER,
  provider = 'audiences: [a]',
  rules,
  cluster,
  endpoint,
}: Parts): string {
  return `static_resources:
  listeners:
  - address: {socket_address: {address: 127.0.0.1, port_value: 8080}}
    filter_chains:
    - filters:
      - name: hcm
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: a
${
  manager === ''
    ? ''
    : manager
        .split(', ')
        .map((line) => `          ${line}`)
        .join('\n')
}
          route_config:
            virtual_hosts:
            - {name: v, domains: ["*"], routes: [{match: {prefix: /}, direct_response: {status: 200}}]}
          http_filters:
          - name: jwt
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication
              providers:
                p: {${provider}, remote_jwks: {http_uri: {uri: "https://a.test/k", cluster: keys, timeout: 1s}}}
              rules: [${rules ?? '{match: {prefix: /}, requires: {provider_name: p}}'}]
          - {name: r, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}
  clusters:
  - name: keys
    type: STRICT_DNS
    load_assignment:
      cluster_name: keys
      endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: a.test, port_value: ${endpoint ?? '443'}}}}}]}]
    ${cluster ?? socket(VERIFIED)}`;
}

const said = (parts: Parts) =>
  loadConfig([{ name: 'f.yaml', text: config(parts) }]).findings.list.map(
    ({ code, severity }) => `${severity} ${code}`,
  );

const GUARD = '{match: {prefix: /}, requires: {provider_name: p}}';

const cases: { name: string; given: Parts; want: string[] }[] = [
  { name: 'the careful configuration', given: {}, want: [] },
  { name: 'L03: https without TLS', given: { cluster: 'connect_timeout: 1s' }, want: ['warning L03'] },
  { name: 'L03: https at port 80', given: { endpoint: '80' }, want: ['warning L03'] },
  {
    name: 'L04: no such cluster',
    given: { cluster: `alt_stat_name: x\n  - name: other\n    ${socket(VERIFIED)}` },
    want: ['warning L03'],
  },
  {
    name: 'L19: a folder exempt while paths are not normalised',
    given: { manager: 'normalize_path: true', rules: `{match: {path_separated_prefix: /docs}}, ${GUARD}` },
    want: ['warning L19'],
  },
  {
    name: 'L19: not for an exact path',
    given: { manager: '', rules: `{match: {path: /docs}}, ${GUARD}` },
    want: [],
  },
  {
    name: 'L19: not where nothing is guarded behind it',
    given: { manager: '', rules: `${GUARD}, {match: {path_separated_prefix: /docs}}` },
    want: ['warning L14'],
  },
  {
    name: 'L20: a bare prefix',
    given: { rules: `{match: {prefix: /docs}}, ${GUARD}` },
    want: ['warning L20'],
  },
  {
    name: 'L20: not with a slash at its end',
    given: { rules: `{match: {prefix: /docs/}}, ${GUARD}` },
    want: [],
  },
  {
    name: 'L20: not where a token is required',
    given: { rules: '{match: {prefix: /docs}, requires: {provider_name: p}}' },
    want: [],
  },
  { name: 'L21: no audiences', given: { provider: 'issuer: i' }, want: ['warning L21'] },
  {
    name: 'L21: not where the rule has its own',
    given: {
      provider: 'issuer: i',
      rules: '{match: {prefix: /}, requires: {provider_and_audiences: {provider_name: p, audiences: [a]}}}',
    },
    want: [],
  },
  { name: 'L22: a provider that nothing uses', given: { rules: '' }, want: ['warning L22'] },
  {
    name: 'L22: allow_missing uses all',
    given: { rules: '{match: {prefix: /}, requires: {allow_missing: {}}}' },
    want: [],
  },
  { name: 'L25: TLS that verifies nobody', given: { cluster: socket('sni: a.test') }, want: ['error L25'] },
  {
    name: 'L25: verification that is switched off is refused besides',
    given: {
      cluster: socket(
        VERIFIED.replace(
          'system_root_certs: {}',
          'system_root_certs: {}, trust_chain_verification: ACCEPT_UNTRUSTED',
        ),
      ),
    },
    want: ['error E301', 'error L25'],
  },
  {
    name: 'L25: verified, without a server name',
    given: { cluster: socket(VERIFIED.replace('sni: a.test, ', '')) },
    want: ['warning L25'],
  },
  {
    name: 'L25: any certificate of the authorities',
    given: {
      cluster: socket('sni: a.test, common_tls_context: {validation_context: {system_root_certs: {}}}'),
    },
    want: ['warning L25'],
  },
  {
    name: 'L26: ten times as long',
    given: { cluster: `connect_timeout: 10s\n    ${socket(VERIFIED)}` },
    want: ['warning L26'],
  },
  {
    name: 'L26: not nine times',
    given: { cluster: `connect_timeout: 9s\n    ${socket(VERIFIED)}` },
    want: [],
  },
];

describe('lints speak where something loads and is not what was meant', () => {
  for (const { name, given, want } of cases) it(name, () => assert.deepEqual(said(given).sort(), want));
  it('a lint of error level does not keep the file from being loaded', () => {
    const text = config({ cluster: socket('sni: a.test') });
    assert.notEqual(loadConfig([{ name: 'f.yaml', text }]).snapshot, null);
    assert.equal(loadConfig([{ name: 'f.yaml', text }], { strict: true }).snapshot, null);
  });
  it('L04: a key cluster that is not there', () => {
    const text = config({}).replace('cluster: keys, timeout', 'cluster: kees, timeout');
    const { list } = loadConfig([{ name: 'f.yaml', text }]).findings;
    assert.deepEqual(
      list.map(({ code, hint }) => [code, hint]),
      [['L04', 'did you mean `keys`?']],
    );
  });
});

it('what is wrong in the default filter chain is told too', () => {
  const text = config({ provider: 'issuer: i' }).replace(
    'filter_chains:\n    - filters:',
    'default_filter_chain:\n      filters:',
  );
  const { list } = loadConfig([{ name: 'f.yaml', text }]).findings;
  assert.deepEqual(
    list.map(({ code }) => code),
    ['L21'],
  );
});
