import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { TreeRecorder } from '../../base/index.ts';
import type { StringMatcherConfig } from '../match/index.ts';
import type { RbacSubject } from './condition.ts';
import { compileRbacEngine } from './engine.ts';
import type { ExpressionConfig } from './expression-config.ts';
import type {
  ClientCertificateConfig,
  FilterStateConfig,
  PermissionConfig,
  PolicyConfig,
  PrincipalConfig,
  UpstreamConfig,
} from './rbac-config.ts';

const subjectOf = (
  path: string,
  more: Partial<RbacSubject['connection']> = {},
  names: string[] = [],
): RbacSubject => ({
  request: {
    method: 'GET',
    scheme: 'http',
    authority: 'h',
    path,
    headers: { names, values: names.map(() => '1') },
  },
  connection: {
    remoteAddress: '10.0.0.1',
    localAddress: '127.0.0.1',
    localPort: 8080,
    serverName: 'sni.test',
    tls: true,
    ...more,
  },
  metadataIfAny: null,
});

const exact = (value: string) => ({ matchPattern: { case: 'exact' as const, value }, ignoreCase: false });
const prefix = (value: string) => ({ matchPattern: { case: 'prefix' as const, value }, ignoreCase: false });
const path = (matcher: ReturnType<typeof exact> | ReturnType<typeof prefix>): PermissionConfig => ({
  rule: { case: 'urlPath', value: { rule: { case: 'path', value: matcher } } },
});
const header = (name: string): PermissionConfig => ({
  rule: {
    case: 'header',
    value: {
      name,
      headerMatchSpecifier: { case: undefined },
      invertMatch: false,
      treatMissingHeaderAsEmpty: false,
    },
  },
});
const anyone: PrincipalConfig = { identifier: { case: 'any', value: true } };
const policy = (permission: PermissionConfig, principal: PrincipalConfig = anyone): PolicyConfig => ({
  permissions: [permission],
  principals: [principal],
});

function compile(action: number, policies: Record<string, PolicyConfig>) {
  const refusals: string[] = [];
  const engine = compileRbacEngine(
    { action, policies },
    {
      refuse: (message) => void refusals.push(message),
      remotePeerOf: ({ connection }) => ({ address: connection.remoteAddress, port: 0 }),
      startMsOf: () => 0,
      pathTemplateOf: (extension) => (extension as { path?: string }).path ?? null,
      upstreamMatcherOf: (extension) => (extension as { upstream?: UpstreamConfig }).upstream ?? null,
      clientCertificateOf: (extension) =>
        (extension as { certificate?: ClientCertificateConfig }).certificate ?? null,
    },
  );
  return { engine, refusals };
}

const [ALLOW, DENY, LOG] = [0, 1, 2];

describe('the action decides what a match means', () => {
  const table = [
    { action: ALLOW, path: '/a', allowed: true },
    { action: ALLOW, path: '/b', allowed: false },
    { action: DENY, path: '/a', allowed: false },
    { action: DENY, path: '/b', allowed: true },
    { action: LOG, path: '/a', allowed: true },
    { action: LOG, path: '/b', allowed: true },
  ];
  for (const { action, path: asked, allowed } of table) {
    it(`${['ALLOW', 'DENY', 'LOG'][action as number]} ${asked}`, () => {
      const { engine } = compile(action as number, { p: policy(path(exact('/a'))) });
      assert.equal(engine?.allows(engine.match(subjectOf(asked), null)), allowed);
    });
  }

  it('without policies ALLOW admits nobody and DENY everybody', () => {
    const allows = (action: number) => {
      const { engine } = compile(action, {});
      return engine?.allows(engine.match(subjectOf('/'), null));
    };
    assert.deepEqual(
      [ALLOW, DENY, LOG].map((action) => allows(action as number)),
      [false, true, true],
    );
  });
});

