import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromJson, type JsonValue } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { RouteConfigurationSchema } from '#schema/envoy/config/route/v3/route_pb.js';
import { type StreamWords, TestStream } from '../../../test/fixtures/filter-stream.ts';
import { TreeRecorder } from '../../base/index.ts';
import { withoutQuery } from '../../core/match/index.ts';
import { Findings } from '../../resources/index.ts';
import { NO_CIRCUMSTANCES } from './circumstances.ts';
import type { HeaderMutations } from './header-mutation.ts';
import { compileRequestMatcher } from './request-matcher.ts';
import { compileRouteTable } from './route-table.ts';

const answer = (body: string) => ({ direct_response: { status: 200, body: { inline_string: body } } });
const clusters = new Set(['origin']);

function compile(config: JsonValue) {
  const findings = new Findings();
  const table = compileRouteTable(fromJson(RouteConfigurationSchema, config), {
    findings,
    clusters,
    compileFilterConfig: () => null,
    compileRateLimits: () => [],
  });
  return { table, messages: findings.list.map(({ message }) => message) };
}

function tableOf(config: JsonValue) {
  const { table, messages } = compile(config);
  if (table === null) throw new Error(messages.join('\n'));
  return table;
}

const all = (routes: JsonValue[], more: object = {}) => ({
  virtual_hosts: [{ name: 'all', domains: ['*'], routes, ...more }],
});

function bodyFor(config: JsonValue, words: StreamWords & { host?: string }): string | null {
  const { request } = new TestStream(words);
  if (words.host !== undefined) request.authority = words.host;
  const route = tableOf(config).select(request, null, NO_CIRCUMSTANCES);
  return route?.action.kind === 'direct' ? route.action.body : null;
}

describe('a virtual host is found by the most specific domain', () => {
  const host = (...domains: string[]) => ({
    name: domains[0] as string,
    domains,
    routes: [{ match: { prefix: '/' }, ...answer(domains[0] as string) }],
  });
  const config = {
    virtual_hosts: [
      host('exact.test'),
      host('*.test'),
      host('*.long.test'),
      host('exact.*'),
      host('exact.long.*'),
      host('port.test:81'),
      host('*'),
    ],
  };
  const table = [
    { given: 'exact.test', want: 'exact.test' },
    { given: 'EXACT.Test', want: 'exact.test' },
    { given: 'a.test', want: '*.test' },
    { given: 'a.long.test', want: '*.long.test' },
    { given: '.test', want: '*' },
    { given: 'exact.com', want: 'exact.*' },
    { given: 'exact.long.com', want: 'exact.long.*' },
    { given: 'exact.', want: '*' },
    { given: 'port.test:81', want: 'port.test:81' },
    { given: 'port.test', want: '*.test' },
    { given: '', want: '*' },
  ];
  for (const { given, want } of table) {
    it(`${given === '' ? 'no host' : given} → ${want}`, () =>
      assert.equal(bodyFor(config, { host: given }), want));
  }

  it('the port does not count where the configuration says so', () => {
    const ignoring = { ...config, ignore_port_in_host_matching: true };
    assert.equal(bodyFor(ignoring, { host: 'exact.test:8080' }), 'exact.test');
    assert.equal(bodyFor(ignoring, { host: '[::1]' }), '*');
  });

  it('no host, no route', () => {
    const only = { virtual_hosts: [host('exact.test')] };
    assert.equal(tableOf(only).select(new TestStream().request, null, NO_CIRCUMSTANCES), null);
  });
});

describe('the first route that matches is chosen', () => {
  const path = fc.constantFrom('/', '/a', '/ab', '/a/b', '/A', '/b', '');
  const pathMatch = fc.oneof(
    path.map((prefix) => ({ prefix })),
    path.map((exact) => ({ path: exact })),
    fc.constantFrom('/a', '/a/b').map((text) => ({ path_separated_prefix: text })),
    fc.constantFrom('/a.*', '/(a|b)', '/[ab]').map((regex) => ({ safe_regex: { regex } })),
  );
  const match = fc
    .tuple(pathMatch, fc.boolean(), fc.subarray(['x', 'y']))
    .map(([specifier, caseSensitive, names]) => ({
      ...specifier,
      case_sensitive: caseSensitive,
      headers: names.map((name) => ({ name })),
    }));

  it('as by asking one after another', () => {
    fc.assert(
      fc.property(
        fc.array(match, { maxLength: 10 }),
        fc.constantFrom('/', '/a', '/ab', '/a/b', '/A', '/a?x', '/b', '/c'),
        fc.subarray(['x', 'y']),
        (matches, asked, names) => {
          const table = tableOf(
            all(matches.map((one, index) => ({ match: one, name: String(index), ...answer('') }))),
          );
          const { request } = new TestStream({
            path: asked,
            headers: names.map((name) => [name, '1'] as const),
          });
          const first = table.origin.virtualHosts[0]!.routes.find((route) =>
            compileRequestMatcher(route.match!, 'route', new Findings())!.matches(
              withoutQuery(asked),
              request,
              null,
            ),
          );
          assert.equal(table.select(request, null, NO_CIRCUMSTANCES)?.name, first?.name);
          assert.equal(
            table.select(request, new TreeRecorder(), NO_CIRCUMSTANCES)?.name,
            first?.name,
            'also when it is recorded',
          );
        },
      ),
      { numRuns: 1500 },
    );
  });
});

