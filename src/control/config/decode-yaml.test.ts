import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toJson } from '@bufbuild/protobuf';
import { type Any, anyUnpack, StructSchema } from '@bufbuild/protobuf/wkt';
import { Findings, Provenance, unpackAny } from '../../resources/index.ts';
import { decodeYaml } from './decode-yaml.ts';
import { schemaMessage } from './schema-registry.ts';

const ROUTE = 'envoy.config.route.v3.Route';
const PROVIDER = 'envoy.extensions.filters.http.jwt_authn.v3.JwtProvider';
const CLUSTER = 'envoy.config.cluster.v3.Cluster';
const FILTER = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter';

function decode(typeName: string, text: string) {
  const provenance = new Provenance();
  const findings = new Findings(provenance);
  const schema = schemaMessage(typeName);
  const message = decodeYaml(schema, { name: 'f.yaml', text }, { findings, provenance });
  const said = findings.list.map(({ code, at, path }) => `${code} ${at?.line}:${at?.column} ${path}`);
  assert.ok(message !== null || said.length > 0);
  return { message: message as unknown as Record<string, never>, said, findings, provenance };
}

const place = (provenance: Provenance, message: object | undefined, field?: string) => {
  const at = message === undefined ? undefined : provenance.find(message, field);
  return at === undefined ? undefined : `${at.line}:${at.column}+${at.length}`;
};

/** Asked of Envoy 1.40: each loads, and its config dump has these values. */
const NULLS: { name: string; type: string; given: string; want(message: never): boolean }[] = [
  {
    name: 'a list of numbers is a zero',
    type: 'envoy.config.route.v3.RetryPolicy',
    given: 'retriable_status_codes: [503, ~, [null]]',
    want: ({ retriableStatusCodes: codes }: { retriableStatusCodes: number[] }) => `${codes}` === '503,0,0',
  },
  {
    name: 'a list of enum values is the first one',
    type: 'envoy.config.accesslog.v3.GrpcStatusFilter',
    given: 'statuses: [NOT_FOUND, null]',
    want: ({ statuses }: { statuses: number[] }) => `${statuses}` === '5,0',
  },
  {
    name: 'a list of texts is an empty one',
    type: PROVIDER,
    given: 'local_jwks: {inline_string: ""}\naudiences: [a, null]',
    want: ({ audiences }: { audiences: string[] }) => audiences.join('|') === 'a|',
  },
  {
    name: 'a mapping of texts is an empty one',
    type: 'envoy.extensions.filters.http.ext_authz.v3.CheckSettings',
    given: 'context_extensions: {a: null, b: c}',
    want: ({ contextExtensions: { a, b } }: { contextExtensions: Record<string, string> }) =>
      a === '' && b === 'c',
  },
  {
    name: 'a mapping of structs is an empty one',
    type: 'envoy.config.core.v3.Metadata',
    given: 'filter_metadata: {a: null}',
    want: ({ filterMetadata: { a } }: { filterMetadata: Record<string, object> }) =>
      Object.keys(a as object).length === 0,
  },
  {
    name: 'a list of CEL expressions is an empty one',
    type: 'envoy.config.rbac.v3.Policy',
    given:
      'permissions: [{any: true}]\nprincipals: [{any: true}]\ncondition: {call_expr: {function: f, args: [null]}}',
    want: ({
      condition,
    }: {
      condition: { exprKind: { value: { args: { exprKind: { case?: string } }[] } } };
    }) => condition.exprKind.value.args.map(({ exprKind }) => exprKind.case ?? 'empty').join() === 'empty',
  },
  {
    name: 'a mapping of typed configs is one without a type',
    type: 'envoy.config.core.v3.Metadata',
    given: 'typed_filter_metadata: {a: null}',
    want: ({ typedFilterMetadata: { a } }: { typedFilterMetadata: Record<string, { typeUrl: string }> }) =>
      a?.typeUrl === '',
  },
  {
    name: 'the place of a null is that null',
    type: 'google.api.expr.v1alpha1.Constant',
    given: 'null_value: null',
    want: ({ constantKind }: { constantKind: { case: string } }) => constantKind.case === 'nullValue',
  },
];