describe('permissions', () => {
  const rule = (value: PermissionConfig['rule']): PermissionConfig => ({ rule: value });
  const table: {
    name: string;
    permission: PermissionConfig;
    path?: string;
    names?: string[];
    want: boolean;
  }[] = [
    { name: 'any', permission: rule({ case: 'any', value: true }), want: true },
    { name: 'url_path leaves the query out', permission: path(exact('/a')), path: '/a?b', want: true },
    { name: 'url_path by prefix', permission: path(prefix('/a')), path: '/ab', want: true },
    { name: 'header', permission: header('x'), names: ['x'], want: true },
    { name: 'not', permission: rule({ case: 'notRule', value: header('x') }), want: true },
    {
      name: 'and',
      permission: rule({ case: 'andRules', value: { rules: [path(exact('/')), header('x')] } }),
      want: false,
    },
    {
      name: 'or',
      permission: rule({ case: 'orRules', value: { rules: [header('x'), path(exact('/'))] } }),
      want: true,
    },
    { name: 'port', permission: rule({ case: 'destinationPort', value: 8080 }), want: true },
    {
      name: 'port range leaves its end out',
      permission: rule({ case: 'destinationPortRange', value: { start: 80, end: 8080 } }),
      want: false,
    },
    {
      name: 'local address',
      permission: rule({ case: 'destinationIp', value: { addressPrefix: '127.0.0.0', prefixLen: 8 } }),
      want: true,
    },
    {
      name: 'server name',
      permission: rule({ case: 'requestedServerName', value: exact('sni.test') }),
      want: true,
    },
  ];
  for (const { name, permission, path: asked = '/', names = [], want } of table) {
    it(name, () => {
      const { engine } = compile(ALLOW as number, { p: policy(permission) });
      assert.equal(engine?.match(subjectOf(asked, {}, names), null) !== null, want);
    });
  }
});

