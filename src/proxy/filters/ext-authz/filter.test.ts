import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromJson, type JsonObject } from '@bufbuild/protobuf';
import { ExtAuthzSchema } from '#schema/envoy/extensions/filters/http/ext_authz/v3/ext_authz_pb.js';
import { compileFilter, goodFilter } from '../../../../test/fixtures/compile-filter.ts';
import { type StreamWords, TestStream } from '../../../../test/fixtures/filter-stream.ts';
import { AuthorizerStub, httpService, replyOf } from '../../../../test/fixtures/http-authorizer.ts';
import { routeSaying } from '../../../../test/fixtures/route-words.ts';
import { TreeRecorder } from '../../../base/index.ts';
import { HeaderList } from '../../http/header-list.ts';
import type { FetchOutcome } from '../../upstream/fetch-text.ts';
import type { LocalReply } from '../filter.ts';
import { extAuthzFactory } from './factory.ts';

const names = (...exact: string[]) => ({ patterns: exact.map((one) => ({ exact: one })) });
const GRPC = { envoy_grpc: { cluster_name: 'authz' } };
async function ask(config: JsonObject, outcome: FetchOutcome, words: StreamWords = {}) {
  const service = new AuthorizerStub(outcome);
  const { filter, context, counters } = goodFilter(extAuthzFactory, config, null, { upstreams: service });
  const route = routeSaying(extAuthzFactory, [], context);
  const stream = new TestStream({ route, ...words });
  const reply = await filter.decodeHeaders(stream);
  const response = new HeaderList();
  filter.encodeHeaders?.(stream, { status: 200, headers: response });
  return { reply, stream, service, response, counters: counters() };
}

describe('ext_authz asks its service', () => {
  it('with the method, path, host and token of the request, and of its other headers those that are allowed', async () => {
    const config = {
      ...httpService({
        path_prefix: '/check',
        authorization_request: { headers_to_add: [{ key: 'x-added', value: '%REQ(x-out)%' }] },
      }),
      allowed_headers: { patterns: [{ prefix: 'x-in' }] },
      disallowed_headers: names('x-in-no'),
    };
    const { service } = await ask(config, replyOf(200), {
      method: 'POST',
      path: '/a?b',
      headers: [
        ['authorization', 'Bearer t'],
        ['x-in', '1'],
        ['x-in', '2'],
        ['x-in-no', '3'],
        ['x-out', '4'],
        ['content-length', '5'],
      ],
    });
    const [[cluster, request] = ['', null]] = service.asked;
    assert.equal(cluster, 'authz');
    assert.deepEqual(request?.head.split('\r\n'), [
      'POST /check/a?b HTTP/1.1',
      'host: host.test',
      'content-length: 0',
      'authorization: Bearer t',
      'x-in: 1,2',
      'x-added: 4',
      'x-envoy-internal: true',
      'x-envoy-expected-rq-timeout-ms: 500',
      '',
      '',
    ]);
    assert.deepEqual([request?.timeoutMs, request?.isHead], [500, false]);
  });

  for (const place of ['path_prefix', 'path_override']) {
    it(`at a path whose bytes are those of the configuration's UTF-8: ${place}`, async () => {
      const { service } = await ask(httpService({ [place]: '/é' }), replyOf(200), { path: '/a' });
      assert.match(service.asked[0]?.[1].head ?? '', /^GET \/\xc3\xa9/);
    });
  }

  it('at a path of its own', async () => {
    const { service } = await ask(httpService({ path_override: '/check?c' }), replyOf(200), { path: '/a?b' });
    assert.match(service.asked[0]?.[1].head ?? '', /^GET \/check\?c HTTP/);
  });

  for (const { untold, details } of [
    { untold: ':method', details: 'ext_authz_error' },
    { untold: ':path', details: 'ext_authz_error' },
    { untold: ':authority', details: 'ext_authz_invalid' },
  ]) {
    it(`not at all where it must not be told ${untold}`, async () => {
      const config = { ...httpService(), disallowed_headers: names(untold) };
      const { reply, service } = await ask(config, replyOf(200));
      assert.equal(reply?.details, details);
      assert.deepEqual(service.asked, []);
    });
  }

  it('in a question that is as long as it says, whatever header is added', async () => {
    const added = [{ key: 'content-length', value: '%REQ(x-out)%' }];
    const { service } = await ask(
      httpService({ authorization_request: { headers_to_add: added } }),
      replyOf(200),
      { headers: [['x-out', '7']] },
    );
    assert.match(service.asked[0]?.[1].head ?? '', /\r\ncontent-length: 0\r\n/);
  });

  it('with values that are UTF-8, a mark for every other byte, and the request as it came', async () => {
    const config = { ...httpService(), allowed_headers: names('x-a') };
    const service = new AuthorizerStub(replyOf(200));
    const { filter, context } = goodFilter(extAuthzFactory, config, null, { upstreams: service });
    const stream = new TestStream({ route: routeSaying(extAuthzFactory, [], context) });
    stream.request.headers.set('x-a', '\xc3\xa9\xe9');
    await filter.decodeHeaders(stream);
    assert.match(service.asked[0]?.[1].head ?? '', /\r\nx-a: \xc3\xa9!\r\n/);
    assert.equal(stream.request.headers.get('x-a'), '\xc3\xa9\xe9');
  });

  it('with every line as it came where it is told them raw', async () => {
    const config = { ...httpService(), allowed_headers: names('x-a'), encode_raw_headers: true };
    const service = new AuthorizerStub(replyOf(200));
    const { filter, context } = goodFilter(extAuthzFactory, config, null, { upstreams: service });
    const stream = new TestStream({ route: routeSaying(extAuthzFactory, [], context) });
    for (const line of ['', '\xe9']) stream.request.headers.append('x-a', line);
    await filter.decodeHeaders(stream);
    assert.match(service.asked[0]?.[1].head ?? '', /\r\nx-a: \r\nx-a: \xe9\r\n/);
  });

  it('not at all with a header that could not be sent, which is an error', async () => {
    const config = { ...httpService(), allowed_headers: names('x-a') };
    const { reply, service } = await ask(config, replyOf(200), { headers: [['x-a', '1\r\nx-b: 2']] });
    assert.equal(reply?.details, 'ext_authz_error');
    assert.deepEqual(service.asked, []);
  });
});

