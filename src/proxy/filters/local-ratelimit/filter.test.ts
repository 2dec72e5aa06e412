import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromJson, type JsonObject, type JsonValue } from '@bufbuild/protobuf';
import { type RateLimit, RateLimitSchema } from '#schema/envoy/config/route/v3/route_components_pb.js';
import { compileFilter, goodFilter } from '../../../../test/fixtures/compile-filter.ts';
import { play, type StreamWords, TestStream } from '../../../../test/fixtures/filter-stream.ts';
import { routeSaying } from '../../../../test/fixtures/route-words.ts';
import { TreeRecorder } from '../../../base/index.ts';
import { HeaderList } from '../../http/header-list.ts';
import type { SelectedRoute } from '../../route/selected-route.ts';
import type { FactoryContext, HttpFilter } from '../filter.ts';
import { localRateLimitFactory } from './factory.ts';
import { compileRouteRecipes } from './recipe.ts';

const always = { default_value: { numerator: 100 } };
const bucket = (max_tokens: number) => ({ max_tokens, tokens_per_fill: max_tokens, fill_interval: '60s' });
const limit = (config: JsonObject): JsonObject => ({
  stat_prefix: 'p',
  filter_enabled: always,
  filter_enforced: always,
  ...config,
});
const filterOf = (config: JsonObject) => goodFilter(localRateLimitFactory, limit(config));
const byAction = (action: JsonObject, entry: JsonObject): JsonObject => ({
  rate_limits: [{ actions: [action] }],
  descriptors: [{ entries: [entry], token_bucket: bucket(1) }],
});

/** Whether each of two equal requests is let in. */
async function twice(filter: HttpFilter, words: StreamWords = {}): Promise<boolean[]> {
  const first = await play(filter, words);
  const second = await play(filter, words);
  return [first.reply === undefined, second.reply === undefined];
}