describe('header changes of a route', () => {
  const option = (key: string, value: string, action = 'APPEND_IF_EXISTS_OR_ADD') => ({
    header: { key, value },
    append_action: action,
  });
  const route = (more: object) => ({ match: { prefix: '/' }, route: { cluster: 'origin' }, ...more });

  const selectedBy = (config: JsonValue) => {
    const selected = tableOf(config).select(new TestStream().request, null, NO_CIRCUMSTANCES);
    assert.ok(selected);
    return selected;
  };
  const namesOf = (levels: readonly HeaderMutations[]) => levels.map(({ add }) => add[0]?.name);

  it('are the route’s, then its host’s, then the configuration’s', () => {
    const config = {
      ...all([route({ request_headers_to_add: [option('x-route', '1')] })], {
        request_headers_to_add: [option('x-host', '1')],
      }),
      request_headers_to_add: [option('x-config', '1')],
    };
    assert.deepEqual(namesOf(selectedBy(config).requestHeaders), ['x-route', 'x-host', 'x-config']);
    const reversed = { ...config, most_specific_header_mutations_wins: true };
    assert.deepEqual(namesOf(selectedBy(reversed).requestHeaders), ['x-config', 'x-host', 'x-route']);
  });

  it('come after those of a weighted cluster, whichever is to win', () => {
    const changes = (level: string) => ({
      request_headers_to_add: [option(`x-${level}`, '1')],
      response_headers_to_add: [option(`x-${level}`, '1')],
    });
    const member = { name: 'origin', weight: 1, ...changes('cluster') };
    const config = {
      ...all([route({ route: { weighted_clusters: { clusters: [member] } } })], changes('host')),
      ...changes('config'),
    };
    const levels = (most_specific_header_mutations_wins: boolean) => {
      const selected = selectedBy({ ...config, most_specific_header_mutations_wins });
      const { destinationHeaders, requestHeaders, responseHeaders } = selected;
      return [destinationHeaders, requestHeaders, responseHeaders].map(namesOf);
    };
    const own = ['x-cluster'];
    assert.deepEqual(levels(false), [own, ['x-host', 'x-config'], ['x-cluster', 'x-host', 'x-config']]);
    assert.deepEqual(levels(true), [own, ['x-config', 'x-host'], ['x-cluster', 'x-config', 'x-host']]);
  });
});

const member = (name: string, weight: number) => ({ name, weight });
const weighted = (...clusters: JsonValue[]) => ({
  match: { prefix: '/' },
  route: { weighted_clusters: { clusters } },
});

