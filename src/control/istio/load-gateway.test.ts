import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cluster } from '#schema/envoy/config/cluster/v3/cluster_pb.js';
import { UpstreamTlsContextSchema } from '#schema/envoy/extensions/transport_sockets/tls/v3/tls_pb.js';
import { unpackAny } from '../../resources/index.ts';
import { ejectBootstrap } from './eject-bootstrap.ts';
import { type IstioOptions, loadIstio } from './load-istio.ts';

const gateway = (server: string, name = 'gw', selector = 'istio: ingressgateway') => `---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: ${name}, namespace: edge }
spec:
  selector: { ${selector} }
  servers:
  - ${server}
    hosts: ["*"]
`;

const HTTP = 'port: { number: 8080, name: http, protocol: HTTP }';

const routes = (http: string) => `---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: vs, namespace: shop }
spec:
  hosts: ["*"]
  gateways: [edge/gw]
  http:
${http}`;

const TO_EXT = '  - route: [{ destination: { host: ext.test } }]\n';

const entry = (rest: string, resolution = 'STATIC') => `---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: ext, namespace: shop }
spec:
  hosts: [ext.test]
  ports: [{ number: 80, name: http, protocol: HTTP, targetPort: 8000 }]
  resolution: ${resolution}
${rest}`;

const rule = (spec: string) => `---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ext, namespace: shop }
spec:
  host: ext.test
${spec}`;

const policy = (namespace: string, labels: string) => `---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: p, namespace: ${namespace} }
spec:
  selector: { matchLabels: { ${labels} } }
  rules: [{}]
`;

const load = (text: string, options: IstioOptions = {}) =>
  loadIstio([{ name: 'istio.yaml', text }], { readFile: () => Buffer.from('PEM'), ...options });

const codes = (text: string, options?: IstioOptions) =>
  load(text, options).findings.list.map(({ code, message, at }) => `${code} ${at?.line}: ${message}`);

function endpoints(cluster: Cluster | undefined): string[] {
  return (cluster?.loadAssignment?.endpoints ?? []).flatMap(({ lbEndpoints }) =>
    lbEndpoints.map(({ hostIdentifier }) => {
      const address = hostIdentifier.case === 'endpoint' ? hostIdentifier.value.address?.address : undefined;
      assert.ok(address?.case === 'socketAddress');
      return `${address.value.address}:${address.value.portSpecifier.value}`;
    }),
  );
}

describe('a route leads to the endpoints of a ServiceEntry', () => {
  const cases: readonly { name: string; given: string; want: string[] }[] = [
    { name: 'its own name', given: entry('', 'DNS'), want: ['ext.test:8000'] },
    {
      name: 'its endpoints, by port name, target port',
      given: entry('  endpoints: [{ address: 10.0.0.1, ports: { http: 81 } }, { address: 10.0.0.2 }]\n'),
      want: ['10.0.0.1:81', '10.0.0.2:8000'],
    },
    {
      name: 'of a port whose name every object of JavaScript has too',
      given: entry('  endpoints: [{ address: 10.0.0.1 }]\n').replace('name: http,', 'name: constructor,'),
      want: ['10.0.0.1:8000'],
    },
    {
      name: 'the WorkloadEntries that it selects, of its namespace',
      given: `${entry('  workloadSelector: { labels: { app: ext } }\n')}${['shop', 'other']
        .map(
          (namespace, index) => `---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: { name: w, namespace: ${namespace} }
spec: { address: 10.0.1.${index}, labels: { app: ext } }
`,
        )
        .join('')}`,
      want: ['10.0.1.0:8000'],
    },
  ];
  for (const { name, given, want } of cases) {
    it(name, () => {
      const { snapshot, findings } = load(gateway(HTTP) + routes(TO_EXT) + given);
      assert.deepEqual(findings.list, []);
      assert.deepEqual(
        snapshot?.clusters.map((cluster) => cluster.name),
        ['outbound|80||ext.test'],
      );
      assert.deepEqual(endpoints(snapshot?.clusters[0]), want);
    });
  }
  it('a subset has the endpoints with its labels', () => {
    const subset = '  - route: [{ destination: { host: ext.test, subset: v2 } }]\n';
    const given = entry(
      '  endpoints: [{ address: 10.0.0.1, labels: { v: "1" } }, { address: 10.0.0.2, labels: { v: "2" } }]\n',
    );
    const { snapshot } = load(
      gateway(HTTP) + routes(subset) + given + rule('  subsets: [{ name: v2, labels: { v: "2" } }]\n'),
    );
    assert.equal(snapshot?.clusters[0]?.name, 'outbound|80|v2|ext.test');
    assert.deepEqual(endpoints(snapshot?.clusters[0]), ['10.0.0.2:8000']);
  });
  it('what no file describes goes to the upstream, else to its own name, with a warning', () => {
    const text = gateway(HTTP) + routes(TO_EXT);
    assert.deepEqual(endpoints(load(text, { upstream: 'http://127.0.0.1:9' }).snapshot?.clusters[0]), [
      '127.0.0.1:9',
    ]);
    assert.deepEqual(endpoints(load(text).snapshot?.clusters[0]), ['ext.test:8080']);
    assert.deepEqual(codes(text), [
      'W410 18: `ext.test` is no service of these files: its name is looked up as it stands',
    ]);
  });
});

