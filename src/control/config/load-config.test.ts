import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cluster } from '#schema/envoy/config/cluster/v3/cluster_pb.js';
import type { UpstreamTlsContext } from '#schema/envoy/extensions/transport_sockets/tls/v3/tls_pb.js';
import { configOf } from './checks/check-context.ts';
import { type LoadOptions, loadConfig } from './load-config.ts';

const UPSTREAM_TLS = 'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext';

const TYPED_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
const listener = (extra = '') => `static_resources:
  listeners:
  - address: {socket_address: {address: 127.0.0.1, port_value: 8080}}
    filter_chains:
    - filters:
      - name: hcm
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: a
          route_config:
            virtual_hosts:
            - {name: v, domains: ["*"], routes: [{match: {prefix: /}, direct_response: {status: 200}}]}
          http_filters:
          - {name: r, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}
${extra}`;

const cluster = (socket: string, endpoints = 'auth.test') => `static_resources:
  clusters:
  - name: keys
    type: STRICT_DNS
    load_assignment:
      cluster_name: keys
      endpoints:
      - lb_endpoints:
${endpoints
  .split(' ')
  .map((host) => `        - endpoint: {address: {socket_address: {address: "${host}", port_value: 443}}}`)
  .join('\n')}
    transport_socket: ${socket}`;

const load = (text: string, options: LoadOptions = {}) => loadConfig([{ name: 'f.yaml', text }], options);
const codes = (text: string, options: LoadOptions = {}) =>
  load(text, options).findings.list.map(({ severity, code, at }) => `${severity} ${code} ${at?.line}`);

function tlsOf(text: string, options: LoadOptions = {}): UpstreamTlsContext | undefined {
  const loaded: Cluster | undefined = load(text, options).snapshot?.clusters[0];
  const config = loaded?.transportSocket?.configType;
  return config?.case === 'typedConfig'
    ? configOf<UpstreamTlsContext>(config.value, UPSTREAM_TLS)
    : undefined;
}