describe('local_ratelimit', () => {
  it('refuses with 429 when the bucket is empty, and counts', async () => {
    const { filter, counters } = filterOf({
      token_bucket: bucket(1),
      response_headers_to_add: [{ header: { key: 'x-a', value: '%REQ(:path)%' } }],
    });
    await play(filter);
    const { reply } = await play(filter, { path: '/p' });
    const { changeHead, ...said } = reply ?? assert.fail();
    assert.deepEqual(said, {
      status: 429,
      body: 'local_rate_limited',
      headers: [],
      details: 'local_rate_limited',
    });
    const head = new HeaderList();
    changeHead?.(head);
    assert.deepEqual([head.names, head.values], [['x-a'], ['/p']]);
    assert.deepEqual(counters(), {
      'p.http_local_rate_limit.enabled': 2,
      'p.http_local_rate_limit.enforced': 1,
      'p.http_local_rate_limit.ok': 1,
      'p.http_local_rate_limit.rate_limited': 1,
    });
  });

  it('tells a refused client to come back in a second at least, though there are tokens, but too few', async () => {
    const { filter } = filterOf({
      ...byAction({ generic_key: { descriptor_value: 'x' } }, { key: 'generic_key', value: 'x' }),
      rate_limits: [{ actions: [{ generic_key: { descriptor_value: 'x' } }], hits_addend: { number: 5 } }],
      enable_retry_after_header: true,
    });
    const head = new HeaderList();
    (await play(filter)).reply?.changeHead?.(head);
    assert.equal(head.get('retry-after'), '1');
  });

  it('does nothing where `filter_enabled` is not written', async () => {
    const { filter, counters } = goodFilter(localRateLimitFactory, {
      stat_prefix: 'p',
      token_bucket: bucket(1),
    });
    assert.deepEqual(await twice(filter), [true, true]);
    assert.deepEqual(counters(), {});
  });

  it('only marks the request where `filter_enforced` is not written', async () => {
    const { filter } = goodFilter(localRateLimitFactory, {
      stat_prefix: 'p',
      token_bucket: bucket(1),
      filter_enabled: always,
      request_headers_to_add_when_not_enforced: [{ header: { key: 'x-over', value: 'yes' } }],
    });
    const first = await play(filter);
    const second = await play(filter);
    assert.equal(first.stream.request.headers.get('x-over'), undefined);
    assert.equal(second.reply, undefined);
    assert.equal(second.stream.request.headers.get('x-over'), 'yes');
  });

  it('takes a status below 400 for 429', async () => {
    const { filter } = filterOf({ token_bucket: bucket(1), status: { code: 'OK' } });
    await play(filter);
    assert.equal((await play(filter)).reply?.status, 429);
  });

  it('tells of the bucket in the response where it is asked to', () => {
    const { filter } = filterOf({ token_bucket: bucket(5), enable_x_ratelimit_headers: 'DRAFT_VERSION_03' });
    const stream = new TestStream();
    const headers = new HeaderList();
    filter.encodeHeaders?.(stream, { status: 200, headers });
    assert.equal(headers.length, 0);
    filter.decodeHeaders(stream);
    filter.encodeHeaders?.(stream, { status: 200, headers });
    assert.deepEqual(
      [headers.names, headers.values],
      [
        ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'],
        ['5', '4', '0'],
      ],
    );
  });

  it('has buckets for each connection where it is asked to', async () => {
    const { filter } = filterOf({
      token_bucket: bucket(1),
      local_rate_limit_per_downstream_connection: true,
    });
    const [one, other] = [new TestStream(), new TestStream()];
    const admitted = [one, one, other].map((stream) => filter.decodeHeaders(stream) === undefined);
    assert.deepEqual(admitted, [true, false, true]);
  });

  it("takes a route's limit in place of its own", async () => {
    const { filter, context } = filterOf({ token_bucket: bucket(1) });
    const route = routeSaying(localRateLimitFactory, [limit({ token_bucket: bucket(2) })], context);
    await play(filter);
    assert.deepEqual(await twice(filter, { route }), [true, true]);
    assert.equal((await play(filter, { route })).reply?.status, 429);
  });

  it('says what a request was counted under, and what was left', async () => {
    const { filter } = filterOf({
      token_bucket: bucket(3),
      rate_limits: [
        { actions: [{ request_headers: { header_name: 'x-u', descriptor_key: 'user' } }] },
        { actions: [{ request_headers: { header_name: 'x-v', descriptor_key: 'v' } }] },
      ],
      descriptors: [{ entries: [{ key: 'user' }], token_bucket: bucket(1) }],
    });
    const recorder = new TreeRecorder();
    await play(filter, { headers: [['x-u', 'alice']], recorder });
    await play(filter, { headers: [['x-u', 'alice']], recorder });
    const steps = recorder.root.steps.map(({ kind, text, verdict, reason }) =>
      [kind, text, verdict, reason].join(' | '),
    );
    assert.deepEqual(steps, [
      'rate limit | descriptor | ok | user=alice',
      'rate limit | descriptor | no | header x-v is missing',
      'bucket | user=alice | ok | 0 left',
      'bucket | the default bucket | ok | 2 left',
      'rate limit | descriptor | ok | user=alice',
      'rate limit | descriptor | no | header x-v is missing',
      'bucket | user=alice | no | empty, the next token in 60 s',
    ]);
    assert.deepEqual(recorder.root.steps[2]?.notes, ['holds 1, 1 more in 60 s']);
  });

  it('says nothing of a credential but that it is one', async () => {
    const { filter } = filterOf({
      token_bucket: bucket(9),
      rate_limits: [
        { actions: [{ request_headers: { header_name: 'authorization', descriptor_key: 'user' } }] },
        { actions: [{ query_parameters: { query_parameter_name: 'api_key', descriptor_key: 'who' } }] },
        { actions: [{ request_headers: { header_name: 'x-u', descriptor_key: 'secret' } }] },
      ],
      descriptors: [{ entries: [{ key: 'user' }], token_bucket: bucket(9) }],
    });
    const recorder = new TreeRecorder();
    const headers: [string, string][] = [
      ['authorization', 'Basic YTpi'],
      ['x-u', 'alice'],
    ];
    await play(filter, { path: '/?api_key=k', headers, recorder });
    assert.deepEqual(
      recorder.root.steps.map(({ kind, text, reason }) => (kind === 'bucket' ? text : reason)),
      ['user=(not shown)', 'who=(not shown)', 'secret=(not shown)', 'user=(not shown)', 'the default bucket'],
    );
  });
});