describe('what a route configuration cannot have is refused by name', () => {
  const table: { name: string; config: JsonValue; want: RegExp }[] = [
    {
      name: 'an unknown cluster',
      config: all([{ match: { prefix: '/' }, route: { cluster: 'x' } }]),
      want: /unknown cluster `x`/,
    },
    {
      name: 'a non-forwarding action',
      config: all([{ match: { prefix: '/' }, non_forwarding_action: {} }]),
      want: /`non_forwarding_action`/,
    },
    { name: 'no action', config: all([{ match: { prefix: '/' } }]), want: /needs one of `route`/ },
    { name: 'no path', config: all([{ match: {}, ...answer('') }]), want: /needs one of `prefix`/ },
    {
      name: 'weights of nothing',
      config: all([{ match: { prefix: '/' }, route: { weighted_clusters: {} } }]),
      want: /sum of weights/,
    },
    {
      name: 'weights that are more than 32 bits together',
      config: all([weighted(member('origin', 0xffff_ffff), member('origin', 1))]),
      want: /sum of weights in the weighted_cluster exceeds 4294967295/,
    },
    {
      name: 'a cluster without a word of its weight',
      config: all([weighted(member('origin', 1), { name: 'origin' })]),
      want: /'weight' is missing/,
    },
    {
      name: 'an unknown cluster without a share',
      config: all([weighted(member('origin', 1), member('x', 0))]),
      want: /unknown cluster `x`/,
    },
    {
      name: 'what a cluster without a share says to headers',
      config: all([
        weighted(member('origin', 1), {
          ...member('origin', 0),
          request_headers_to_add: [{ header: { key: 'x', value: '5%' } }],
        }),
      ]),
      want: /lone `%`/,
    },
    {
      name: 'a filter state in a block that is none',
      config: all([
        {
          match: {
            prefix: '/',
            filter_state: [{ key: 'k', address_match: { ranges: [{ address_prefix: 'x' }] } }],
          },
          ...answer(''),
        },
      ]),
      want: /malformed IP address: `x`/,
    },
    {
      name: 'a path matcher that is no uri template',
      config: all([{ match: { path_match_policy: { name: 'x' } }, ...answer('') }]),
      want: /`x` is no path matcher/,
    },
    {
      name: 'a bad regex',
      config: all([{ match: { safe_regex: { regex: '(' } }, ...answer('') }]),
      want: /missing \): \(/,
    },
    {
      name: 'a custom header matcher',
      config: all([
        {
          match: { prefix: '/', headers: [{ name: 'x', string_match: { custom: { name: 'c' } } }] },
          ...answer(''),
        },
      ]),
      want: /`custom`/,
    },
    {
      name: 'a domain twice',
      config: { virtual_hosts: [{ name: 'a', domains: ['x', 'X'] }] },
      want: /`X` is there twice/,
    },
    {
      name: 'two stars',
      config: {
        virtual_hosts: [
          { name: 'a', domains: ['*'] },
          { name: 'b', domains: ['*'] },
        ],
      },
      want: /`\*` is there twice/,
    },
    {
      name: 'an operator that is not done',
      config: all([
        {
          match: { prefix: '/' },
          ...answer(''),
          request_headers_to_add: [{ header: { key: 'x', value: 'a%CEL(request.path)%' } }],
        },
      ]),
      want: /`%CEL\(request.path\)%` in the value of header `x`, at character 2 is not supported/,
    },
    {
      name: 'a lone percent sign',
      config: all([
        {
          match: { prefix: '/' },
          ...answer(''),
          request_headers_to_add: [{ header: { key: 'x', value: '5%' } }],
        },
      ]),
      want: /lone `%`/,
    },
    {
      name: 'both ways to append',
      config: all([
        {
          match: { prefix: '/' },
          ...answer(''),
          request_headers_to_add: [
            { header: { key: 'x', value: 'a' }, append: true, append_action: 'ADD_IF_ABSENT' },
          ],
        },
      ]),
      want: /Both append and append_action are set/,
    },
    {
      name: 'the host changed',
      config: all([
        {
          match: { prefix: '/' },
          ...answer(''),
          request_headers_to_add: [{ header: { key: 'Host', value: 'a' } }],
        },
      ]),
      want: /`host`/,
    },
    {
      name: 'a pseudo-header removed',
      config: all([{ match: { prefix: '/' }, ...answer(''), request_headers_to_remove: [':path'] }]),
      want: /`:path`/,
    },
    {
      name: 'a body that was not read',
      config: all([{ match: { prefix: '/' }, direct_response: { status: 200, body: { filename: '/x' } } }]),
      want: /`\/x`/,
    },
  ];
  for (const { name, config, want } of table) {
    it(name, () => {
      const findings = new Findings();
      const message = fromJson(RouteConfigurationSchema, config as JsonValue);
      compileRouteTable(message, {
        findings,
        clusters,
        compileFilterConfig: () => null,
        compileRateLimits: () => [],
      });
      assert.match(findings.list.map((finding) => finding.message).join('\n'), want);
      assert.ok(findings.hasErrors);
    });
  }

  it('an unknown cluster passes where validate_clusters is off', () => {
    const { table } = compile({
      ...all([{ match: { prefix: '/' }, route: { cluster: 'x' } }]),
      validate_clusters: false,
    });
    assert.ok(table);
  });
});

