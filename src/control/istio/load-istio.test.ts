import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { JwtAuthenticationSchema } from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import { RBACSchema } from '#schema/envoy/extensions/filters/http/rbac/v3/rbac_pb.js';
import {
  type HttpConnectionManager,
  HttpConnectionManagerSchema,
} from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { type Snapshot, unpackAny } from '../../resources/index.ts';
import { ejectBootstrap } from './eject-bootstrap.ts';
import { loadIstio } from './load-istio.ts';
import { parseMesh } from './parse-mesh.ts';

const REQUEST = `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: { name: weather, namespace: foo }
spec:
  jwtRules:
  - issuer: weather@cloudnative-istio
    jwksUri: https://keys.example.test/jwks
`;

const POLICY = `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: weather, namespace: foo }
spec:
  rules:
  - from:
    - source:
        requestPrincipals: ["weather@cloudnative-istio/alice"]
    to:
    - operation:
        methods: [GET]
        paths:
        - /weather
        - /forecast*
`;

const load = (text: string, options: { strict?: boolean } = {}) =>
  loadIstio([{ name: 'istio.yaml', text }], { upstream: 'http://127.0.0.1:9000', ...options });

function managerOf(snapshot: Snapshot | null): HttpConnectionManager {
  const config = snapshot?.listeners[0]?.filterChains[0]?.filters[0]?.configType;
  assert.equal(config?.case, 'typedConfig');
  return unpackAny(HttpConnectionManagerSchema, config.value);
}

function filterConfig(snapshot: Snapshot | null, name: string) {
  const filter = managerOf(snapshot).httpFilters.find((one) => one.name === name);
  assert.equal(filter?.configType.case, 'typedConfig');
  return filter.configType.value;
}