describe('a DestinationRule says how a service is spoken to', () => {
  const tlsOf = (spec: string) => {
    const { snapshot } = load(gateway(HTTP) + routes(TO_EXT) + entry('', 'DNS') + rule(spec));
    const config = snapshot?.clusters[0]?.transportSocket?.configType;
    return config?.case === 'typedConfig' ? unpackAny(UpstreamTlsContextSchema, config.value) : null;
  };
  const validated = (spec: string) => {
    const type = tlsOf(spec)?.commonTlsContext?.validationContextType;
    return type?.case === 'validationContext' ? type.value : null;
  };
  it('SIMPLE verifies the service’s own name by the system’s roots', () => {
    const context = validated('  trafficPolicy: { tls: { mode: SIMPLE } }\n');
    assert.notEqual(context?.systemRootCerts, undefined);
    assert.equal(context?.matchTypedSubjectAltNames[0]?.matcher?.matchPattern.value, 'ext.test');
  });
  it('named roots and names take their place', () => {
    const context = validated(
      '  trafficPolicy: { tls: { mode: SIMPLE, caCertificates: /ca.pem, subjectAltNames: [other.test], sni: s.test } }\n',
    );
    assert.equal(context?.trustedCa?.specifier.case, 'inlineBytes');
    assert.equal(context?.matchTypedSubjectAltNames[0]?.matcher?.matchPattern.value, 'other.test');
  });
  it('insecureSkipVerify verifies nothing', () => {
    assert.equal(validated('  trafficPolicy: { tls: { mode: SIMPLE, insecureSkipVerify: true } }\n'), null);
  });
  it('MUTUAL shows a certificate', () => {
    const spec =
      '  trafficPolicy: { tls: { mode: MUTUAL, clientCertificate: /c.pem, privateKey: /k.pem } }\n';
    assert.equal(tlsOf(spec)?.commonTlsContext?.tlsCertificates.length, 1);
  });
  it('the port’s own settings go before those for all ports', () => {
    const spec = `  trafficPolicy:
    tls: { mode: SIMPLE }
    portLevelSettings: [{ port: { number: 80 }, tls: { mode: DISABLE } }]
`;
    assert.equal(tlsOf(spec), null);
  });
});