describe('a descriptor is made of', () => {
  const claim = (more: JsonObject = {}): JsonObject => ({
    metadata: {
      descriptor_key: 'user',
      metadata_key: { key: 'envoy.filters.http.jwt_authn', path: [{ key: 'payload' }, { key: 'sub' }] },
      ...more,
    },
  });

  async function counted(filter: HttpFilter, sub: JsonValue | undefined): Promise<boolean> {
    for (let call = 0; call < 2; call++) {
      const stream = new TestStream();
      const payload = sub === undefined ? {} : { sub: sub as string };
      stream.metadata.set('envoy.filters.http.jwt_authn', 'payload', payload);
      if (filter.decodeHeaders(stream) !== undefined) return true;
    }
    return false;
  }

  const claims = [
    { name: 'a claim that is a text', sub: 'alice', want: true },
    { name: 'no claim', sub: undefined, want: false },
    { name: 'a claim that is empty', sub: '', want: false },
    { name: 'a claim that is a number', sub: 7, want: false },
    { name: 'a claim that is a list', sub: ['alice'], want: false },
  ];
  for (const { name, sub, want } of claims) {
    it(`${name}: ${want ? 'it counts' : 'nothing'}`, async () => {
      const { filter } = filterOf(byAction(claim(), { key: 'user' }));
      assert.equal(await counted(filter, sub), want);
    });
  }

  it('the default value where the claim is missing', async () => {
    const { filter } = filterOf(
      byAction(claim({ default_value: 'nobody' }), { key: 'user', value: 'nobody' }),
    );
    assert.equal(await counted(filter, undefined), true);
  });

  const header = { header_name: 'x-a', descriptor_key: 'a' };
  const table: { name: string; action: JsonObject; entry: JsonObject; words: StreamWords; want: boolean }[] =
    [
      {
        name: 'a generic key',
        action: { generic_key: { descriptor_value: 'v' } },
        entry: { key: 'generic_key', value: 'v' },
        words: {},
        want: true,
      },
      {
        name: 'a header',
        action: { request_headers: header },
        entry: { key: 'a', value: '1' },
        words: { headers: [['x-a', '1']] },
        want: true,
      },
      {
        name: 'another value of the header',
        action: { request_headers: header },
        entry: { key: 'a', value: '1' },
        words: { headers: [['x-a', '2']] },
        want: false,
      },
      {
        name: "the client's address",
        action: { remote_address: {} },
        entry: { key: 'remote_address', value: '127.0.0.1' },
        words: {},
        want: true,
      },
      {
        name: "the client's network",
        action: { masked_remote_address: { v4_prefix_mask_len: 8 } },
        entry: { key: 'masked_remote_address', value: '127.0.0.0/8' },
        words: {},
        want: true,
      },
      {
        name: 'headers that match',
        action: { header_value_match: { descriptor_value: 'm', headers: [{ name: 'x-a' }] } },
        entry: { key: 'header_match', value: 'm' },
        words: { headers: [['x-a', '']] },
        want: true,
      },
      {
        name: 'headers that must not match and do',
        action: {
          header_value_match: { descriptor_value: 'm', expect_match: false, headers: [{ name: 'x-a' }] },
        },
        entry: { key: 'header_match', value: 'm' },
        words: { headers: [['x-a', '']] },
        want: false,
      },
      {
        name: 'query parameters that match',
        action: {
          query_parameter_value_match: {
            descriptor_value: 'm',
            query_parameters: [{ name: 'q', string_match: { exact: '1' } }],
          },
        },
        entry: { key: 'query_match', value: 'm' },
        words: { path: '/?q=1' },
        want: true,
      },
      {
        name: 'a cluster, of which there is none without a route',
        action: { destination_cluster: {} },
        entry: { key: 'destination_cluster' },
        words: {},
        want: false,
      },
    ];
  for (const { name, action, entry, words, want } of table) {
    it(name, async () => {
      const { filter } = filterOf(byAction(action, entry));
      assert.deepEqual(await twice(filter, words), [true, !want]);
    });
  }

  it("the route's cluster", async () => {
    const { filter, context } = filterOf(
      byAction({ destination_cluster: {} }, { key: 'destination_cluster', value: 'origin' }),
    );
    const route = { ...routeSaying(localRateLimitFactory, [], context), perFilter: null };
    assert.deepEqual(await twice(filter, { route }), [true, false]);
  });

  it('what is left where an absent header may be skipped', async () => {
    const { filter } = filterOf({
      rate_limits: [
        {
          actions: [
            { generic_key: { descriptor_value: 'v' } },
            { request_headers: { ...header, skip_if_absent: true } },
          ],
        },
      ],
      descriptors: [{ entries: [{ key: 'generic_key', value: 'v' }], token_bucket: bucket(1) }],
    });
    assert.deepEqual(await twice(filter), [true, false]);
  });
});