describe('a gateway from Istio manifests', () => {
  it('is none where a key is written twice: the earlier one could be what denies', () => {
    const twice = POLICY.replace('  rules:', '  rules: [{}]\n  rules:');
    const { snapshot, findings } = load(twice);
    assert.equal(snapshot, null);
    assert.deepEqual(
      findings.list.map(({ code, at }) => `${code} ${at?.line}:${at?.column}`),
      ['E114 6:3'],
    );
  });

  it('verifies tokens, then authorizes, then routes', () => {
    const { snapshot, findings } = load(`${REQUEST}---\n${POLICY}`);
    assert.deepEqual(findings.list, []);
    assert.deepEqual(
      managerOf(snapshot).httpFilters.map(({ name }) => name),
      ['envoy.filters.http.jwt_authn', 'envoy.filters.http.rbac', 'envoy.filters.http.router'],
    );
  });

  it('listens on loopback unless told otherwise', () => {
    const address = load(`${REQUEST}---\n${POLICY}`).snapshot?.listeners[0]?.address?.address;
    assert.equal(address?.case, 'socketAddress');
    assert.deepEqual([address.value.address, address.value.portSpecifier.value], ['127.0.0.1', 8080]);
  });

  it('fetches keys through a cluster that checks the certificate for the name of the host', () => {
    const { snapshot } = load(`${REQUEST}---\n${POLICY}`);
    const names = snapshot?.clusters.map(({ name }) => name);
    assert.deepEqual(names, ['outbound|9000||127.0.0.1', 'outbound|443||keys.example.test|tls']);
    assert.notEqual(snapshot?.clusters[1]?.transportSocket, undefined);
  });

  it('hands the lines of the policy on to what is generated from them', () => {
    const { snapshot, provenance } = load(`${REQUEST}---\n${POLICY}`);
    const { rules } = unpackAny(RBACSchema, filterConfig(snapshot, 'envoy.filters.http.rbac'));
    const policy = rules?.policies['ns[foo]-policy[weather]-rule[0]'];
    assert.ok(policy);
    assert.equal(provenance.find(policy)?.line, 14);
    const [methods, paths] =
      policy.permissions[0]?.rule.case === 'andRules' ? policy.permissions[0].rule.value.rules : [];
    assert.ok(methods && paths);
    assert.equal(provenance.find(methods)?.line, 19);
    const second = paths.rule.case === 'orRules' ? paths.rule.value.rules[1] : undefined;
    assert.ok(second);
    assert.deepEqual(
      { line: provenance.find(second)?.line, path: provenance.path(second) },
      { line: 22, path: 'spec.rules[0].to[0].operation.paths[1]' },
    );
  });

  it('hands the lines of the rule on to its provider', () => {
    const { snapshot, provenance } = load(`${REQUEST}---\n${POLICY}`);
    const { providers } = unpackAny(
      JwtAuthenticationSchema,
      filterConfig(snapshot, 'envoy.filters.http.jwt_authn'),
    );
    const provider = providers['origins-0'];
    assert.ok(provider);
    assert.equal(provenance.find(provider, 'issuer')?.line, 6);
    assert.equal(provenance.find(provider, 'remote_jwks')?.line, 7);
  });

  it('warns of what is passed over and may change who gets in', () => {
    const rows: { name: string; given: string; want: string[] }[] = [
      {
        name: 'EnvoyFilter of the root namespace',
        given:
          'apiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata: {name: f, namespace: istio-system}',
        want: ['W416 25:7'],
      },
      {
        name: 'EnvoyFilter whose labels may be the workload’s',
        given:
          'apiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata: {name: f, namespace: foo}\nspec: {workloadSelector: {labels: {app: a}}}',
        want: ['W416 25:7'],
      },
      {
        name: 'EnvoyFilter of another namespace',
        given:
          'apiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata: {name: f, namespace: bar}',
        want: [],
      },
      {
        name: 'nearly a kind',
        given: 'apiVersion: security.istio.io/v1\nkind: AuthorisationPolicy',
        want: ['W416 25:7'],
      },
      {
        name: 'a kind of another group',
        given: 'apiVersion: rbac.istio.io/v1\nkind: AuthorizationPolicy',
        want: ['W416 24:13'],
      },
      { name: 'a kind of no group', given: 'kind: AuthorizationPolicy', want: ['W416 24:1'] },
      { name: 'a namesake', given: 'apiVersion: policy.linkerd.io/v1\nkind: AuthorizationPolicy', want: [] },
      { name: 'what decides nothing', given: 'apiVersion: telemetry.istio.io/v1\nkind: Telemetry', want: [] },
    ];
    for (const { name, given, want } of rows) {
      const text = `${REQUEST}---\n${POLICY}---\n${given}\n`;
      const { findings, passedOver } = load(text);
      assert.deepEqual(
        findings.list.map(({ code, at }) => `${code} ${at?.line}:${at?.column}`),
        want,
        name,
      );
      assert.equal(passedOver.length, 1, name);
      assert.equal(load(text, { strict: true }).snapshot === null, want.length > 0, name);
    }
  });

  it('reads lists of objects, of one kind too', () => {
    const items = POLICY.trimEnd().replaceAll('\n', '\n  ');
    const { passedOver, snapshot } = load(
      `${REQUEST}---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicyList\nitems:\n- ${items}\n`,
    );
    assert.deepEqual(passedOver, []);
    assert.doesNotThrow(() => filterConfig(snapshot, 'envoy.filters.http.rbac'));
  });

  it('reads lists of lists', () => {
    const items = POLICY.trimEnd().replaceAll('\n', '\n    ');
    const { passedOver, snapshot } = load(
      `${REQUEST}---\nkind: List\nitems:\n- kind: List\n  items:\n  - ${items}\n`,
    );
    assert.deepEqual(passedOver, []);
    assert.doesNotThrow(() => filterConfig(snapshot, 'envoy.filters.http.rbac'));
  });

  it('passes other kinds over by name', () => {
    const other = 'apiVersion: v1\nkind: Service\nmetadata: { name: web }\n';
    const { snapshot, passedOver } = load(`${REQUEST}---\n${POLICY}---\n${other}`);
    assert.notEqual(snapshot, null);
    assert.deepEqual(
      passedOver.map(({ kind, name, at }) => ({ kind, name, line: at.line })),
      [{ kind: 'Service', name: 'web', line: 24 }],
    );
  });
});

interface FindingCase {
  name: string;
  given: string;
  /** code, line. */
  want: [string, number][];
}

const policyWith = (spec: string) =>
  `${REQUEST}---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: { name: p, namespace: foo }\nspec:\n${spec}`;

const REFUSED: FindingCase[] = [
  {
    name: 'a misspelt field',
    given: POLICY.replace('requestPrincipals', 'requestPrincipal'),
    want: [
      ['E103', 8],
      ['E402', 7],
    ],
  },
  {
    name: 'a field in snake case',
    given: POLICY.replace('requestPrincipals', 'request_principals'),
    want: [['E401', 8]],
  },
  {
    name: 'a number among strings',
    given: POLICY.replace('[GET]', '[80]'),
    want: [['E104', 11]],
  },
  { name: 'a value in place of a list', given: POLICY.replace('[GET]', 'GET'), want: [['E401', 11]] },
  { name: 'an empty value', given: POLICY.replace('[GET]', '["GET", ""]'), want: [['E402', 11]] },
  { name: 'a DENY policy without rules', given: policyWith('  action: DENY\n'), want: [['E402', 13]] },
  {
    name: 'a bad address',
    given: policyWith('  rules:\n  - from:\n    - source:\n        ipBlocks: [10.0.0]\n'),
    want: [['E402', 16]],
  },
  {
    name: 'an unknown attribute',
    given: policyWith('  rules:\n  - when:\n    - key: bogus\n      values: [x]\n'),
    want: [['E402', 15]],
  },
  {
    name: 'keys from nowhere',
    given: `${REQUEST.replace('https://keys.example.test/jwks', 'http:///x')}---\n${POLICY}`,
    want: [['E409', 7]],
  },
  {
    name: 'policies of two namespaces',
    given: `${REQUEST}---\n${POLICY.replace('namespace: foo', 'namespace: bar')}`,
    want: [['E404', 11]],
  },
];