describe('a bootstrap becomes a snapshot', () => {
  it('a null in a list of messages is one in which nothing is said, as Envoy reads it', () => {
    const withHost = (said: string) =>
      codes(listener().replace('domains: ["*"]', `domains: ["*"], ${said}`)).map((one) => one.split(' ')[1]);
    assert.deepEqual(withHost('rate_limits: [null]'), ['E121']);
    assert.deepEqual(withHost('request_headers_to_add: [null]'), ['E121']);
  });

  it('a value that the runtime may change needs no key for it', () => {
    const cluster = `static_resources: {clusters: [{name: c, round_robin_lb_config: {slow_start_config: {aggression: {default_value: 1}}}}]}`;
    assert.deepEqual(
      codes(cluster).filter((one) => one.startsWith('error')),
      [],
    );
  });

  it('subsets of a cluster are refused, and a route’s wish for one has no effect without them', () => {
    const cluster = `static_resources: {clusters: [{name: c, lb_subset_config: {subset_selectors: [{keys: [a]}]}}]}`;
    assert.deepEqual(codes(cluster), ['error E301 1']);
    const wish = 'route: {cluster: keys, metadata_match: {filter_metadata: {envoy.lb: {a: b}}}}';
    const said = codes(listener().replace('direct_response: {status: 200}', wish));
    assert.deepEqual(
      said.filter((one) => !one.includes('E201')),
      ['warning W301 12'],
    );
  });

  const withOptions = (options: string) =>
    `static_resources: {clusters: [{name: c, typed_extension_protocol_options: {${options}}}]}`;
  const upstreams = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
  const typed = (type: string, more = '') => `{'@type': type.googleapis.com/${type}${more}}`;
  const plain = typed(upstreams, ', explicit_http_config: {http_protocol_options: {}}');

  it('options for HTTP upstreams in which nothing is said lack their choice', () => {
    assert.deepEqual(codes(withOptions(`${upstreams}: null`)), ['error E122 1']);
    assert.deepEqual(codes(withOptions(`${upstreams}: ${typed('google.protobuf.Empty')}`)), ['error E122 1']);
    assert.deepEqual(codes(withOptions(`${upstreams}: ${plain}`)), []);
  });

  it('options under a name that has none are refused', () => {
    for (const name of ['foo', 'envoy.filters.http.jwt_authn', `${upstreams}X`]) {
      assert.deepEqual(
        codes(withOptions(`${name}: ${typed('google.protobuf.Empty')}`)),
        ['error E217 1'],
        name,
      );
    }
    const tcp = 'envoy.extensions.upstreams.tcp.v3.TcpProtocolOptions';
    assert.deepEqual(codes(withOptions(`${tcp}: {}`)), []);
    assert.deepEqual(codes(withOptions(`${tcp}: ${plain}`)), ['error E217 1']);
  });

  it('listeners and clusters of several texts append', () => {
    const { snapshot, findings } = loadConfig([
      { name: 'a.yaml', text: listener() },
      {
        name: 'b.json',
        text: '{"static_resources": {"clusters": [{"name": "c", "load_assignment": {"cluster_name": "c"}}]}}',
      },
    ]);
    assert.deepEqual(findings.list, []);
    assert.deepEqual([snapshot?.listeners.length, snapshot?.clusters.length], [1, 1]);
  });
  it('a route may name a cluster of another text', () => {
    const routed = listener().replace('direct_response: {status: 200}', 'route: {cluster: keys}');
    assert.deepEqual(codes(routed), ['error E201 12']);
    const both = loadConfig([
      { name: 'a.yaml', text: routed },
      { name: 'b.yaml', text: cluster('~').replace('    transport_socket: ~', '') },
    ]);
    assert.deepEqual(both.findings.list, []);
  });
  it('of a root key that is written twice the earlier one counts for nothing', () => {
    const routed = listener().replace('direct_response: {status: 200}', 'route: {cluster: nowhere}');
    const twice = `${routed}static_resources: {clusters: []}`;
    assert.deepEqual(codes(twice), ['warning W102 15']);
    assert.deepEqual(load(twice).snapshot?.listeners, []);
  });
  it('a name that is written twice in JSON is an error, of a map one that Envoy shares', () => {
    const said = (text: string) =>
      loadConfig([{ name: 'f.json', text }]).findings.list.map(({ code, envoy, path }) => [
        code,
        envoy,
        path,
      ]);
    assert.deepEqual(said('{"static_resources": {}, "static_resources": {}}'), [
      ['E114', 'accepts', 'static_resources'],
    ]);
    const found = said(
      `{"static_resources": {"clusters": [{"name": "c", "typed_extension_protocol_options": {"a": {}, "a": {}}}]}}`,
    );
    assert.deepEqual(
      found.filter(([code]) => code === 'E114'),
      [['E114', 'refuses', 'static_resources.clusters[0].typed_extension_protocol_options.a']],
    );
  });
  it('nothing is concluded from what is written under both spellings', () => {
    const routed = listener().replace('direct_response: {status: 200}', 'route: {cluster: nowhere}');
    assert.deepEqual(codes(`${routed}staticResources: {}`), ['error E114 15']);
  });
  it('an error leaves no snapshot', () => assert.equal(load('static_resources: []').snapshot, null));
  it('an empty text is an error', () => assert.deepEqual(codes('# nothing'), ['error E112 1']));
  it('an empty first document is an error, an empty second one is nothing', () => {
    assert.deepEqual(codes('---\n---\nadmin: {}'), ['error E112 1']);
    assert.deepEqual(codes('# a\n---\nstatic_resources: {}\n---\n'), []);
  });
  it('what is wrong in a second document does not matter, as nobody reads it', () => {
    assert.deepEqual(codes('static_resources: {}\n---\nfoo: ['), ['warning W113 3']);
  });
  it('clusters that could not be read are not missing ones', () => {
    const routed = listener().replace('direct_response: {status: 200}', 'route: {cluster: keys}');
    assert.deepEqual(codes(`${routed}  cluster: []`), ['error E103 15']);
    assert.deepEqual(codes(`${routed}  clusters: [x]`), ['error E104 15']);
  });
});