describe('messages have the shape of the generated ones', () => {
  it('scalars, wrappers, enums, durations, maps and oneofs', () => {
    const { message, said } = decode(
      CLUSTER,
      'name: a\ntype: strict_dns\nconnectTimeout: 0.25s\nper_connection_buffer_limit_bytes: 10\nlb_policy: 2',
    );
    assert.deepEqual(said, []);
    const cluster = message as unknown as Record<string, unknown>;
    assert.equal(cluster['name'], 'a');
    assert.deepEqual(cluster['clusterDiscoveryType'], { case: 'type', value: 1 });
    assert.equal(cluster['perConnectionBufferLimitBytes'], 10);
    assert.equal(cluster['lbPolicy'], 2);
    const { seconds, nanos } = cluster['connectTimeout'] as unknown as { seconds: bigint; nanos: number };
    assert.deepEqual([seconds, nanos], [0n, 250_000_000]);
  });
  it('a Struct is the JSON object that it holds, fractions as text, as Envoy reads them', () => {
    const { message } = decode(
      ROUTE,
      'match: {prefix: /}\nroute: {cluster: c}\nmetadata: {filter_metadata: {ns: {a: [1, 1.5, ~, yes, {b: x}]}}}',
    );
    const metadata = message['metadata'] as unknown as { filterMetadata: unknown };
    assert.deepEqual(metadata.filterMetadata, { ns: { a: [1, '1.5', null, true, { b: 'x' }] } });
  });
  it('a list in a list is a part of it, as Envoy reads it', () => {
    const given = 'issuer: a\naudiences: [[a, [b]], c, []]\nlocal_jwks: {inline_string: ""}';
    const { message, said } = decode(PROVIDER, given);
    assert.deepEqual(said, []);
    assert.deepEqual((message as unknown as { audiences: string[] }).audiences, ['a', 'b', 'c']);
  });

  for (const { name, type, given, want } of NULLS) {
    it(`a null in ${name}, as Envoy reads it`, () => {
      const { message, said } = decode(type, given);
      assert.deepEqual([said, want(message as never)], [[], true]);
    });
  }

  it('a Struct in an Any is a message that can be sent on', () => {
    const struct = '{"@type": type.googleapis.com/google.protobuf.Struct, value: {a: [1, {b: ~}]}}';
    const { message, said } = decode(
      ROUTE,
      `match: {prefix: /}\nroute: {cluster: c}\nmetadata: {typed_filter_metadata: {x: ${struct}}}`,
    );
    assert.deepEqual(said, []);
    const { typedFilterMetadata } = message['metadata'] as unknown as {
      typedFilterMetadata: Record<string, Any>;
    };
    const sent = anyUnpack(typedFilterMetadata['x'] as Any, StructSchema);
    assert.deepEqual(sent && toJson(StructSchema, sent), { a: [1, { b: null }] });
  });

  it('a key named __proto__ is a key', () => {
    const { message } = decode(
      ROUTE,
      'match: {prefix: /}\nroute: {cluster: c}\nmetadata: {filter_metadata: {__proto__: {a: {__proto__: {b: 1}}}}}',
    );
    const { filterMetadata } = message['metadata'] as unknown as { filterMetadata: object };
    assert.deepEqual(Object.keys(filterMetadata), ['__proto__']);
    assert.equal(Object.getPrototypeOf(filterMetadata), Object.prototype);
  });
  it('an Any holds the bytes, and gives back the very message that was decoded', () => {
    const { message, provenance } = decode(
      FILTER,
      'name: x\ntyped_config:\n  suppress_envoy_headers: true\n  "@type": a.b/envoy.extensions.filters.http.router.v3.Router',
    );
    const { value: any } = message['configType'] as unknown as { value: never };
    const schema = schemaMessage('envoy.extensions.filters.http.router.v3.Router');
    const router = unpackAny(schema, any) as unknown as Record<string, unknown>;
    assert.equal(router['suppressEnvoyHeaders'], true);
    assert.ok((any as { value: Uint8Array }).value.length > 0);
    assert.equal(place(provenance, router, 'suppress_envoy_headers'), '3:27+4');
  });
  it('a TypedStruct is the type that it names', () => {
    const { message, said } = decode(
      FILTER,
      `name: x
typed_config:
  "@type": type.googleapis.com/xds.type.v3.TypedStruct
  type_url: type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
  value: {suppress_envoy_headers: true}`,
    );
    assert.deepEqual(said, []);
    const { value: any } = message['configType'] as unknown as { value: { typeUrl: string } };
    assert.equal(any.typeUrl, 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router');
  });
});

describe('every message and field knows where it was written', () => {
  const { message, provenance } = decode(
    PROVIDER,
    `issuer: i
audiences: [a, "b"]
remoteJwks:
  http_uri: {uri: "http://h/k", cluster: c, timeout: 1s}
  cache_duration:
    seconds: 5
claim_to_headers:
- header_name: h
  claim_name: sub`,
  );
  const provider = message as unknown as Record<string, object[] & { value: Record<string, object> }>;
  const remote = provider['jwksSourceSpecifier']?.value as Record<string, object>;
  const cases: [name: string, about: object | undefined, field: string | undefined, want: string][] = [
    ['a scalar is its value', message, 'issuer', '1:9+1'],
    ['a list is its key', message, 'audiences', '2:1+9'],
    ['an element is itself', message, 'audiences[1]', '2:16+3'],
    ['a message field is its key, by proto name', message, 'remote_jwks', '3:1+10'],
    ['a message is the key that holds it', remote, undefined, '3:1+10'],
    ['a duration field is its key', remote['httpUri'], 'timeout', '4:45+7'],
    [
      'a duration in words is its text',
      (remote['httpUri'] as Record<string, object>)['timeout'],
      undefined,
      '4:54+2',
    ],
    ['a duration as an object is its key', remote['cacheDuration'], undefined, '5:3+14'],
    ['a message in a list is its first key', provider['claimToHeaders']?.[0], undefined, '8:3+14'],
    ['a field that was not written is its message', remote, 'async_fetch', '3:1+10'],
  ];
  for (const [name, about, field, want] of cases)
    it(name, () => assert.equal(place(provenance, about, field), want));
  it('paths are from the root, by proto names', () => {
    assert.equal(provenance.path(remote['httpUri'] as object), 'remote_jwks.http_uri');
    assert.equal(provenance.path(provider['claimToHeaders']?.[0] as object), 'claim_to_headers[0]');
  });
});

describe('all errors are found at once, each at its place', () => {
  const cases: { name: string; type: string; given: string; want: string[] }[] = [
    {
      name: 'several in one text',
      type: PROVIDER,
      given: 'isuer: x\nforward: 1\nremote_jwks:\n  http_uri: {uri: "", cluster: c, timeout: 5}',
      want: [
        'E103 1:1 isuer',
        'E104 2:10 forward',
        'E106 4:44 remote_jwks.http_uri.timeout',
        'E120 4:19 remote_jwks.http_uri.uri',
      ],
    },
    {
      name: 'a misspelt required field is not also missing',
      type: CLUSTER,
      given: 'nme: a',
      want: ['E103 1:1 nme'],
    },
    {
      name: 'a broken member is not also a missing choice',
      type: 'envoy.config.route.v3.RouteMatch',
      given: 'prefix: [a]',
      want: ['E104 1:9 prefix'],
    },
    {
      name: 'a choice made twice',
      type: 'envoy.config.route.v3.RouteMatch',
      given: 'prefix: /\npath: /x',
      want: ['E107 2:1 path'],
    },
    {
      name: 'a null chooses nothing',
      type: 'envoy.config.route.v3.RouteMatch',
      given: 'prefix: /\npath:',
      want: [],
    },
    {
      name: 'a key twice, and nothing of what the earlier one says',
      type: CLUSTER,
      given: 'name: [a]\nload_assignment: {foo: 1}\nname: b\nload_assignment: ~',
      want: ['W102 3:1 name', 'W102 4:1 load_assignment'],
    },
    {
      name: 'a name of a map twice, and a key inside of a structure',
      type: 'envoy.config.core.v3.Metadata',
      given: 'filter_metadata:\n  a: [1]\n  a:\n    b:\n      c: 1\n      c: 2',
      want: ['W102 3:3 filter_metadata.a', 'W102 6:7 filter_metadata.a.b.c'],
    },
    {
      name: 'a field under both of its spellings',
      type: CLUSTER,
      given: 'name: a\nconnect_timeout: 1s\nconnectTimeout: 2s',
      want: ['E114 3:1 connect_timeout'],
    },
    {
      name: 'a map that is a list, an element of the wrong kind',
      type: 'envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication',
      given: 'providers: []\nrules: [x, {match: {prefix: /}}]',
      want: ['E104 1:12 providers', 'E104 2:9 rules[0]'],
    },
    {
      name: 'a type that is nearly one',
      type: FILTER,
      given: 'name: x\ntyped_config: {"@type": a/envoy.extensions.filters.http.router.v3.Ruter}',
      want: ['E108 2:25 typed_config'],
    },
    {
      name: 'bytes that are no base64',
      type: 'envoy.config.core.v3.DataSource',
      given: 'inline_bytes: "a b"',
      want: ['E111 1:15 inline_bytes'],
    },
    {
      name: 'bytes that begin with more padding than anybody waits for',
      type: 'envoy.config.core.v3.DataSource',
      given: `inline_bytes: "${'='.repeat(2_000_000)}a"`,
      want: ['E111 1:15 inline_bytes'],
    },
    {
      name: 'nothing of ninety levels of a structure',
      type: 'envoy.config.core.v3.Metadata',
      given: `filter_metadata: {a: ${'{b: '.repeat(90)}1${'}'.repeat(90)}}`,
      want: [],
    },
    { name: 'a list as the root', type: CLUSTER, given: '- a', want: ['E104 1:1 '] },
    {
      name: 'a second document',
      type: CLUSTER,
      given: 'name: a\n---\nname: b',
      want: ['W113 3:1 undefined'],
    },
  ];
  for (const { name, type, given, want } of cases)
    it(name, () => assert.deepEqual(decode(type, given).said, want));
});

describe('near misses are proposed', () => {
  const hint = (type: string, given: string) => decode(type, given).findings.list[0]?.hint;
  it('of a field', () =>
    assert.equal(
      hint(PROVIDER, 'audience: a\nlocal_jwks: {inline_string: ""}'),
      'did you mean `audiences`?',
    ));
  it('of an enum value', () =>
    assert.equal(hint(CLUSTER, 'name: a\ntype: STRICTDNS'), 'did you mean `STRICT_DNS`?'));
  it('of quotes', () =>
    assert.equal(hint(PROVIDER, 'issuer: 5\nlocal_jwks: {inline_string: ""}'), 'quote it: "5"'));
});

describe('a hostile text ends in one finding', () => {
  it('aliases that multiply', () => {
    const levels = Array.from({ length: 9 }, (_, level) => {
      const item = level === 0 ? 'x' : `*a${level - 1}`;
      return `    a${level}: &a${level} {${Array.from({ length: 10 }, (_, key) => `k${key}: ${item}`).join(', ')}}`;
    });
    const text = `name: r\nmatch: {prefix: /}\nroute: {cluster: c}\nmetadata:\n  filter_metadata:\n${levels.join('\n')}`;
    assert.deepEqual(
      decode(ROUTE, text).findings.list.map(({ code }) => code),
      ['E110'],
    );
  });
  it('nesting without end', () => {
    const depth = 120;
    const text = `match: {prefix: /}\nroute: {cluster: c}\nmetadata: {filter_metadata: {a: ${'{a: '.repeat(depth)}1${'}'.repeat(depth)}}}`;
    assert.deepEqual(
      decode(ROUTE, text).findings.list.map(({ code }) => code),
      ['E110'],
    );
  });
});