describe('ext_authz follows the answer', () => {
  const RESPONSE = httpService({
    authorization_response: {
      allowed_upstream_headers: names('x-set'),
      allowed_upstream_headers_to_append: names('x-app'),
      allowed_client_headers_on_success: names('x-client'),
      dynamic_metadata_from_headers: names('x-meta'),
    },
  });
  const LINES: [string, string][] = [
    ['x-set', 'new'],
    ['x-app', 'more'],
    ['x-client', 'c'],
    ['x-meta', 'm'],
    ['x-envoy-auth-headers-to-remove', 'x-rm, host'],
    ['x-unlisted', 'u'],
  ];
  const HEADERS: [string, string][] = [
    ['x-set', 'old'],
    ['x-app', 'first'],
    ['x-rm', '1'],
  ];

  it('200: metadata keeps bytes that are not UTF-8', async () => {
    const { stream } = await ask(RESPONSE, replyOf(200, [['x-meta', '\xc3\xa9\xe9']]));
    assert.equal(stream.metadataOf('envoy.filters.http.ext_authz')['x-meta'], 'é\udce9');
  });

  it('200: the request goes on, changed as the service said', async () => {
    const { reply, stream, response, counters } = await ask(RESPONSE, replyOf(200, LINES), {
      headers: HEADERS,
    });
    assert.equal(reply, undefined);
    const { headers } = stream.request;
    assert.deepEqual(
      headers.names.map((name, index) => `${name}: ${headers.values[index]}`),
      ['x-app: first', 'x-set: new', 'x-app: more'],
    );
    assert.equal(response.get('x-client'), 'c');
    assert.deepEqual(stream.metadataOf('envoy.filters.http.ext_authz'), {
      'x-meta': 'm',
      ext_authz_duration: 0,
    });
    assert.deepEqual([stream.routeChoices, counters], [0, { 'ext_authz.ok': 1 }]);
  });

  it('chooses the route again where it is told to and something changed', async () => {
    const clearing = { ...RESPONSE, clear_route_cache: true };
    assert.equal((await ask(clearing, replyOf(200, LINES))).stream.routeChoices, 1);
    assert.equal((await ask(clearing, replyOf(200))).stream.routeChoices, 0);
    assert.equal((await ask(clearing, replyOf(200, [['x-app', 'more']]))).stream.routeChoices, 0);
  });

  it('chooses it again for the headers that are named alone', async () => {
    const choices = [['X-Set'], ['x-rm'], ['x-none']].map(async (clear_route_cache_headers) => {
      const config = { ...RESPONSE, clear_route_cache: true, clear_route_cache_headers };
      return (await ask(config, replyOf(200, LINES))).stream.routeChoices;
    });
    assert.deepEqual(await Promise.all(choices), [1, 1, 0]);
    const unasked = { ...RESPONSE, clear_route_cache_headers: ['x-set'] };
    assert.equal((await ask(unasked, replyOf(200, LINES))).stream.routeChoices, 0);
  });

  it('writes metadata of a refusal too, without how long it took, and none of a failure', async () => {
    const metadata = async (status: number) =>
      (await ask(RESPONSE, replyOf(status, LINES))).stream.metadataOf('envoy.filters.http.ext_authz');
    assert.deepEqual(await metadata(403), { 'x-meta': 'm' });
    assert.deepEqual(await metadata(500), {});
  });

  it('makes no head longer than any that may come: 500, where something was changed', async () => {
    const headers: [string, string][] = [['x-long', 'v'.repeat(61_300)]];
    const grown = await ask(RESPONSE, replyOf(200, [['x-set', 'w'.repeat(200)]]), { headers });
    assert.deepEqual(
      [(grown.reply as LocalReply).status, (grown.reply as LocalReply).details, grown.counters],
      [500, 'ext_authz_invalid', { 'ext_authz.invalid': 1, 'ext_authz.request_header_limits_reached': 1 }],
    );
    const same = await ask(RESPONSE, replyOf(200), { headers: [['x-long', 'v'.repeat(61_500)]] });
    assert.equal(same.reply, undefined);
    const many: [string, string][] = Array.from({ length: 96 }, (_, index) => [`x-${index}`, '']);
    assert.equal(
      (await ask(RESPONSE, replyOf(200, [['x-set', '']]), { headers: many })).counters['ext_authz.invalid'],
      1,
    );
    assert.equal(
      (await ask(RESPONSE, replyOf(200, [['x-set', '']]), { headers: many.slice(1) })).reply,
      undefined,
    );
  });

  it('adds to every answer how long it took, over what the service says of it', async () => {
    const time = 'x-envoy-upstream-service-time';
    const config = httpService({
      authorization_response: {
        allowed_upstream_headers: names(time),
        allowed_client_headers_on_success: names(time),
        dynamic_metadata_from_headers: names(time),
      },
    });
    const said = [[time, 'ages']] satisfies [string, string][];
    const { stream, response } = await ask(config, replyOf(200, said));
    assert.deepEqual([stream.request.headers.get(time), response.get(time)], ['0', '0']);
    for (const status of [200, 403]) {
      const { stream } = await ask(config, replyOf(status, said));
      assert.equal(stream.metadataOf('envoy.filters.http.ext_authz')[time], '0');
    }
  });

  it('writes no metadata where it is told not to', async () => {
    const config = { ...RESPONSE, enable_dynamic_metadata_ingestion: false };
    assert.equal((await ask(config, replyOf(200, LINES))).stream.metadataIfAny, null);
  });

  const refusal = replyOf(
    401,
    [
      ['www-authenticate', 'x'],
      ['x-one', '1'],
      ['x-two', '2'],
      ['date', 'then'],
      ['server', 'authz'],
      ['content-length', '2'],
    ],
    'no',
  );

  it('anything else below 500: the refusal is handed on', async () => {
    const { reply, counters } = await ask(httpService(), refusal);
    assert.deepEqual(reply, {
      status: 401,
      body: 'no',
      headers: [
        ['www-authenticate', 'x'],
        ['x-one', '1'],
        ['x-two', '2'],
        ['date', 'then'],
        ['server', 'authz'],
        ['x-envoy-upstream-service-time', '0'],
      ],
      details: 'ext_authz_denied',
    });
    assert.deepEqual(counters, { 'ext_authz.denied': 1 });
  });

  it('with no more of its body than there may be', async () => {
    const bodies = [1, 2, 3, 0].map(async (max_denied_response_body_bytes) => {
      const { reply } = await ask({ ...httpService(), max_denied_response_body_bytes }, refusal);
      return reply?.body;
    });
    assert.deepEqual(await Promise.all(bodies), ['n', 'no', 'no', 'no']);
  });

  it('with those headers only that a list allows, and the challenge', async () => {
    const config = httpService({ authorization_response: { allowed_client_headers: names('x-one') } });
    const { reply } = await ask(config, refusal);
    assert.deepEqual(
      reply?.headers.map(([name]) => name),
      ['www-authenticate', 'x-one'],
    );
  });

  const failures: { name: string; outcome: FetchOutcome }[] = [
    { name: 'a 5xx', outcome: replyOf(500) },
    { name: 'no answer', outcome: { kind: 'failure', code: 'timeout', text: 'no answer in time' } },
  ];
  for (const { name, outcome } of failures) {
    it(`${name}: refuses with 403, or the status that is set`, async () => {
      const { reply, counters } = await ask(httpService(), outcome);
      assert.deepEqual(reply, { status: 403, body: '', headers: [], details: 'ext_authz_error' });
      assert.deepEqual(counters, { 'ext_authz.error': 1 });
      const set = { ...httpService(), status_on_error: { code: 'ServiceUnavailable' } };
      assert.equal((await ask(set, outcome)).reply?.status, 503);
    });

    it(`${name}: lets pass where failure is allowed, and says so`, async () => {
      const lax = {
        ...httpService(),
        failure_mode_allow: true,
        failure_mode_allow_header_add: true,
        stat_prefix: 'lax',
      };
      const { reply, stream, counters } = await ask(lax, outcome);
      assert.equal(reply, undefined);
      assert.equal(stream.request.headers.get('x-envoy-auth-failure-mode-allowed'), 'true');
      assert.deepEqual(counters, { 'ext_authz.lax.error': 1, 'ext_authz.lax.failure_mode_allowed': 1 });
    });
  }

  it('lets nobody in on an answer that is too long to be read, for it may say no', async () => {
    const tooLong: FetchOutcome = { kind: 'failure', code: 'too_large', text: 'longer than 1048576 bytes' };
    const { reply, counters } = await ask({ ...httpService(), failure_mode_allow: true }, tooLong);
    assert.deepEqual(reply, { status: 500, body: '', headers: [], details: 'ext_authz_invalid' });
    assert.deepEqual(counters, { 'ext_authz.invalid': 1 });
  });

  it('leaves the fields alone that tell where messages end', async () => {
    const all = { patterns: [{ prefix: '' }, { safe_regex: { regex: '.*' } }] };
    const config = httpService({
      authorization_response: { allowed_upstream_headers: all, allowed_client_headers_on_success: all },
    });
    const lines: [string, string][] = [
      ['content-length', '0'],
      ['x-envoy-auth-headers-to-remove', 'content-length'],
    ];
    const { stream, response } = await ask(config, replyOf(200, lines), {
      headers: [['content-length', '5']],
    });
    assert.deepEqual(
      [stream.request.headers.get('content-length'), response.get('content-length')],
      ['5', undefined],
    );
  });

  it('drops an answer that comes too late', async () => {
    const service = new AuthorizerStub(replyOf(403));
    const { filter, context, counters } = goodFilter(extAuthzFactory, httpService(), null, {
      upstreams: service,
    });
    const stream = new TestStream({ route: routeSaying(extAuthzFactory, [], context) });
    const pending = filter.decodeHeaders(stream);
    stream.closed = true;
    assert.equal(await pending, undefined);
    assert.deepEqual(counters(), {});
  });
});