describe('what jotgate does not do is said by name', () => {
  it('a field without effect once, a refused field at each place', () => {
    const text = listener().replace(
      'stat_prefix: a',
      'stat_prefix: a\n          http2_protocol_options: {}\n          proxy_status_config: {}',
    );
    assert.deepEqual(codes(text), ['warning W301 10', 'error E301 11']);
  });
  it('a field that is done in a connection manager and has no effect in a cluster', () => {
    const clusters = (fields: string) => `  clusters:\n  - {name: c, ${fields}}`;
    for (const field of ['max_stream_duration: 1s', 'max_headers_count: 50']) {
      const said = `common_http_protocol_options: {${field}}`;
      const typed = `{"@type": type.googleapis.com/${TYPED_OPTIONS}, explicit_http_config: {http_protocol_options: {}}, ${said}}`;
      assert.deepEqual(codes(listener().replace('stat_prefix: a', `stat_prefix: a\n          ${said}`)), []);
      for (const fields of [said, `typed_extension_protocol_options: {${TYPED_OPTIONS}: ${typed}}`])
        assert.deepEqual(codes(listener(clusters(fields))), ['warning W301 16'], fields);
    }
  });
  it('a field with its default value says nothing', () => {
    assert.deepEqual(
      codes(listener().replace('stat_prefix: a', 'stat_prefix: a\n          proxy_100_continue: false')),
      [],
    );
  });
  it('nor does an enum, by name or number', () => {
    const details = (value: string) =>
      listener().replace('stat_prefix: a', `stat_prefix: a\n          forward_client_cert_details: ${value}`);
    assert.deepEqual(
      ['SANITIZE', '0', 'ALWAYS_FORWARD_ONLY'].map((value) => codes(details(value))),
      [[], [], ['error E301 10']],
    );
  });
  it('a filter that there is none of', () => {
    const text = listener().replace(
      'http_filters:',
      'http_filters:\n          - {name: c, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua}}',
    );
    assert.deepEqual(codes(text), ['error E302 14']);
  });
  it('a field and a filter that only a newer Envoy has', () => {
    const text = listener()
      .replace(
        'stat_prefix: a',
        'stat_prefix: a\n          forward_proto_config: {}\n          streamFlushTimeout: 1s',
      )
      .replace(
        'http_filters:',
        'http_filters:\n          - {name: c, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.csrf.v3.CsrfPolicy}}',
      );
    assert.deepEqual(codes(text), ['error E301 10', 'warning W301 11', 'error E302 16']);
    assert.ok(load(text).findings.list.every(({ envoy }) => envoy === 'accepts'));
  });
  it('a choice that only a newer Envoy has is no missing one', () => {
    const text = listener().replace('route_config:', 'route_config:\n            route_specifiers: []');
    assert.deepEqual(codes(text), ['error E301 11']);
  });
  it('a value of an enum', () => {
    assert.deepEqual(
      codes(listener().replace('stat_prefix: a', 'stat_prefix: a\n          codec_type: HTTP2')),
      ['error E301 10'],
    );
  });
  it('what is inside a field without effect is not spoken of', () => {
    assert.deepEqual(
      codes(`${listener()}\noverload_manager: {refresh_interval: 1s, resource_monitors: [{name: x}]}`),
      ['warning W301 16'],
    );
  });
  it('upkeep of the process is passed over, what is inside it is still checked', () => {
    const upkeep =
      'node: {id: a, cluster: b}\nwatchdogs: {main_thread_watchdog: {miss_timeout: 1s}}\nstats_flush_interval: 5s';
    assert.deepEqual(codes(`${listener()}\n${upkeep}`, { strict: true }), []);
    assert.deepEqual(codes(`${listener()}\nnode: {id: a, clustr: b}`), ['error E103 16']);
  });
  it('strict makes errors of warnings, and leaves no snapshot', () => {
    const text = `${listener()}\ntracing: {}`;
    assert.deepEqual(codes(text, { strict: true }), ['error W301 16']);
    assert.notEqual(load(text).snapshot, null);
    assert.equal(load(text, { strict: true }).snapshot, null);
  });
});