const WARNED: FindingCase[] = [
  { name: 'L06: nothing asks for a token', given: REQUEST, want: [['L06', 6]] },
  {
    name: 'L07: open paths refuse bad tokens',
    given: policyWith(
      '  rules:\n  - to: [{operation: {paths: [/docs]}}]\n  - from: [{source: {requestPrincipals: ["*"]}}]\n',
    ),
    want: [['L07', 14]],
  },
  {
    name: 'W415: keys by an issuer that is no address',
    given: `${REQUEST.replace(/ {4}jwksUri.*\n/, '')}---\n${POLICY}`,
    want: [['W415', 6]],
  },
  {
    name: 'W408: an external authorizer that is not in the mesh configuration',
    given: policyWith('  action: CUSTOM\n  provider: { name: x }\n  rules: [{}]\n'),
    want: [
      ['L06', 6],
      ['W408', 14],
    ],
  },
  { name: 'L09: nothing verifies the token that is asked for', given: POLICY, want: [['L09', 3]] },
  {
    name: 'L10: a claim with dots',
    given: policyWith('  rules:\n  - when:\n    - key: request.auth.claims[a.b]\n      values: [x]\n'),
    want: [['L10', 15]],
  },
  {
    name: 'L10: a number',
    given: policyWith('  rules:\n  - when:\n    - key: request.auth.claims[level]\n      values: ["3"]\n'),
    want: [['L10', 16]],
  },
];

describe('what is found in Istio manifests', () => {
  for (const { name, given, want } of REFUSED) {
    it(`${name} is refused where it stands`, () => {
      const { snapshot, findings } = load(given);
      assert.equal(snapshot, null);
      const errors = findings.list.filter(({ code }) => !code.startsWith('L'));
      assert.deepEqual(
        errors.map(({ code, at }) => [code, at?.line]),
        want,
      );
    });
  }
  for (const { name, given, want } of WARNED) {
    it(`${name}`, () => {
      const { snapshot, findings } = load(given);
      assert.notEqual(snapshot, null);
      assert.deepEqual(
        findings.list.map(({ code, at }) => [code, at?.line]),
        want,
      );
      assert.equal(load(given, { strict: true }).snapshot, null);
    });
  }
  it('an upstream that is none is refused', () => {
    const { snapshot, findings } = loadIstio([{ name: 'a.yaml', text: POLICY }], { upstream: 'nowhere' });
    assert.equal(snapshot, null);
    assert.ok(findings.list.some(({ code }) => code === 'E407'));
  });
});

describe('a PeerAuthentication without a Gateway', () => {
  const peer = (namespace: string, spec: string) => `---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: p, namespace: ${namespace} }
spec: { ${spec} }
`;
  const OWN = 'selector: { matchLabels: { app: a } }';
  const workload = { namespace: 'foo', labels: { app: 'a' }, kind: 'gateway' } as const;
  const said = (text: string) =>
    loadIstio([{ name: 'i.yaml', text }], { upstream: 'http://127.0.0.1:9', workload }).findings.list.map(
      ({ code, at, message }) => `${code} ${at?.line}: ${message}`,
    );
  const STRICT = /^E405 5: mTLS mode `STRICT` without a Gateway/;
  it('that is STRICT is refused, the mesh’s own too', () => {
    assert.match(said(peer('foo', 'mtls: { mode: STRICT }')).join(), STRICT);
    assert.match(said(peer('istio-system', 'mtls: { mode: STRICT }')).join(), STRICT);
    const ofPort = `${OWN}, portLevelMtls: { 8080: { mode: STRICT } }`;
    assert.match(said(peer('foo', ofPort)).join(), STRICT);
  });
  it('that a closer one overrides counts for nothing, nor one of others', () => {
    const own = peer('foo', `${OWN}, mtls: { mode: PERMISSIVE }`);
    assert.deepEqual(said(peer('istio-system', 'mtls: { mode: STRICT }') + own), []);
    assert.deepEqual(said(peer('bar', 'mtls: { mode: STRICT }')), []);
  });
});