describe("a route's rate_limits", () => {
  const say = (value: string, more: JsonObject = {}): RateLimit =>
    fromJson(RateLimitSchema, {
      actions: [{ generic_key: { descriptor_key: 'who', descriptor_value: value } }],
      ...more,
    });
  const LIMITS = ['route', 'host'].map((value) => ({
    entries: [{ key: 'who', value }],
    token_bucket: bucket(1),
  }));

  function routeWith(own: RateLimit[], context: FactoryContext, includesVirtualHost = false): SelectedRoute {
    const rateLimits = {
      route: compileRouteRecipes(own, context),
      virtualHost: compileRouteRecipes([say('host')], context),
      includesVirtualHost,
    };
    return { ...routeSaying(localRateLimitFactory, [], context), perFilter: null, rateLimits };
  }

  /** Which of the two descriptors a request on the route is counted under. */
  async function countedAs(
    config: JsonObject,
    own: RateLimit[],
    includesVirtualHost = false,
  ): Promise<string[]> {
    const { filter, context } = filterOf({ descriptors: LIMITS, ...config });
    const recorder = new TreeRecorder();
    await play(filter, { route: routeWith(own, context, includesVirtualHost), recorder });
    return recorder.root.steps.filter(({ kind }) => kind === 'bucket').map(({ text }) => text);
  }

  const table: { name: string; config: JsonObject; own: RateLimit[]; flag?: boolean; want: string[] }[] = [
    { name: "go before the virtual host's", config: {}, own: [say('route')], want: ['who=route'] },
    { name: "leave it to the virtual host's where there are none", config: {}, own: [], want: ['who=host'] },
    {
      name: "count besides the virtual host's where the filter says so",
      config: { vh_rate_limits: 'INCLUDE' },
      own: [say('route')],
      want: ['who=route', 'who=host'],
    },
    {
      name: "count besides the virtual host's where the route says so",
      config: { vh_rate_limits: 'IGNORE' },
      own: [say('route')],
      flag: true,
      want: ['who=route', 'who=host'],
    },
    { name: "leave out the virtual host's", config: { vh_rate_limits: 'IGNORE' }, own: [], want: [] },
    { name: 'count for filters of their stage only', config: { stage: 1 }, own: [say('route')], want: [] },
    {
      name: 'of the same stage count',
      config: { stage: 1 },
      own: [say('route', { stage: 1 })],
      want: ['who=route'],
    },
    {
      name: "leave out what has a `disable_key`, which stands in the way of the virtual host's all the same",
      config: {},
      own: [say('route', { disable_key: 'k' })],
      want: [],
    },
    {
      name: 'count at once and once, whatever they say of the end of the request and of hits',
      config: {},
      own: [say('route', { apply_on_stream_done: true, hits_addend: { number: '0' } })],
      want: ['who=route'],
    },
    {
      name: 'do not count where the filter has its own',
      config: { rate_limits: [{ actions: [{ generic_key: { descriptor_value: 'x' } }] }] },
      own: [say('route')],
      want: [],
    },
  ];
  for (const { name, config, own, flag, want } of table) {
    it(name, async () => assert.deepEqual(await countedAs(config, own, flag), want));
  }

  it('may say what only a rate-limit service looks at, with a warning', () => {
    const { context, findings } = filterOf({});
    const more = { disable_key: 'k', limit: {}, hits_addend: { format: '%NO%' }, apply_on_stream_done: true };
    compileRouteRecipes([say('route', more)], context);
    assert.deepEqual(
      findings.list.map(({ code, message }) => [code, /`(\w+)`/.exec(message)?.[1]]),
      [
        ['W301', 'disable_key'],
        ['W301', 'limit'],
        ['W301', 'hits_addend'],
        ['W301', 'apply_on_stream_done'],
      ],
    );
  });
});