describe('ext_authz asks nobody', () => {
  const off = { filter_enabled: { default_value: { numerator: 0 } } };

  it('where no route matches', async () => {
    const { service, reply } = await ask(httpService(), replyOf(403), { route: null });
    assert.deepEqual([reply, service.asked.length], [undefined, 0]);
  });

  for (const [level, asked] of [
    [{ disabled: true }, 0],
    [{ disabled: false }, 1],
    [{ check_settings: {} }, 1],
  ] as const) {
    it(`as often as a route says: ${JSON.stringify(level)}`, async () => {
      const { context } = goodFilter(extAuthzFactory, httpService());
      const route = routeSaying(extAuthzFactory, [level], context);
      const { service } = await ask(httpService(), replyOf(200), { route });
      assert.equal(service.asked.length, asked);
    });
  }

  it('where it is not enabled, and lets pass or refuses as it is told', async () => {
    const passed = await ask({ ...httpService(), ...off }, replyOf(403));
    assert.deepEqual([passed.reply, passed.counters], [undefined, { 'ext_authz.disabled': 1 }]);
    const denying = { ...httpService(), ...off, deny_at_disable: { runtime_key: 'k', default_value: true } };
    assert.equal((await ask(denying, replyOf(200))).reply?.status, 403);
  });

  it('where the metadata does not call for it', async () => {
    const config = {
      ...httpService(),
      filter_enabled_metadata: { filter: 'ns', path: [{ key: 'k' }], value: { present_match: true } },
    };
    assert.equal((await ask(config, replyOf(403))).service.asked.length, 0);
  });

  it('in a rehearsal, whose word is then conditional', () => {
    const { filter, context } = goodFilter(extAuthzFactory, httpService());
    const recorder = new TreeRecorder();
    const stream = new TestStream({ route: routeSaying(extAuthzFactory, [], context), recorder });
    assert.equal(filter.decodeHeaders(stream), undefined);
    assert.deepEqual(
      recorder.root.steps.map(({ kind, verdict }) => [kind, verdict]),
      [['service', 'unknown']],
    );
  });
});