describe('a CUSTOM policy whose authorizer speaks gRPC', () => {
  const text = `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: authz, namespace: foo }
spec:
  hosts: [authz.test]
  ports: [{ number: 9000, name: grpc, protocol: GRPC }]
  resolution: STATIC
  endpoints: [{ address: 127.0.0.1 }]
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: ask, namespace: foo }
spec:
  action: CUSTOM
  provider: { name: sample }
  rules: [{}]
`;
  const provider =
    'extensionProviders: [{ name: sample, envoyExtAuthzGrpc: { service: authz.test, port: 9000 } }]';
  const mesh = parseMesh({ name: 'mesh.yaml', text: provider }).mesh ?? undefined;
  const options = { upstream: 'http://127.0.0.1:9', mesh };
  it('is run by a gate, which asks it over HTTP/2', () => {
    const { snapshot, findings } = loadIstio([{ name: 'i.yaml', text }], options);
    assert.deepEqual(findings.list, []);
    const cluster = snapshot?.clusters.find(({ name }) => name === 'outbound|9000||authz.test');
    assert.deepEqual(Object.keys(cluster?.typedExtensionProtocolOptions ?? {}), [
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
    ]);
  });
  it('is warned of where its port speaks HTTP/1.1, by which nobody answers', () => {
    const plain = text.replace('protocol: GRPC', 'protocol: HTTP');
    const { snapshot, findings } = loadIstio([{ name: 'i.yaml', text: plain }], options);
    assert.notEqual(snapshot, null);
    assert.deepEqual(
      findings.list.map(({ code, at, path }) => [code, at?.line, path]),
      [['W408', 6, 'spec.ports[0].protocol']],
    );
  });
  it('is translated for an Envoy, which asks it over HTTP/2', () => {
    const { snapshot, findings } = loadIstio([{ name: 'i.yaml', text }], { ...options, forEnvoy: true });
    assert.deepEqual(findings.list, []);
    const ejected = ejectBootstrap(snapshot ?? assert.fail());
    assert.match(ejected, /grpc_service:\s+envoy_grpc:\s+cluster_name: outbound\|9000\|\|authz\.test/);
    assert.match(ejected, /explicit_http_config:\s+http2_protocol_options/);
  });
  it('denies as in Istio where the authorizer cannot be asked', () => {
    const { snapshot, findings } = loadIstio(
      [{ name: 'i.yaml', text: text.replace('authz.test', 'other.test') }],
      options,
    );
    assert.notEqual(snapshot, null);
    assert.deepEqual(
      findings.list.map(({ code }) => code),
      ['W408'],
    );
  });
});

it('a list has as many documents as it likes', () => {
  const text = `{"apiVersion": "v1", "kind": "List", "items": [${Array(150_000).fill('{"kind":"x"}').join()}]}`;
  const { passedOver } = loadIstio([{ name: 'many.json', text }], {});
  assert.equal(passedOver.length, 150_000);
});

describe('two documents of one object', () => {
  const other = POLICY.replace('/weather', '/else');
  const said = (text: string) =>
    load(text)
      .findings.list.filter(({ severity }) => severity === 'error')
      .map(({ code, at, hint }) => [code, at?.line, hint]);
  it('are refused, with the place of the other', () => {
    const want = [['E419', 18, 'leave one of them out; the other is at istio.yaml:1']];
    assert.deepEqual(said(`${POLICY}---\n${other}`), want);
  });
  it('are one where they say the same, and two in two namespaces or of two kinds', () => {
    assert.deepEqual(said(`${POLICY}---\n${POLICY}`), []);
    assert.deepEqual(said(`${REQUEST}---\n${POLICY}`), []);
    assert.deepEqual(said(`${POLICY}---\n${other.replace('namespace: foo', 'namespace: istio-system')}`), []);
  });
});

describe('names', () => {
  it('that the API server takes for none are refused: rules of two objects could be called the same', () => {
    for (const name of ['"a]-rule[0"', 'A', 'a..b', '-a']) {
      const { findings } = load(POLICY.replace('name: weather', `name: ${name}`));
      assert.deepEqual(
        findings.list.map(({ code, at }) => [code, at?.line]),
        [['E402', 3]],
        name,
      );
    }
    const { findings } = load(POLICY.replace('namespace: foo', 'namespace: "a.b"'));
    assert.deepEqual(
      findings.list.map(({ code }) => code),
      ['E402'],
    );
  });
  it('of kinds that every object of JavaScript has are kinds that nobody knows', () => {
    const { findings, passedOver } = load(`${POLICY}---\napiVersion: undefined/v1\nkind: constructor\n`);
    assert.deepEqual(findings.list, load(POLICY).findings.list);
    assert.deepEqual(
      passedOver.map(({ kind }) => kind),
      ['constructor'],
    );
  });
  it('of labels that every object of JavaScript has are labels', () => {
    const selector = 'spec:\n  selector: { matchLabels: { constructor: w, toString: z } }';
    const { workload, passedOver } = load(POLICY.replace('spec:', selector));
    assert.deepEqual(workload.labels, { constructor: 'w', toString: 'z' });
    assert.deepEqual(passedOver, []);
  });
});