describe('a recorded choice', () => {
  it('has a step for each route passed over, with what was looked at', () => {
    const config = all([
      { match: { path: '/a' }, ...answer('a') },
      {
        match: { prefix: '/', headers: [{ name: 'authorization', string_match: { exact: 'secret' } }] },
        ...answer('b'),
      },
      { match: { prefix: '/' }, ...answer('c') },
      { match: { prefix: '/never' }, ...answer('d') },
    ]);
    const recorder = new TreeRecorder();
    const { request } = new TestStream({ path: '/b', headers: [['authorization', 'other secret']] });
    tableOf(config).select(request, recorder, NO_CIRCUMSTANCES);
    const [host] = recorder.root.steps;
    assert.deepEqual(
      host?.steps.map(({ verdict }) => verdict),
      ['no', 'no', 'ok'],
    );
    assert.deepEqual(host?.steps[1]?.notes, [
      'path = "/b"',
      'header authorization is present (its value is not shown)',
    ]);
    assert.equal(host?.steps[2]?.text, 'prefix "/" -> direct response 200');
  });

  it('says that no host or no route was there', () => {
    const none = new TreeRecorder();
    tableOf(all([])).select(new TestStream().request, none, NO_CIRCUMSTANCES);
    assert.equal(none.root.steps[0]?.reason, 'no route matches');
    const noHost = new TreeRecorder();
    tableOf({ virtual_hosts: [] }).select(new TestStream().request, noHost, NO_CIRCUMSTANCES);
    assert.equal(noHost.root.steps[0]?.text, 'none has the domain "host.test"');
  });
});

describe('require_tls: ALL', () => {
  const config = all([{ match: { prefix: '/' }, ...answer('a') }], { require_tls: 'ALL' });

  it('sends whoever came without TLS to https, and `why` says so', () => {
    const stream = new TestStream({ path: '/a?b', headers: [['x-forwarded-proto', 'http']] });
    const recorder = new TreeRecorder();
    for (const given of [null, recorder]) {
      const route = tableOf(config).select(stream.request, given, NO_CIRCUMSTANCES);
      assert.equal(route?.action.kind, 'redirect');
      if (route?.action.kind === 'redirect')
        assert.equal(route.action.redirect.location(stream.request), 'https://host.test/a?b');
    }
    assert.equal(recorder.root.steps[0]?.reason, 'sent to https by `require_tls`');
  });

  it('lets TLS through', () => {
    assert.equal(bodyFor(config, { headers: [['x-forwarded-proto', 'https']] }), 'a');
  });

  it('is the same for clients from outside alone, for none is from inside', () => {
    const external = all([{ match: { prefix: '/' }, ...answer('a') }], { require_tls: 'EXTERNAL_ONLY' });
    const { request } = new TestStream({
      headers: [
        ['x-forwarded-proto', 'http'],
        ['x-forwarded-for', '10.0.0.1'],
        ['x-envoy-internal', 'true'],
      ],
    });
    assert.equal(tableOf(external).select(request, null, NO_CIRCUMSTANCES)?.action.kind, 'redirect');
  });
});

/** Each was asked of Envoy 1.40, without TLS, over TLS without a certificate and with one. */
describe('a route that asks for more than a request’s head', () => {
  const table: {
    name: string;
    match: { [field: string]: JsonValue };
    want: [none: boolean, shown: boolean];
  }[] = [
    { name: 'nothing of a certificate', match: { tls_context: {} }, want: [true, true] },
    { name: 'one that is shown', match: { tls_context: { presented: true } }, want: [false, true] },
    { name: 'one that is not shown', match: { tls_context: { presented: false } }, want: [true, false] },
    { name: 'one that is valid', match: { tls_context: { validated: true } }, want: [false, true] },
    { name: 'one that is not valid', match: { tls_context: { validated: false } }, want: [true, false] },
    {
      name: 'one that is shown and not valid',
      match: { tls_context: { presented: true, validated: false } },
      want: [false, false],
    },
    {
      name: 'a filter state',
      match: { filter_state: [{ key: 'k', string_match: { safe_regex: { regex: '.*' } } }] },
      want: [false, false],
    },
    {
      name: 'a filter state outside a block',
      match: {
        filter_state: [
          {
            key: 'k',
            address_match: { ranges: [{ address_prefix: '10.0.0.0', prefix_len: 8 }], invert_match: true },
          },
        ],
      },
      want: [false, false],
    },
  ];
  for (const { name, match, want } of table) {
    it(name, () => {
      const routes = tableOf(
        all([
          { name: 'asked', match: { prefix: '/', ...match }, ...answer('') },
          { name: 'rest', match: { prefix: '/' }, ...answer('') },
        ]),
      );
      const { request } = new TestStream();
      for (const recorder of [null, new TreeRecorder()]) {
        const got = [false, true].map(
          (shown) =>
            routes.select(request, recorder, { ...NO_CIRCUMSTANCES, connection: { peer: shown ? {} : null } })
              ?.name,
        );
        assert.deepEqual(
          got,
          want.map((isAsked) => (isAsked ? 'asked' : 'rest')),
        );
      }
    });
  }
});