describe('of decisions too, what hangs on more than the file and the request', () => {
  const RBAC = 'type.googleapis.com/envoy.extensions.filters';
  const INPUT = 'type.googleapis.com/envoy.extensions.matching.common_inputs.environment_variable.v3.Config';
  const guarded = (said: string) =>
    listener().replace(
      '    - filters:\n',
      `    - filters:\n      - {name: g, typed_config: {"@type": ${RBAC}.network.rbac.v3.RBAC, stat_prefix: g, ${said}}}\n`,
    );
  const matching = (input: string) =>
    listener().replace(
      '          - {name: r,',
      `          - {name: b, typed_config: {"@type": ${RBAC}.http.rbac.v3.RBAC, matcher: {matcher_tree: {input: {name: i, typed_config: ${input}}, exact_match_map: {map: {a: {action: {name: a, typed_config: {"@type": type.googleapis.com/envoy.config.rbac.v3.Action, name: ok}}}}}}}}}\n          - {name: r,`,
    );

  it('a network filter that judges a connection anew at each of its bytes', () => {
    assert.deepEqual(codes(guarded('enforcement_type: ONE_TIME_ON_FIRST_BYTE, rules: {}')), []);
    assert.deepEqual(codes(guarded('enforcement_type: CONTINUOUS, rules: {}')), ['error E301 6']);
  });
  it('a matcher that looks at a variable of the process', () => {
    const header = 'type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput';
    assert.deepEqual(codes(matching(`{"@type": ${header}, header_name: a}`)), []);
    assert.deepEqual(codes(matching(`{"@type": ${INPUT}, name: HOME}`), { env: { HOME: 'a' } }), [
      'error E302 14',
    ]);
  });
});

describe('what would write filter state of connections is refused', () => {
  const said = 'set_filter_state.v3.Config';
  it('for connections', () => {
    const filter = `      - {name: s, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.network.${said}}}\n`;
    const text = listener().replace('    - filters:\n', `    - filters:\n${filter}`);
    assert.deepEqual(codes(text), ['error E302 6']);
  });
});

it('what a route says to a filter that it switches off is checked as if it ran', () => {
  const rules = 'type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBACPerRoute';
  const saying = (matcher: string) => {
    const config = `{"@type": ${rules}, rbac: {shadow_matcher: ${matcher}}}`;
    const off = `{"@type": type.googleapis.com/envoy.config.route.v3.FilterConfig, disabled: true, config: ${config}}`;
    return listener().replace('{status: 200}', `{status: 200}, typed_per_filter_config: {rbac: ${off}}`);
  };
  assert.deepEqual(codes(saying('{on_no_match: {}}')), ['error E122 12']);
  assert.deepEqual(
    codes(saying('{}')).filter((code) => code.startsWith('error')),
    [],
  );
});

it('of tracing only what marks request ids is said to have an effect', () => {
  const traced = (more: string) =>
    listener().replace(
      'stat_prefix: ',
      `tracing: {random_sampling: {value: 1}${more}}\n          stat_prefix: `,
    );
  assert.deepEqual(codes(traced('')), []);
  assert.deepEqual(codes(traced(', verbose: true, operation: a')), ['warning W301 9', 'warning W301 9']);
  const key = 'layered_runtime: {layers: [{name: a, static_layer: {tracing.random_sampling: 1}}]}';
  assert.deepEqual(
    codes(key).filter((code) => code.startsWith('warning')),
    ['warning W301 1'],
  );
});

describe('what a route says to a filter that is not done', () => {
  const saying = (more: string) => {
    const config =
      '{"@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.LuaPerRoute, disabled: true}';
    const one = `{"@type": type.googleapis.com/envoy.config.route.v3.FilterConfig, config: ${config}${more}}`;
    return listener().replace('{status: 200}', `{status: 200}, typed_per_filter_config: {a.b: ${one}}`);
  };
  it('is refused', () => assert.deepEqual(codes(saying('')), ['error E302 12']));
  it('is passed over where it is optional', () => {
    assert.deepEqual(codes(saying(', is_optional: true')), []);
  });
});

describe('files and variables are read in', () => {
  const body = (source: string) => listener().replace('{status: 200}', `{status: 200, body: ${source}}`);
  it('a file becomes its bytes', () => {
    const seen: string[] = [];
    const readFile = (path: string) => {
      seen.push(path);
      return Buffer.from('hello');
    };
    assert.deepEqual(codes(body('{filename: a/b}'), { readFile }), []);
    assert.deepEqual(seen, ['a/b']);
  });
  it('a file that cannot be read is an error at its name', () => {
    assert.deepEqual(codes(body('{filename: /nonexistent}')), ['error E208 12']);
    assert.deepEqual(codes(body('{filename: /}')), ['error E208 12']);
  });
  it('a variable must be there', () => {
    assert.deepEqual(codes(body('{environment_variable: A}'), { env: { A: 'x' } }), []);
    assert.deepEqual(codes(body('{environment_variable: A}')), ['error E209 12']);
    assert.deepEqual(codes(body('{environment_variable: constructor}')), ['error E209 12']);
  });
});