describe('which gateway is run', () => {
  const two = gateway(HTTP) + gateway(HTTP, 'inner', 'istio: inner');
  it('the only one, in the namespace of the policies that select it', () => {
    assert.deepEqual(load(gateway(HTTP) + policy('mesh', 'istio: ingressgateway')).workload, {
      namespace: 'mesh',
      labels: { istio: 'ingressgateway' },
      kind: 'gateway',
    });
  });
  it('without such a policy in its own namespace', () => {
    assert.equal(load(gateway(HTTP)).workload.namespace, 'edge');
  });
  it('the one that is named', () => {
    assert.deepEqual(load(two, { gateway: 'inner' }).workload.labels, { istio: 'inner' });
    assert.deepEqual(load(two, { gateway: 'edge/inner' }).workload.labels, { istio: 'inner' });
  });
  it('of two one has to be named, and by its name', () => {
    assert.match(codes(two).join(), /^E404 13: `inner` is for another workload/);
    assert.match(
      codes(two, { gateway: 'none' }).join(),
      /^E413 undefined: `none` is not the name of one Gateway/,
    );
  });
  it('a policy for all of another namespace than the one it is taken to be in is warned of, once', () => {
    const whole = (name: string, namespace: string) =>
      `---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec: {}\n`;
    const given = gateway(HTTP) + whole('mesh', 'istio-system') + whole('own', 'edge');
    assert.deepEqual(codes(given), []);
    const others = given + whole('a', 'ingress') + whole('b', 'ingress');
    assert.deepEqual(codes(others), [
      'W416 23: `a` is not applied: nothing says where the gateway runs, so it is taken to be in namespace `edge`',
    ]);
    assert.equal(
      load(others).findings.list[0]?.hint,
      'if it runs in another: `--workload ingress/istio=ingressgateway`',
    );
    const workload = { namespace: 'edge', labels: { istio: 'ingressgateway' }, kind: 'gateway' } as const;
    assert.deepEqual(codes(others, { workload }), []);
    assert.deepEqual(codes(others + policy('edge', 'istio: ingressgateway')), []);
  });
  it('policies and gateways of others are passed over by name', () => {
    const { passedOver, findings } = load(two + policy('edge', 'app: other'), { gateway: 'gw' });
    assert.deepEqual(
      passedOver.map(({ kind, name, at }) => [kind, name, at.line]),
      [
        ['AuthorizationPolicy', 'p', 20],
        ['Gateway', 'inner', 11],
      ],
    );
    assert.deepEqual(findings.list, []);
  });
});

describe('what is not translated is refused or warned of by name', () => {
  const tls = (fields: string) =>
    `port: { number: 8443, name: https, protocol: HTTPS }\n    tls: { ${fields} }`;
  const FILES = 'serverCertificate: /c.pem, privateKey: /k.pem';
  const withRoute = (route: string) =>
    gateway(HTTP) +
    routes(`  - ${route}\n    route: [{ destination: { host: ext.test } }]\n`) +
    entry('', 'DNS');
  const cases: readonly { name: string; given: string; want: RegExp }[] = [
    {
      name: 'TCP',
      given: gateway('port: { number: 1, name: tcp, protocol: TCP }'),
      want: /E405 8: a server of protocol `TCP`/,
    },
    { name: 'PASSTHROUGH', given: gateway(tls('mode: PASSTHROUGH')), want: /E405 9: TLS mode `PASSTHROUGH`/ },
    {
      name: 'a secret that is not there',
      given: gateway(tls('mode: SIMPLE, credentialName: c')),
      want: /E417 9: there is no Secret `c` of namespace `edge` in these files/,
    },
    {
      name: 'two secrets for one server',
      given: gateway(tls('mode: SIMPLE, credentialNames: [c, d]')),
      want: /E405 9: `credentialNames\[1\]` of a server/,
    },
    {
      name: 'a TLS version that is not the usual one',
      given: gateway(tls(`mode: SIMPLE, ${FILES}, minProtocolVersion: TLSV1_3`)),
      want: /E405 9: `minProtocolVersion`/,
    },
    { name: 'no certificate', given: gateway(tls('mode: SIMPLE')), want: /E402 9: `serverCertificate` or/ },
    {
      name: 'names of clients',
      given: gateway(tls(`mode: SIMPLE, ${FILES}, subjectAltNames: [a]`)),
      want: /E405 9: `subjectAltNames`/,
    },
    { name: 'a fault', given: withRoute('fault: { abort: { httpStatus: 500 } }'), want: /E405 \d+: `fault`/ },
    { name: 'retries', given: withRoute('retries: { attempts: 3 }'), want: /W412 \d+: `retries`/ },
    { name: 'a mirror', given: withRoute('mirror: { host: x }'), want: /W412 \d+: `mirror`/ },
    {
      name: 'a delegate',
      given: gateway(HTTP) + routes('  - delegate: { name: x }\n'),
      want: /E405 \d+: `delegate`/,
    },
    {
      name: 'TLS routes',
      given: gateway(HTTP) + routes(TO_EXT).replace('  http:', '  tls: [{}]\n  http:'),
      want: /E405 \d+: `tls` routes/,
    },
    {
      name: 'mesh certificates',
      given: withRoute('name: a') + rule('  trafficPolicy: { tls: { mode: ISTIO_MUTUAL } }\n'),
      want: /E405 \d+: TLS mode `ISTIO_MUTUAL`/,
    },
    {
      name: 'no resolution',
      given: gateway(HTTP) + routes(TO_EXT) + entry('', 'NONE'),
      want: /E405 \d+: a route to a service with the resolution `NONE`/,
    },
    {
      name: 'a claim for the mesh',
      given: routes(
        '  - match: [{ headers: { "@request.auth.claims.a": {} } }]\n    route: [{ destination: { host: a } }]\n',
      ).replace('[edge/gw]', '[mesh]'),
      want: /E402 \d+: claims decide routes of gateways only/,
    },
    {
      name: 'no claim',
      given: withRoute('match: [{ headers: { "@request.auth.claims[": {} } }]'),
      want: /E402 \d+: `@request.auth.claims\[` names no claim/,
    },
    {
      name: 'two ways to go',
      given: withRoute('redirect: {}'),
      want: /E402 \d+: a route needs exactly one of/,
    },
    {
      name: 'a claim without tokens',
      given: withRoute('match: [{ headers: { "@request.auth.claims.a": {} } }]'),
      want: /W414 \d+/,
    },
    {
      name: 'no gateway and no upstream',
      given: policy('a', 'b: c'),
      want: /E407 undefined: no Gateway is for this workload/,
    },
  ];
  for (const { name, given, want } of cases) it(name, () => assert.match(codes(given).join('\n'), want));

  it('a file that is not there', () => {
    const readFile = () => {
      throw Object.assign(new Error('no'), { code: 'ENOENT' });
    };
    assert.match(
      codes(gateway(tls(`mode: SIMPLE, ${FILES}`)), { readFile }).join(),
      /E411 9: `\/c.pem` cannot be read \(ENOENT\)/,
    );
  });
  it('the retries of a gateway that is not run', () => {
    assert.deepEqual(
      load(withRoute('retries: { attempts: 3 }').replace('[edge/gw]', '[edge/other]')).findings.list,
      [],
    );
  });
});