describe('more that a route asks for', () => {
  const cookie = (more: object) => ({ name: 'a', string_match: { exact: '1' }, ...more });
  const grpc: [string, string][] = [['content-type', 'application/grpc']];
  const share = (numerator: number) => ({ runtime_fraction: { default_value: { numerator } } });
  const table: { name: string; match: object; words: StreamWords; want: boolean }[] = [
    {
      name: 'a cookie',
      match: { cookies: [cookie({})] },
      words: { headers: [['cookie', 'b=2; a=1']] },
      want: true,
    },
    {
      name: 'another cookie',
      match: { cookies: [cookie({})] },
      words: { headers: [['cookie', 'a=2; a=1']] },
      want: false,
    },
    { name: 'no cookie', match: { cookies: [cookie({})] }, words: {}, want: false },
    { name: 'not a cookie', match: { cookies: [cookie({ invert_match: true })] }, words: {}, want: true },
    { name: 'gRPC', match: { grpc: {} }, words: { headers: grpc }, want: true },
    { name: 'no gRPC', match: { grpc: {} }, words: {}, want: false },
    { name: 'all', match: share(100), words: {}, want: true },
    { name: 'none', match: share(0), words: {}, want: false },
  ];
  for (const { name, match, words, want } of table) {
    it(`${name}: ${want}`, () => {
      const config = all([{ match: { prefix: '/', ...match }, ...answer('a') }]);
      assert.equal(bodyFor(config, words), want ? 'a' : null);
    });
  }

  it('is told without the value of a cookie, whatever its name', () => {
    const matched = [
      cookie({ string_match: { exact: 'letmein' } }),
      cookie({ string_match: { prefix: '' } }),
    ];
    const recorder = new TreeRecorder();
    const config = all([{ match: { prefix: '/', cookies: matched }, ...answer('a') }]);
    tableOf(config).select(new TestStream({}).request, recorder, NO_CIRCUMSTANCES);
    const told = recorder.root.steps[0]?.steps[0]?.text;
    assert.equal(told, 'prefix "/", cookie a exact (not shown), cookie a prefix "" -> direct response 200');
  });

  it('is a share by chance of the request’s own number, before and after the route is chosen again', () => {
    const fifth = { default_value: { numerator: 2, denominator: 'TEN_THOUSAND' } };
    const table = tableOf(
      all([
        { match: { prefix: '/', runtime_fraction: fifth }, ...answer('a') },
        { match: { prefix: '/', ...share(20) }, ...answer('b') },
        { match: { prefix: '/' }, ...answer('c') },
      ]),
    );
    const routeOf = (randomValue: number) => {
      const stream = new TestStream({ drawn: { randomValue } });
      const chosen = [1, 2].map(() => table.select(stream.request, null, stream)?.action);
      assert.deepEqual(chosen[0], chosen[1]);
      return chosen[0]?.kind === 'direct' ? chosen[0].body : null;
    };
    const drawn = [0, 1, 2, 19, 20, 99, 100, 119, 120, 10_000, 10_002].map(routeOf);
    assert.deepEqual(drawn, ['a', 'a', 'b', 'b', 'c', 'c', 'b', 'b', 'c', 'a', 'b']);
  });

  it('tells whether chance chose it', () => {
    const config = all([
      { match: { prefix: '/', ...share(20) }, ...answer('a') },
      { match: { prefix: '/' }, ...answer('b') },
    ]);
    const notes = [19, 20].map((randomValue) => {
      const recorder = new TreeRecorder();
      const stream = new TestStream({ drawn: { randomValue } });
      tableOf(config).select(stream.request, recorder, stream);
      return recorder.root.steps[0]?.steps[0]?.notes[1];
    });
    assert.deepEqual(notes, ['by chance one of the 20 %', 'by chance none of the 20 %']);
  });

  it('looks past path parameters where they are ignored', () => {
    const routes = [{ match: { path: '/a/b' }, ...answer('a') }];
    for (const [ignores, want] of [
      [true, 'a'],
      [false, null],
    ] as const) {
      const config = { ...all(routes), ignore_path_parameters_in_path_matching: ignores };
      assert.equal(bodyFor(config, { path: '/a;x=1/b;y?q;z' }), want);
    }
  });
});