describe('ext_authz refuses by name', () => {
  const table: { name: string; given: JsonObject; want: RegExp }[] = [
    {
      name: "Google's gRPC client",
      given: { grpc_service: { google_grpc: { target_uri: 'a', stat_prefix: 'b' } } },
      want: /`google_grpc`/,
    },
    {
      name: 'metadata that says where a question goes',
      given: { grpc_service: { ...GRPC, initial_metadata: [{ key: 'Host', value: 'a' }] } },
      want: /`key` is not supported where it is `Host`/,
    },
    {
      name: 'labels that a gRPC service would be told',
      given: { grpc_service: GRPC, bootstrap_metadata_labels_key: 'labels' },
      want: /`bootstrap_metadata_labels_key` is not supported with a `grpc_service`/,
    },
    {
      name: 'an API version that Envoy refuses',
      given: { grpc_service: GRPC, transport_api_version: 'V2' },
      want: /V2 xDS transport protocol version is deprecated/,
    },
    {
      name: 'two lists of one thing',
      given: {
        ...httpService({ authorization_request: { allowed_headers: names('a') } }),
        allowed_headers: names('a'),
      },
      want: /Invalid duplicate configuration for allowed_headers/,
    },
    { name: 'no service', given: {}, want: /`services`/ },
    {
      name: 'mutation rules',
      given: { ...httpService(), decoder_header_mutation_rules: {} },
      want: /`decoder_header_mutation_rules`/,
    },
    {
      name: 'a prefix without a slash',
      given: httpService({ path_prefix: 'x' }),
      want: /path_prefix should start with/,
    },
    {
      name: 'a path without a slash',
      given: httpService({ path_override: 'x' }),
      want: /path_override should start with/,
    },
    {
      name: 'a path and a prefix',
      given: httpService({ path_override: '/x', path_prefix: '/y' }),
      want: /only one of path_prefix or path_override may be set/,
    },
    { name: 'no address', given: { http_service: {} }, want: /`server_uri`/ },
  ];
  for (const { name, given, want } of table) {
    it(name, () => {
      const { filter, findings } = compileFilter(extAuthzFactory, given);
      assert.equal(filter, null);
      assert.match(findings.list.map(({ message }) => message).join('\n'), want);
    });
  }

  for (const path of [
    { path_prefix: 'x' },
    { path_override: 'x' },
    { path_prefix: '/x', path_override: '/y' },
    { authorization_request: { headers_to_add: [{ key: 'x-a', value: '%NO%' }] } },
  ]) {
    it(`of a route ${JSON.stringify(path)}, which ends Envoy at the first request`, () => {
      const { filter, findings, context } = compileFilter(extAuthzFactory, httpService());
      assert.notEqual(filter, null);
      const own = fromJson(ExtAuthzSchema, httpService());
      const word = { check_settings: httpService(path) };
      routeSaying(extAuthzFactory, [word], context, undefined, own);
      assert.deepEqual(
        findings.list.map(({ code, envoy, message }) => [code, envoy, message.split(': ').at(-1)]),
        [['E120', 'accepts', 'Envoy takes the file, and crashes when a request comes to the route']],
      );
    });
  }

  it('what a route says of bodies in two ways, as Envoy does', () => {
    const { context } = goodFilter(extAuthzFactory, httpService());
    const settings = { with_request_body: { max_request_bytes: 1 }, disable_request_body_buffering: true };
    assert.throws(() => routeSaying(extAuthzFactory, [{ check_settings: settings }], context));
  });
});