describe('a TLS socket without its configuration gets the safe meaning', () => {
  it('the endpoint is verified by name against the roots of the system', () => {
    const tls = tlsOf(cluster('{name: envoy.transport_sockets.tls}'));
    assert.equal(tls?.sni, 'auth.test');
    const validation = tls?.commonTlsContext?.validationContextType;
    assert.ok(validation?.case === 'validationContext');
    assert.ok(validation.value.systemRootCerts);
    const [name] = validation.value.matchTypedSubjectAltNames;
    assert.deepEqual([name?.sanType, name?.matcher?.matchPattern.value], [2, 'auth.test']);
  });
  it('an address has no server name and is looked for among the addresses', () => {
    const tls = tlsOf(cluster('{name: envoy.transport_sockets.tls}', '10.0.0.1'));
    const validation = tls?.commonTlsContext?.validationContextType;
    assert.ok(validation?.case === 'validationContext');
    assert.deepEqual([tls?.sni, validation.value.matchTypedSubjectAltNames[0]?.sanType], ['', 4]);
  });
  it('it is warned of, and refused under strict', () => {
    assert.deepEqual(codes(cluster('{name: envoy.transport_sockets.tls}')), ['warning L27 10']);
    assert.equal(load(cluster('{name: envoy.transport_sockets.tls}'), { strict: true }).snapshot, null);
  });
  it('another name, or several hosts, leave no meaning to give', () => {
    assert.deepEqual(codes(cluster('{name: envoy.transport_sockets.raw_buffer}')), ['error E215 10']);
    assert.deepEqual(codes(cluster('{name: envoy.transport_sockets.tls}', 'a.test b.test')), [
      'error E215 11',
    ]);
  });
});

describe('the bundle of the system may lie elsewhere on this machine', () => {
  const trusting = (path: string) =>
    cluster(
      `{name: t, typed_config: {"@type": type.googleapis.com/${UPSTREAM_TLS}, common_tls_context: {validation_context: {trusted_ca: {filename: ${path}}}}}}`,
    );
  const readFile = () => {
    throw Object.assign(new Error('no'), { code: 'ENOENT' });
  };
  it('then the roots of the machine are meant, with a warning', () => {
    const text = trusting('/etc/ssl/certs/ca-certificates.crt');
    assert.deepEqual(codes(text, { readFile }), ['warning W208 10']);
    const validation = tlsOf(text, { readFile })?.commonTlsContext?.validationContextType;
    assert.ok(validation?.case === 'validationContext');
    assert.ok(validation.value.systemRootCerts);
    assert.equal(validation.value.trustedCa, undefined);
  });
  it('any other file is missed', () =>
    assert.deepEqual(codes(trusting('/my/ca.pem'), { readFile }), ['error E208 10']));
});

describe('a listener filter', () => {
  const filtered = (filter: string) =>
    codes(
      listener().replace(
        '    filter_chains:\n    - filters:',
        `    listener_filters: [${filter}]\n    filter_chains:\n    - filter_chain_match: {transport_protocol: tls}\n      filters:`,
      ),
    );
  const TLS_INSPECTOR = 'type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector';

  it('reads the client’s hello by the type of its configuration, whatever its name', () =>
    assert.deepEqual(filtered(`{name: any, typed_config: {"@type": ${TLS_INSPECTOR}}}`), []));
  it('that has a name and no type is refused, as by Envoy, and reads nothing', () =>
    assert.deepEqual(filtered('{name: envoy.filters.listener.tls_inspector}'), [
      'error E215 4',
      'warning L31 6',
    ]));
});

describe('client certificates are checked as configured or not at all', () => {
  it('names of clients are refused by name rather than passed over', () => {
    const text = listener().replace(
      '    - filters:',
      `    - transport_socket: {name: t, typed_config: {"@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext, common_tls_context: {tls_certificates: [{certificate_chain: {inline_string: x}, private_key: {inline_string: k}}], tls_params: {tls_minimum_protocol_version: TLSv1_3}}}}
      filters:`,
    );
    assert.deepEqual(codes(text), ['error E218 5', 'error E301 5']);
  });
});