describe('a Secret among the files has the certificate of a server that names it', () => {
  const secret = (values: string, name = 'c', namespace = 'edge') => `---
apiVersion: v1
kind: Secret
metadata: { name: ${name}, namespace: ${namespace} }
${values}
`;
  const server = (mode: string, more = '') =>
    gateway(
      `port: { number: 8443, name: https, protocol: HTTPS }\n    tls: { mode: ${mode}, credentialName: c${more} }`,
    );
  const PAIR = 'stringData: { tls.crt: CRT, tls.key: KEY }';
  const found: readonly { name: string; given: string; want: RegExp[] }[] = [
    {
      name: 'of a kubernetes.io/tls Secret, as base64',
      given: server('SIMPLE') + secret('data: { tls.crt: Q1JU, tls.key: S0VZ }'),
      want: [/inline_bytes: Q1JU/, /inline_bytes: S0VZ/],
    },
    { name: 'as plain text', given: server('SIMPLE') + secret(PAIR), want: [/Q1JU/, /S0VZ/] },
    {
      name: 'of a generic Secret, whose names go first',
      given: server('SIMPLE') + secret('stringData: { cert: A, key: B, tls.crt: CRT, tls.key: KEY }'),
      want: [/inline_bytes: QQ==/, /inline_bytes: Qg==/],
    },
    {
      name: 'with the roots in it',
      given: server('MUTUAL') + secret('stringData: { tls.crt: CRT, tls.key: KEY, ca.crt: CA }'),
      want: [/trusted_ca:\s+inline_bytes: Q0E=/, /require_client_certificate: true/],
    },
    {
      name: 'with the roots in one of their own, which goes first',
      given:
        server('OPTIONAL_MUTUAL') +
        secret('stringData: { tls.crt: CRT, tls.key: KEY, ca.crt: no }') +
        secret('stringData: { cacert: CA }', 'c-cacert'),
      want: [/trusted_ca:\s+inline_bytes: Q0E=/, /require_client_certificate: false/],
    },
    {
      name: 'with the roots in one that is named',
      given:
        server('MUTUAL', ', caCertCredentialName: r') +
        secret(PAIR) +
        secret('stringData: { ca.crt: CA }', 'r'),
      want: [/trusted_ca:\s+inline_bytes: Q0E=/],
    },
  ];
  for (const { name, given, want } of found) {
    it(name, () => {
      const { snapshot, findings, passedOver } = load(given);
      assert.deepEqual(findings.list, []);
      assert.deepEqual(passedOver, []);
      for (const pattern of want) assert.match(ejectBootstrap(snapshot ?? assert.fail()), pattern);
    });
  }
  const missing: readonly { name: string; given: string; want: RegExp }[] = [
    {
      name: 'not in another namespace',
      given: server('SIMPLE') + secret(PAIR, 'c', 'other'),
      want: /^E417 9: there is no Secret `c` of namespace `edge`/,
    },
    {
      name: 'not without a key',
      given: server('SIMPLE') + secret('stringData: { tls.crt: CRT }'),
      want: /has no `tls.key`/,
    },
    {
      name: 'not in plain text where base64 is asked for',
      given: server('SIMPLE') + secret('data: { tls.crt: "not base64", tls.key: S0VZ }'),
      want: /`tls.crt` of Secret `c` is not base64/,
    },
    {
      name: 'not without roots where clients are asked',
      given: server('MUTUAL') + secret(PAIR),
      want: /has no `ca.crt`/,
    },
    {
      name: 'not with certificates that are revoked',
      given: server('MUTUAL') + secret('stringData: { tls.crt: a, tls.key: b, ca.crt: c, ca.crl: d }'),
      want: /`ca.crl` of Secret `c`: not done yet/,
    },
  ];
  for (const { name, given, want } of missing) {
    it(name, () => {
      const text = codes(given).join('\n');
      assert.match(text, want);
      assert.doesNotMatch(text, /S0VZ|KEY/);
    });
  }
  it('a service is shown a certificate out of one, and verified by its roots', () => {
    const given =
      gateway(HTTP) +
      routes(TO_EXT) +
      entry('', 'DNS') +
      rule('  trafficPolicy: { tls: { mode: MUTUAL, credentialName: c } }\n') +
      secret('stringData: { tls.crt: CRT, tls.key: KEY, ca.crt: CA }');
    const { snapshot, findings } = load(given);
    assert.deepEqual(findings.list, []);
    const text = ejectBootstrap(snapshot ?? assert.fail());
    for (const pattern of [/Q1JU/, /S0VZ/, /trusted_ca:\s+inline_bytes: Q0E=/]) assert.match(text, pattern);
  });
});