describe('local_ratelimit accepts', () => {
  it('a bucket that can hold nothing, however fast it would fill', () => {
    const nothing = { fill_interval: '0.01s' };
    const given = {
      token_bucket: nothing,
      descriptors: [{ entries: [{ key: 'a', value: 'b' }], token_bucket: nothing }],
    };
    const { filter, findings } = compileFilter(localRateLimitFactory, limit(given));
    assert.ok(filter);
    assert.deepEqual(findings.list, []);
  });
});

describe('local_ratelimit refuses', () => {
  const action = { generic_key: { descriptor_value: 'v' } };
  const descriptor = (value: string, interval = '60s') => ({
    entries: [{ key: 'a', value }],
    token_bucket: { max_tokens: 1, fill_interval: interval },
  });
  const table: { name: string; given: JsonObject; want: string }[] = [
    {
      name: 'a bucket that fills too fast',
      given: { token_bucket: { max_tokens: 1, fill_interval: '0.049999999s' } },
      want: 'local rate limit token bucket fill timer must be >= 50ms',
    },
    {
      name: "a descriptor's bucket that fills too fast",
      given: { descriptors: [descriptor('b', '0.01s')] },
      want: 'local rate limit descriptor token bucket fill timer must be >= 50ms',
    },
    {
      name: 'the same descriptor twice',
      given: { descriptors: [descriptor('b'), descriptor('b')] },
      want: 'duplicate descriptor in the local rate descriptor: a=b',
    },
    {
      name: 'a stage',
      given: { rate_limits: [{ stage: 1, actions: [action] }] },
      want: "'stage' field and 'disable_key' field are not supported",
    },
    {
      name: 'a limit from elsewhere',
      given: { rate_limits: [{ limit: {}, actions: [action] }] },
      want: "'limit' field is not supported",
    },
    {
      name: 'an action that is not done',
      given: { rate_limits: [{ actions: [{ source_cluster: {} }] }] },
      want: '`source_cluster` is not supported',
    },
    {
      name: 'hits that are neither a number nor a format',
      given: { rate_limits: [{ actions: [action], hits_addend: {} }] },
      want: 'hits_addend must contain either a format or a number',
    },
    {
      name: 'a format that is none',
      given: { rate_limits: [{ actions: [action], hits_addend: { format: '%NO%' } }] },
      want: '`%NO%` in `format`: not supported field in StreamInfo: NO',
    },
    {
      name: 'an address that is none',
      given: {
        rate_limits: [
          {
            actions: [
              {
                remote_address_match: {
                  descriptor_value: 'a',
                  address_matcher: { ranges: [{ address_prefix: 'x' }] },
                },
              },
            ],
          },
        ],
      },
      want: 'malformed IP address: `x`',
    },
    {
      name: 'limits over a cluster of gates',
      given: { local_cluster_rate_limit: {} },
      want: '`local_cluster_rate_limit` is not supported',
    },
  ];
  for (const { name, given, want } of table) {
    it(name, () => {
      const { filter, findings } = compileFilter(localRateLimitFactory, limit(given));
      assert.equal(filter, null);
      assert.deepEqual(
        findings.list.map(({ message }) => message),
        [want],
      );
    });
  }

  it("a route's limit without a bucket", () => {
    const { context, findings } = filterOf({});
    assert.throws(() => routeSaying(localRateLimitFactory, [limit({})], context));
    assert.equal(
      findings.list[0]?.message,
      'local rate limit token bucket must be set for per filter configs',
    );
  });
});