describe('what is there twice in two files', () => {
  it('is told with the file of the first', () => {
    const address = '{socket_address: {address: 127.0.0.1, port_value: 80}}';
    const text = `static_resources:
  clusters:
  - {name: c, type: STATIC}
  listeners:
  - {name: l, address: ${address}, filter_chains: [{}]}
`;
    const { findings } = loadConfig([
      { name: 'a.yaml', text },
      { name: 'b.yaml', text },
    ]);
    const hints = findings.list.filter(({ code }) => code === 'E202' || code === 'E214');
    assert.deepEqual(
      hints.map(({ at, hint }) => `${at?.file}:${at?.line} ${hint}`),
      ['b.yaml:3 the first one is at a.yaml:3', 'b.yaml:5 the listener at a.yaml:5 has it already'],
    );
  });
});

describe('a runtime is refused as Envoy refuses it', () => {
  const layers = (...list: string[]) => `layered_runtime: {layers: [${list.join(', ')}]}`;
  const values = (text: string) => layers(`{name: a, static_layer: ${text}}`);
  const table: { name: string; given: string; want: number }[] = [
    { name: 'scalars and groups of them', given: values('{x: 1, y: {z: a, f: true, w: {}}}'), want: 0 },
    { name: 'a null', given: values('{x: null}'), want: 1 },
    { name: 'lists, however deep', given: values('{x: {y: []}, z: [1]}'), want: 2 },
    {
      name: 'what stands in a fraction',
      given: values('{x: {numerator: null}, y: {denominator: []}}'),
      want: 0,
    },
    { name: 'a list called like a part of a fraction', given: values('{numerator: []}'), want: 1 },
    {
      name: 'two layers of one name',
      given: layers(
        '{name: a, static_layer: {}}',
        '{name: b, static_layer: {}}',
        '{name: a, static_layer: {}}',
      ),
      want: 1,
    },
    {
      name: 'two layers of the administrator',
      given: layers('{name: a, admin_layer: {}}', '{name: b, admin_layer: {}}'),
      want: 1,
    },
  ];
  for (const { name, given, want } of table) {
    it(name, () => assert.equal(codes(given).filter((code) => code === 'error E220 1').length, want));
  }
});

describe('an expression whose program is large is refused as Envoy refuses it', () => {
  const matching = (regex: string, more = '', runtime = '') =>
    listener().replace('match: {prefix: /}', `match: {safe_regex: {regex: '${regex}'${more}}}`) + runtime;
  const runtime = (...layers: string[]) => `\nlayered_runtime: {layers: [${layers.join(', ')}]}\n`;
  const level = (value: string) => `{name: a, static_layer: {re2.max_program_size: {error_level: ${value}}}}`;
  const sizes = (text: string) => codes(text).filter((code) => /[EW]219/.test(code));
  const table: { name: string; given: string; want: string[] }[] = [
    { name: 'over the limit', given: matching('a{97}'), want: ['error E219 12'] },
    { name: 'at the limit', given: matching('a{96}'), want: [] },
    { name: 'not sure, and over it', given: matching('.*.*a{99}'), want: ['warning W219 12'] },
    { name: 'not sure, and near it', given: matching('.*.*a{85}'), want: ['warning W219 12'] },
    { name: 'not sure, and far from it', given: matching('.*.*a{75}'), want: [] },
    {
      name: 'with a limit of its own',
      given: matching('a{150}', ', google_re2: {max_program_size: 154}'),
      want: [],
    },
    {
      name: 'over a limit of its own, whatever the runtime says',
      given: matching('a{50}', ', google_re2: {max_program_size: 53}', runtime(level('200'))),
      want: ['error E219 12'],
    },
    { name: 'with the runtime’s limit', given: matching('a{150}', '', runtime(level('200'))), want: [] },
    { name: 'with a limit in a text', given: matching('a{150}', '', runtime(level('"200"'))), want: [] },
    {
      name: 'over the limit of the last layer',
      given: matching('a{150}', '', runtime(level('200'), level('120').replace('name: a', 'name: b'))),
      want: ['error E219 12'],
    },
    {
      name: 'with a limit that is none',
      given: matching('a{150}', '', runtime(level('true'))),
      want: ['error E219 12'],
    },
    {
      name: 'where a layer comes from elsewhere',
      given: matching('a{150}', '', runtime('{name: d, disk_layer: {symlink_root: /a}}')),
      want: ['warning W219 12'],
    },
  ];
  for (const { name, given, want } of table) it(name, () => assert.deepEqual(sizes(given), want));
});