describe('principals', () => {
  const id = (value: PrincipalConfig['identifier']): PrincipalConfig => ({ identifier: value });
  const own = { addressPrefix: '10.0.0.0', prefixLen: 8 };
  const other = { addressPrefix: '11.0.0.0', prefixLen: 8 };
  const table: { name: string; principal: PrincipalConfig; tls?: boolean; want: boolean }[] = [
    { name: 'peer in the range', principal: id({ case: 'directRemoteIp', value: own }), want: true },
    { name: 'peer out of the range', principal: id({ case: 'sourceIp', value: other }), want: false },
    { name: 'client in the range', principal: id({ case: 'remoteIp', value: own }), want: true },
    {
      name: 'not',
      principal: id({ case: 'notId', value: id({ case: 'remoteIp', value: own }) }),
      want: false,
    },
    {
      name: 'and',
      principal: id({ case: 'andIds', value: { ids: [anyone, id({ case: 'remoteIp', value: other })] } }),
      want: false,
    },
    {
      name: 'or',
      principal: id({ case: 'orIds', value: { ids: [id({ case: 'remoteIp', value: other }), anyone] } }),
      want: true,
    },
    { name: 'authenticated wants TLS', principal: id({ case: 'authenticated', value: {} }), want: true },
    {
      name: 'authenticated without TLS',
      principal: id({ case: 'authenticated', value: {} }),
      tls: false,
      want: false,
    },
    {
      name: 'url_path',
      principal: id({ case: 'urlPath', value: { rule: { case: 'path', value: exact('/') } } }),
      want: true,
    },
  ];
  const peer = { uriNames: ['spiffe://d/a'], dnsNames: ['a.test', 'b.test'], subject: 'CN=a,O=x' };
  const named: {
    name: string;
    matcher: StringMatcherConfig;
    peer?: typeof peer;
    tls?: boolean;
    want: boolean;
  }[] = [
    { name: 'by a URI name', matcher: exact('spiffe://d/a'), peer, want: true },
    { name: 'by any DNS name, though there is a URI name', matcher: exact('b.test'), peer, want: true },
    { name: 'by the subject, though there are other names', matcher: exact('CN=a,O=x'), peer, want: true },
    { name: 'not by another name', matcher: exact('c.test'), peer, want: false },
    { name: 'without a certificate not at all', matcher: exact('a.test'), want: false },
    { name: 'without TLS not even by an empty name', matcher: prefix(''), tls: false, want: false },
  ];
  for (const { name, matcher, peer: identity, tls = true, want } of named) {
    it(`a client is known ${name}`, () => {
      const principal = id({ case: 'authenticated', value: { principalName: matcher } });
      const { engine } = compile(ALLOW as number, {
        p: policy({ rule: { case: 'any', value: true } }, principal),
      });
      assert.equal(engine?.match(subjectOf('/', { tls, peer: identity ?? null }), null) !== null, want);
    });
  }

  const certificate = (sanType: number, matcher: StringMatcherConfig) =>
    id({
      case: 'custom',
      value: { certificate: { sanMatcher: { sanType, matcher }, anyValidatedClientCertificate: false } },
    });
  const anyCertificate = id({
    case: 'custom',
    value: { certificate: { anyValidatedClientCertificate: true } },
  });
  const full = { ...peer, dnsNames: ['a.test', '*.b.test'], emails: ['e@a'], ipAddresses: ['::1'] };
  const regex = (text: string) => ({
    matchPattern: { case: 'safeRegex' as const, value: { regex: text } },
    ignoreCase: false,
  });
  const certified: { name: string; principal: PrincipalConfig; peer?: typeof full | null; want: boolean }[] =
    [
      { name: 'any that was verified', principal: anyCertificate, want: true },
      { name: 'none', principal: anyCertificate, peer: null, want: false },
      { name: 'by its e-mail name', principal: certificate(1, exact('e@a')), want: true },
      { name: 'by its DNS name in any case', principal: certificate(2, exact('A.test')), want: true },
      {
        name: 'by a host that its wildcard covers',
        principal: certificate(2, exact('c.b.test')),
        want: true,
      },
      { name: 'not by a host two labels down', principal: certificate(2, exact('d.c.b.test')), want: false },
      { name: 'not by the wildcard’s end', principal: certificate(2, exact('b.test')), want: false },
      {
        name: 'by a pattern of its DNS name as it stands',
        principal: certificate(2, regex('..b.test')),
        want: true,
      },
      { name: 'by its URI name', principal: certificate(3, prefix('spiffe:')), want: true },
      { name: 'not by a URI name of another kind', principal: certificate(3, exact('a.test')), want: false },
      { name: 'by its address', principal: certificate(4, exact('::1')), want: true },
      {
        name: 'not by a name when there is none',
        principal: certificate(4, exact('::1')),
        peer: null,
        want: false,
      },
    ];
  for (const { name, principal, peer: identity = full, want } of certified) {
    it(`a client certificate is taken: ${name}`, () => {
      const { engine } = compile(ALLOW as number, {
        p: policy({ rule: { case: 'any', value: true } }, principal),
      });
      assert.equal(engine?.match(subjectOf('/', { peer: identity }), null) !== null, want);
    });
  }

  const claims = (invert: boolean, metadataSource: number) => ({
    case: 'sourcedMetadata' as const,
    value: {
      metadataMatcher: {
        filter: 'f',
        path: [{ segment: { case: 'key' as const, value: 'a' } }],
        value: { matchPattern: { case: 'stringMatch' as const, value: exact('x') } },
        invert,
      },
      metadataSource,
    },
  });
  const holder = (value: string) => new Map([['f', new Map([['a', value]])]]);
  const sourced: {
    name: string;
    source: number;
    invert?: boolean;
    route?: RbacSubject['route'];
    want: boolean;
  }[] = [
    { name: 'the stream’s', source: 0, route: { metadata: holder('y') }, want: true },
    { name: 'the route’s', source: 1, route: { metadata: holder('x') }, want: true },
    { name: 'not the stream’s for the route’s', source: 1, route: { metadata: holder('y') }, want: false },
    { name: 'inverted, of a route that says nothing', source: 1, invert: true, route: {}, want: true },
    { name: 'inverted, without a route', source: 1, invert: true, route: null, want: false },
  ];
  for (const { name, source, invert = false, route = null, want } of sourced) {
    it(`metadata is looked for at its source: ${name}`, () => {
      const subject: RbacSubject = { ...subjectOf('/'), metadataIfAny: holder('x'), route };
      const rule = claims(invert, source);
      const both = compile(ALLOW as number, { p: policy({ rule }, { identifier: rule }) }).engine;
      assert.equal(both?.match(subject, null) !== null, want);
    });
  }

  it('a path is looked at without its parameters where the route says so', () => {
    const given = policy({
      rule: { case: 'urlPath', value: { rule: { case: 'path', value: exact('/a/b') } } },
    });
    const { engine } = compile(ALLOW as number, { p: given });
    const asked = (route: RbacSubject['route']) =>
      engine?.match({ ...subjectOf('/a;x=1/b;y?q'), route: route ?? null }, null) !== null;
    assert.equal(asked({ ignoresPathParameters: true }), true);
    assert.equal(asked({ ignoresPathParameters: false }), false);
    assert.equal(asked(null), false);
  });

  const state = (matcher: FilterStateConfig['matcher']): PolicyConfig =>
    policy({ rule: { case: 'any', value: true } }, id({ case: 'filterState', value: { key: 'k', matcher } }));
  const absent: { name: string; given: PolicyConfig; want: RegExp }[] = [
    { name: 'a text', given: state({ case: 'stringMatch', value: prefix('') }), want: /no filter .*"k"/ },
    {
      name: 'an address',
      given: state({ case: 'addressMatch', value: { ranges: [{ addressPrefix: '::' }] } }),
      want: /no filter .*"k"/,
    },
    {
      name: 'an upstream',
      given: policy({ rule: { case: 'matcher', value: { upstream: { upstreamPortRange: {} } } } }),
      want: /chooses the upstream/,
    },
  ];
  for (const { name, given, want } of absent) {
    it(`what nobody leaves does not match: ${name}`, () => {
      const { engine } = compile(ALLOW as number, { p: given });
      const recorder = new TreeRecorder();
      assert.equal(engine?.match(subjectOf('/'), recorder), null);
      assert.match(JSON.stringify(recorder.root.steps).replaceAll('\\', ''), want);
    });
  }

  for (const { name, principal, tls = true, want } of table) {
    it(name, () => {
      const { engine } = compile(ALLOW as number, {
        p: policy({ rule: { case: 'any', value: true } }, principal),
      });
      assert.equal(engine?.match(subjectOf('/', { tls }), null) !== null, want);
    });
  }
});