describe('who asks for a mesh identity where nobody shows a certificate is told', () => {
  const asking = (rule: string) => `---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: who, namespace: edge }
spec:
  rules: [${rule}]
`;
  const cases: readonly { name: string; rule: string; want: RegExp }[] = [
    {
      name: 'principals',
      rule: '{ from: [{ source: { principals: [a] } }] }',
      want: /W418 \d+: `principals` never matches/,
    },
    {
      name: 'notNamespaces',
      rule: '{ from: [{ source: { notNamespaces: [a] } }] }',
      want: /W418 \d+: `notNamespaces` always matches/,
    },
    {
      name: 'serviceAccounts',
      rule: '{ from: [{ source: { serviceAccounts: [a] } }] }',
      want: /W418 \d+: `serviceAccounts` never matches/,
    },
    {
      name: 'a condition',
      rule: '{ when: [{ key: source.trustDomain, values: [a] }] }',
      want: /W418 \d+: `source.trustDomain` never matches/,
    },
    {
      name: 'a negated condition',
      rule: '{ when: [{ key: source.principal, notValues: [a] }] }',
      want: /W418 \d+: `source.principal` always matches/,
    },
  ];
  for (const { name, rule, want } of cases) {
    it(name, () => {
      assert.match(codes(gateway(HTTP) + routes(TO_EXT) + entry('', 'DNS') + asking(rule)).join(), want);
      assert.match(codes(asking(rule).slice(4), { upstream: 'http://127.0.0.1:9' }).join(), want);
    });
  }
});