describe('policies', () => {
  it('hold whatever their checked condition says, at which Envoy does not look', () => {
    const never = {
      exprKind: { case: 'constExpr', value: { constantKind: { case: 'boolValue', value: false } } },
    } as const;
    const allows = (more: Partial<PolicyConfig>) => {
      const { engine } = compile(ALLOW as number, { p: { ...policy(path(exact('/'))), ...more } });
      return engine?.match(subjectOf('/'), null) !== null;
    };
    assert.equal(allows({ checkedCondition: { expr: never } }), true);
    assert.equal(allows({ condition: never }), false, 'its twin is looked at');
  });

  it('lose their `cel_config` where one of them has a condition without', () => {
    const one: ExpressionConfig = {
      exprKind: { case: 'constExpr', value: { constantKind: { case: 'int64Value', value: 1n } } },
    };
    const condition: ExpressionConfig = {
      exprKind: { case: 'callExpr', value: { function: 'string', args: [one] } },
    };
    const celConfig = {
      enableStringConversion: true,
      enableStringConcat: false,
      enableStringFunctions: false,
    };
    const plain = policy(path(exact('/')));
    const refusalsBeside = (other: PolicyConfig) =>
      compile(ALLOW as number, { converting: { ...plain, condition, celConfig }, other }).refusals;
    assert.deepEqual(refusalsBeside(plain), []);
    assert.deepEqual(refusalsBeside({ ...plain, condition: one }), [
      '`string` in a CEL condition is not supported',
    ]);
  });

  const refusalsOf = (start: number, end: number) =>
    compile(ALLOW as number, {
      p: policy({ rule: { case: 'destinationPortRange', value: { start, end } } }),
    }).refusals;

  it('are refused with a range of no ports', () => {
    assert.deepEqual(refusalsOf(1, 2), []);
    assert.deepEqual(refusalsOf(2, 2), ['range start 2 cannot be greater than or equal to range end 2']);
  });

  it('are refused with a range beyond the ports', () => {
    assert.deepEqual(refusalsOf(0, 65_536), []);
    assert.deepEqual(refusalsOf(-1, 5), ['range start -1 is out of bounds']);
    assert.deepEqual(refusalsOf(70_000, 70_001), ['range start 70000 is out of bounds']);
    assert.deepEqual(refusalsOf(65_536, 65_537), ['range end 65537 is out of bounds']);
  });

  it('are asked in the order of their names', () => {
    const { engine } = compile(ALLOW as number, {
      b: policy(path(prefix('/'))),
      a: policy(path(prefix('/x'))),
      B: policy(path(exact('/y'))),
    });
    assert.deepEqual(
      engine?.policies.map(({ name }) => name),
      ['B', 'a', 'b'],
    );
    assert.equal(engine?.match(subjectOf('/x'), null)?.name, 'a');
    assert.equal(engine?.match(subjectOf('/z'), null)?.name, 'b');
  });

  it('need one of their permissions and one of their principals', () => {
    const never: PrincipalConfig = { identifier: { case: 'notId', value: anyone } };
    const both = { permissions: [path(exact('/a')), path(exact('/b'))], principals: [never, anyone] };
    const { engine } = compile(ALLOW as number, { both, none: { ...both, principals: [never] } });
    assert.equal(engine?.match(subjectOf('/b'), null)?.name, 'both');
    assert.equal(engine?.match(subjectOf('/c'), null), null);
  });

  it('are found by the index as one after another', () => {
    const permission: fc.Arbitrary<PermissionConfig> = fc.letrec<{ any: PermissionConfig }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom('/a', '/ab', '/b', '/').map((text) => path(exact(text))),
        fc.constantFrom('/a', '/b', '').map((text) => path(prefix(text))),
        fc.constantFrom('x', 'y').map(header),
        fc
          .array(tie('any'), { minLength: 1, maxLength: 3 })
          .map((rules): PermissionConfig => ({ rule: { case: 'andRules', value: { rules } } })),
        fc
          .array(tie('any'), { minLength: 1, maxLength: 3 })
          .map((rules): PermissionConfig => ({ rule: { case: 'orRules', value: { rules } } })),
        tie('any').map((value): PermissionConfig => ({ rule: { case: 'notRule', value } })),
      ),
    })).any;
    fc.assert(
      fc.property(
        fc.array(permission, { maxLength: 8 }),
        fc.constantFrom('/a', '/ab', '/b', '/', '/abc?x'),
        fc.subarray(['x', 'y']),
        (permissions, asked, names) => {
          const policies = Object.fromEntries(permissions.map((one, index) => [`p${index}`, policy(one)]));
          const { engine } = compile(ALLOW as number, policies);
          const subject = subjectOf(asked, {}, names);
          const want = engine?.policies.find((one) => one.matches(subject, null)) ?? null;
          assert.equal(engine?.match(subject, null), want);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('tell a recorder what they wanted and what was there', () => {
    const { engine } = compile(DENY as number, { a: policy(path(exact('/a'))), b: policy(header('x')) });
    const recorder = new TreeRecorder();
    engine?.match(subjectOf('/\xc3\xa9', {}, ['x']), recorder);
    const [a, b] = recorder.root.steps;
    assert.equal(a?.verdict, 'no');
    assert.deepEqual(a?.steps[0]?.notes, ['path = "/é"']);
    assert.equal(a?.steps[0]?.text, 'wants path exact "/a"');
    assert.equal(b?.verdict, 'deny');
    assert.equal(b?.reason, 'matches, DENY');
  });
});

describe('what is not done is refused by name', () => {
  const cases: { name: string; config: PolicyConfig; want: RegExp }[] = [
    {
      name: 'an empty condition',
      config: { ...policy(path(exact('/'))), condition: { exprKind: { case: undefined } } },
      want: /an empty expression in a CEL condition/,
    },
    {
      name: 'a condition that matches by regex',
      config: {
        ...policy(path(exact('/'))),
        condition: { exprKind: { case: 'callExpr', value: { function: 'matches', args: [] } } },
      },
      want: /`matches` in a CEL condition is not supported/,
    },
    {
      name: 'a condition on what is not done',
      config: {
        ...policy(path(exact('/'))),
        condition: {
          exprKind: { case: 'structExpr', value: { messageName: 'google.protobuf.Any', entries: [] } },
        },
      },
      want: /the message `google.protobuf.Any` in a CEL condition/,
    },
    { name: 'matcher', config: policy({ rule: { case: 'matcher', value: {} } }), want: /`matcher`/ },
    {
      name: 'uri_template',
      config: policy({ rule: { case: 'uriTemplate', value: { path: 'a' } } }),
      want: /`a` is not a path template/,
    },
    { name: 'no rule', config: policy({ rule: { case: undefined } }), want: /needs one of its rules/ },
    {
      name: 'no identifier',
      config: policy(path(exact('/')), { identifier: { case: undefined } }),
      want: /identifiers/,
    },
    {
      name: 'a bad address in the filter state',
      config: policy(path(exact('/')), {
        identifier: {
          case: 'filterState',
          value: { key: 'k', matcher: { case: 'addressMatch', value: { ranges: [{ addressPrefix: 'x' }] } } },
        },
      }),
      want: /malformed IP address: `x`/,
    },
    {
      name: 'a principal of another kind',
      config: policy(path(exact('/')), { identifier: { case: 'custom', value: {} } }),
      want: /`mtls_authenticated`/,
    },
    {
      name: 'a client certificate of which nothing is wanted',
      config: policy(path(exact('/')), {
        identifier: {
          case: 'custom',
          value: { certificate: { anyValidatedClientCertificate: false } },
        },
      }),
      want: /needs `san_matcher`/,
    },
    {
      name: 'an alternative name of another kind',
      config: policy(path(exact('/')), {
        identifier: {
          case: 'custom',
          value: {
            certificate: {
              anyValidatedClientCertificate: true,
              sanMatcher: { sanType: 5, matcher: exact('a') },
            },
          },
        },
      }),
      want: /`san_type`/,
    },
    {
      name: 'an upstream of which nothing is wanted',
      config: policy({ rule: { case: 'matcher', value: { upstream: {} } } }),
      want: /`upstream_ip_port` needs/,
    },
    {
      name: 'a bad address inside a list',
      config: policy({
        rule: {
          case: 'andRules',
          value: { rules: [{ rule: { case: 'destinationIp', value: { addressPrefix: 'x' } } }] },
        },
      }),
      want: /malformed IP address: `x`/,
    },
    {
      name: 'an empty url_path',
      config: policy({ rule: { case: 'urlPath', value: { rule: { case: undefined } } } }),
      want: /`url_path`/,
    },
  ];
  for (const { name, config, want } of cases) {
    it(name, () => {
      const { engine, refusals } = compile(ALLOW as number, { p: config });
      assert.equal(engine, null);
      assert.match(refusals.join('\n'), want);
    });
  }

  it('an unknown action', () => assert.match(compile(7, {}).refusals.join(), /unknown action 7/));
});
