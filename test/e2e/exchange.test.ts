import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import type { FilterResult, FilterStream, ResponseHead } from '../../src/proxy/filters/filter.ts';
import type { HeaderList } from '../../src/proxy/http/header-list.ts';
import type { HttpOptions } from '../../src/proxy/http/http-options.ts';
import type { LocalReplyRules } from '../../src/proxy/local-reply/compile-local-reply.ts';
import type { RouteAction } from '../../src/proxy/route/selected-route.ts';
import { forwardTo } from '../fixtures/forward-action.ts';
import { type LoopOptions, startTestLoop, type TestLoop, until } from './loop-fixture.ts';
import { exchange, RawClient, type RawResponse } from './raw-exchange.ts';
import { answerOk, type RawOrigin, type SeenRequest, startRawOrigin } from './raw-origin.ts';

const GET = 'GET /a HTTP/1.1\r\nHost: h\r\n\r\n';
const DENIED: FilterResult = { status: 403, body: 'no', headers: [['x-why', 'because']], details: 'd' };
const running: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of running.splice(0)) await one.close();
});

async function start(
  options: Omit<LoopOptions, 'originPort'> = {},
  answer: (request: SeenRequest) => void = answerOk,
): Promise<{ loop: TestLoop; origin: RawOrigin }> {
  const origin = await startRawOrigin(answer);
  const loop = await startTestLoop({ originPort: origin.port, ...options });
  running.push(loop, origin);
  return { loop, origin };
}

const silent = () => undefined;

describe('a request that the router answers without an upstream is counted', () => {
  const cases: { name: string; action: RouteAction | null; want: [status: number, counter: string] }[] = [
    { name: 'for want of a route', action: null, want: [404, 'no_route'] },
    { name: 'for want of its cluster', action: forwardTo('none'), want: [503, 'no_cluster'] },
    {
      name: 'where the route has the answer',
      action: { kind: 'direct', status: 202, body: '' },
      want: [202, 'rq_direct_response'],
    },
  ];
  for (const { name, action, want } of cases) {
    it(name, async () => {
      const { loop } = await start({ action });
      const response = await exchange(loop.port, GET);
      const counted = cases.filter((one) => loop.stat(`http.test.${one.want[1]}`) === 1);
      assert.deepEqual([response?.status, ...counted.map((one) => one.want[1])], want);
    });
  }
});

describe('a filter', () => {
  it('that replies ends the request there', async () => {
    const { loop, origin } = await start({ filters: [{ decodeHeaders: () => DENIED }] });
    const response = await exchange(loop.port, GET);
    assert.deepEqual(
      [response?.status, response?.body, response?.headers[0]],
      [403, 'no', ['x-why', 'because']],
    );
    assert.equal(origin.accepted(), 0);
  });

  it('that replies to a request with a body closes the connection, for the body is not read', async () => {
    const { loop } = await start({ filters: [{ decodeHeaders: () => DENIED }] });
    const client = new RawClient(loop.port);
    client.send(
      'POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhelloGET / HTTP/1.1\r\nHost: h\r\n\r\n',
    );
    const response = await client.response();
    assert.deepEqual(response?.headers.at(-1), ['connection', 'close']);
    await until(() => client.closed);
    assert.equal(client.received.length, 0);
  });

  it('that waits holds the body back, and lets it go with its answer', async () => {
    let decide: (result: FilterResult) => void = silent;
    const decodeHeaders = () => new Promise<FilterResult>((resolve) => (decide = resolve));
    const { loop, origin } = await start({ filters: [{ decodeHeaders }] }, (request) =>
      request.whenWhole(() => answerOk(request)),
    );
    const client = new RawClient(loop.port);
    client.send('POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhello');
    await until(() => decide !== silent);
    assert.equal(origin.accepted(), 0);
    decide(undefined);
    client.send('world');
    assert.equal((await client.response())?.status, 200);
    assert.equal(origin.seen[0]?.body, 'helloworld');
    client.close();
  });

  it('that waits and refuses keeps the connection where the body has come whole, and only there', async () => {
    let decide: (result: FilterResult) => void = silent;
    const decodeHeaders = () => new Promise<FilterResult>((resolve) => (decide = resolve));
    const { loop, origin } = await start({ filters: [{ decodeHeaders }] });
    const client = new RawClient(loop.port);
    const post = 'POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n';
    for (const { body, want } of [
      { body: 'hello', want: undefined },
      { body: 'hel', want: 'close' },
    ]) {
      decide = silent;
      client.send(post + body);
      await until(() => decide !== silent);
      decide(DENIED);
      const response = await client.response();
      assert.equal(response?.status, 403);
      assert.equal(response?.headers.find(([name]) => name === 'connection')?.[1], want);
    }
    assert.equal(origin.accepted(), 0);
  });

  it('that waits is told when the client leaves, and its late answer means nothing', async () => {
    let stream: FilterStream | undefined;
    let decide: (result: FilterResult) => void = silent;
    const decodeHeaders = (given: FilterStream) => {
      stream = given;
      return new Promise<FilterResult>((resolve) => (decide = resolve));
    };
    const { loop, origin } = await start({ filters: [{ decodeHeaders }] });
    const client = new RawClient(loop.port);
    client.send(GET);
    await until(() => stream !== undefined);
    const signal = stream?.signal();
    client.close();
    await until(() => signal?.aborted === true);
    assert.equal(stream?.closed, true);
    decide(undefined);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([origin.accepted(), loop.stat('http.test.downstream_rq_active')], [0, 0]);
  });

  const bugs: { name: string; decodeHeaders: () => FilterResult | Promise<FilterResult> }[] = [
    {
      name: 'throws',
      decodeHeaders: () => {
        throw new Error('bug');
      },
    },
    { name: 'rejects', decodeHeaders: () => Promise.reject(new Error('bug')) },
  ];
  for (const { name, decodeHeaders } of bugs) {
    it(`that ${name} cuts its own connection and lets nothing through`, async () => {
      const { loop, origin } = await start({ filters: [{ decodeHeaders }] });
      assert.equal(await exchange(loop.port, GET), null);
      assert.equal(await exchange(loop.port, GET), null);
      assert.deepEqual([loop.bugs.length, origin.accepted()], [2, 0]);
    });
  }

  const illegal: { name: string; act: (stream: FilterStream) => void; body: string }[] = [
    {
      name: 'a value with a line break',
      act: ({ request }) => request.headers.append('x-c', 'a\r\nx-evil: 1'),
      body: 'invalid header value for: x-c',
    },
    {
      name: 'a value with a NUL in the place of another',
      act: ({ request }) => request.headers.set('x-sent', '\0'),
      body: 'invalid header value for: x-sent',
    },
    {
      name: 'a value beyond bytes',
      act: ({ request }) => request.headers.append('x-c', '\u0100'),
      body: 'invalid header value for: x-c',
    },
    {
      name: 'a name with a blank',
      act: ({ request }) => request.headers.append('a b', '1'),
      body: 'invalid header name: a b',
    },
    {
      name: 'a path with a line break',
      act: ({ request }) => {
        request.path = '/a HTTP/1.1\r\n';
      },
      body: 'invalid header value for: :path',
    },
  ];
  for (const { name, act, body } of illegal) {
    it(`that writes ${name} gets the request refused, not sent`, async () => {
      const decodeHeaders = (stream: FilterStream): FilterResult => {
        act(stream);
        return undefined;
      };
      const { loop, origin } = await start({ filters: [{ decodeHeaders }] });
      const request = 'GET /a HTTP/1.1\r\nHost: h\r\nx-gone: 1\r\nx-sent: 2\r\n\r\n';
      const response = await exchange(loop.port, request);
      assert.deepEqual([response?.status, response?.body], [503, body]);
      assert.equal(origin.accepted(), 0);
    });
  }

  const split: [name: string, write: (headers: HeaderList) => void][] = [
    ['a line break in a field of its own', (headers) => headers.append('x-c', 'a\r\nset-cookie: evil=1')],
    ['a line feed in the place of a value', (headers) => headers.set('x-sent', 'a\n\nb')],
    ['a character beyond bytes', (headers) => headers.append('x-c', '\u010a')],
    ['a name with a blank', (headers) => headers.append('a b', '1')],
  ];
  for (const [name, write] of split) {
    it(`that writes ${name} to a response has that line left out, whoever responds`, async () => {
      const encodeHeaders = (_stream: FilterStream, { headers }: ResponseHead) => {
        write(headers);
        headers.append('x-after', '1');
      };
      for (const reply of [undefined, DENIED]) {
        const { loop } = await start(
          { filters: [{ decodeHeaders: () => reply, encodeHeaders }] },
          (request) => request.socket.write('HTTP/1.1 200 OK\r\nx-sent: 1\r\ncontent-length: 2\r\n\r\nok'),
        );
        const response = await exchange(loop.port, GET);
        const names = response?.headers.map(([one]) => one) ?? [];
        assert.deepEqual([response?.status, response?.body], reply ? [403, 'no'] : [200, 'ok']);
        assert.ok(names.includes('x-after'));
        for (const one of ['x-c', 'a b', 'set-cookie']) assert.ok(!names.includes(one), one);
        if (name.includes('place')) assert.ok(!names.includes('x-sent'));
      }
    });
  }

  it('sees the type and the length of a reply of the gate’s own, and may take its type away', async () => {
    const seen: (string | undefined)[] = [];
    const encodeHeaders = (_stream: FilterStream, { headers }: ResponseHead) => {
      seen.push(headers.get('content-type'), headers.get('content-length'));
      headers.remove('content-type');
      headers.set('content-length', '7');
    };
    const { loop } = await start({ filters: [{ decodeHeaders: () => DENIED, encodeHeaders }] });
    const response = await exchange(loop.port, GET);
    const ofBody = response?.headers.filter(([name]) => name.startsWith('content-'));
    assert.deepEqual([seen, ofBody], [['text/plain', '2'], [['content-length', '2']]]);
  });

  it('sees the type behind the length, also where a format says it, and in its place where a header does', async () => {
    const localReply: LocalReplyRules = {
      rewrite: (_source, _headers, { status }) => ({ status, body: '{}', contentType: 'application/json' }),
    };
    const seen: string[][] = [];
    for (const headers of [[], [['content-type', 'a/b']]] as const) {
      const { loop } = await start({
        localReply,
        filters: [{ decodeHeaders: () => ({ ...DENIED, headers }) as FilterResult }],
      });
      const response = await exchange(loop.port, GET);
      seen.push(response?.headers.filter(([name]) => name.startsWith('content-')).map(String) ?? []);
    }
    assert.deepEqual(seen, [
      ['content-length,2', 'content-type,application/json'],
      ['content-type,a/b', 'content-length,2'],
    ]);
  });

  it('may remove fields and add bytes above 127', async () => {
    const decodeHeaders = ({ request }: FilterStream): FilterResult => {
      request.headers.remove('x-gone');
      request.headers.append('x-c', '\u00e9\t');
      return undefined;
    };
    const { loop, origin } = await start({ filters: [{ decodeHeaders }] });
    await exchange(loop.port, 'GET /a HTTP/1.1\r\nHost: h\r\nx-gone: 1\r\n\r\n');
    const head = origin.seen[0]?.head ?? '';
    assert.match(head, /^x-c: \u00e9\t$/m);
    assert.doesNotMatch(head, /x-gone/);
  });
});

describe('time', () => {
  it('for a connection to come about is limited', async () => {
    const { loop } = await start({ blackHole: true });
    const client = new RawClient(loop.port);
    client.send(GET);
    await until(() => loop.stat('cluster.origin.upstream_rq_total') === 1);
    loop.tick(999);
    assert.equal(loop.stat('http.test.downstream_rq_active'), 1);
    loop.tick(1);
    const response = await client.response();
    assert.equal(response?.status, 503);
    assert.match(response?.body ?? '', /reset reason: connection timeout$/);
    assert.equal(loop.stat('cluster.origin.upstream_cx_connect_timeout'), 1);
  });

  it('for a whole request is limited where the configuration says so', async () => {
    const { loop } = await start({ options: { requestTimeoutMs: 500 } }, silent);
    const client = new RawClient(loop.port);
    client.send('POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhel');
    await until(() => loop.stat('http.test.downstream_rq_active') === 1);
    loop.tick(499);
    assert.equal(loop.stat('http.test.downstream_rq_active'), 1);
    loop.tick(1);
    assert.equal((await client.response())?.status, 408);
    assert.equal(loop.stat('http.test.downstream_rq_timeout'), 1);
  });

  it('for a whole request goes on while a filter waits, and ends it as far as it has come', async () => {
    let decide: (result: FilterResult) => void = silent;
    const decodeHeaders = () => new Promise<FilterResult>((resolve) => (decide = resolve));
    const { loop, origin } = await start({
      filters: [{ decodeHeaders }],
      options: { requestTimeoutMs: 500 },
    });
    for (const { name, given, want } of [
      { name: 'without a body', given: GET, want: [504, 'request timeout', undefined] },
      {
        name: 'with one that nobody has read',
        given: 'POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello',
        want: [408, 'request timeout', 'close'],
      },
    ]) {
      decide = silent;
      const client = new RawClient(loop.port);
      client.send(given);
      await until(() => decide !== silent);
      loop.tick(499);
      assert.equal(loop.stat('http.test.downstream_rq_active'), 1, name);
      loop.tick(1);
      const { status, body, headers = [] } = (await client.response()) ?? {};
      const connection = headers.find(([field]) => field === 'connection')?.[1];
      assert.deepEqual([status, body, connection], want, name);
      decide(undefined);
      client.close();
    }
    assert.deepEqual([origin.accepted(), loop.stat('http.test.downstream_rq_timeout')], [0, 2]);
  });

  const LIMITED = forwardTo('origin', {
    limits: { idleMs: null, duration: { maxMs: 500, grpcMaxMs: 0, grpcOffsetMs: 0 } },
  });
  const POST = 'POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello';
  const asGrpc = (more: string) =>
    GET.replace('\r\n\r\n', `\r\nContent-Type: application/grpc${more}\r\n\r\n`);
  const ofManager = { options: { maxStreamDurationMs: 500 } };
  const OVER = 'downstream duration timeout';
  for (const { name, given, request, ms = 500, want } of [
    { name: 'by the manager', given: ofManager, request: GET, want: [504, OVER, undefined] },
    { name: 'by the route', given: { action: LIMITED }, request: GET, want: [504, OVER, undefined] },
    { name: 'with a body that nobody has read', given: ofManager, request: POST, want: [408, OVER, 'close'] },
    { name: 'in gRPC’s words', given: ofManager, request: asGrpc(''), want: [200, '', undefined, '4'] },
    {
      name: 'by the client',
      given: { action: LIMITED },
      request: asGrpc('\r\nGrpc-Timeout: 300m'),
      ms: 300,
      want: [200, '', undefined, '4'],
    },
    {
      name: 'by the silence of the route',
      given: { action: forwardTo('origin', { limits: { idleMs: 500, duration: null } }) },
      request: GET,
      want: [504, 'stream timeout', undefined],
    },
  ]) {
    it(`for a whole exchange ends it while a filter waits: ${name}`, async () => {
      let decide: (result: FilterResult) => void = silent;
      const decodeHeaders = () => new Promise<FilterResult>((resolve) => (decide = resolve));
      const { loop, origin } = await start({ filters: [{ decodeHeaders }], ...given });
      const client = new RawClient(loop.port);
      client.send(request);
      await until(() => decide !== silent);
      loop.tick(ms - 1);
      assert.equal(loop.stat('http.test.downstream_rq_active'), 1);
      loop.tick(1);
      const { status, body, headers = [] } = (await client.response()) ?? {};
      const field = (name: string) => headers.find(([one]) => one === name)?.[1];
      const grpc = field('grpc-status');
      const seen = [status, body, field('connection'), ...(grpc === undefined ? [] : [grpc])];
      assert.deepEqual([seen, origin.accepted()], [want, 0]);
      const counted = loop.stat('http.test.downstream_rq_max_duration_reached');
      assert.equal(counted, want[1] === 'stream timeout' ? 0 : 1);
      decide(undefined);
      client.close();
    });
  }

  it('for a whole exchange that is over by its head’s end lets nothing through', async () => {
    const { loop, origin } = await start({ action: LIMITED });
    const client = new RawClient(loop.port);
    client.send('GET /a HTTP/1.1\r\n');
    await until(() => loop.stat('http.test.downstream_cx_active') === 1);
    client.send('Host: h\r\nGrpc-Timeout: 0m\r\n\r\n');
    const { status, body } = (await client.response()) ?? {};
    assert.deepEqual([status, body, origin.accepted()], [504, OVER, 0]);
    client.close();
  });

  const NONE = {
    requestHeadTimeoutMs: 0,
    requestTimeoutMs: 0,
    streamIdleTimeoutMs: 0,
    maxStreamDurationMs: 0,
  };
  const heads: { name: string; options: Partial<HttpOptions>; want: [body: string, counter: string] }[] = [
    {
      name: 'its own time',
      options: { requestHeadTimeoutMs: 500 },
      want: ['request header timeout', 'header_timeout'],
    },
    { name: 'the request’s', options: { requestTimeoutMs: 500 }, want: ['request timeout', 'timeout'] },
    {
      name: 'the silence’s',
      options: { streamIdleTimeoutMs: 500 },
      want: ['stream timeout', 'idle_timeout'],
    },
    { name: 'the exchange’s', options: { maxStreamDurationMs: 500 }, want: [OVER, 'max_duration_reached'] },
    {
      name: 'the first of them',
      options: { requestHeadTimeoutMs: 600, requestTimeoutMs: 500, streamIdleTimeoutMs: 501 },
      want: ['request timeout', 'timeout'],
    },
  ];
  for (const { name, options, want } of heads) {
    it(`ends a head that does not come, and nothing of it is known: ${name}`, async () => {
      const localReply: LocalReplyRules = {
        rewrite: ({ request }, _headers, { status, body }) => ({
          status,
          body: `${body}${request.method}${request.headers.names.join()}`,
        }),
      };
      const { loop } = await start({ options: { ...NONE, ...options }, localReply });
      const client = new RawClient(loop.port);
      client.send(`${GET}HEAD /b HTTP/1.1\r\nx-a: 1\r\n`);
      await client.response();
      loop.tick(499);
      assert.equal(client.closed, false);
      loop.tick(1);
      const { status, body } = (await client.response()) ?? {};
      assert.deepEqual([status, body], [408, want[0]]);
      assert.equal(loop.stat(`http.test.downstream_rq_${want[1]}`), 1);
      assert.equal(loop.stat('http.test.downstream_cx_protocol_error'), 0);
      client.close();
    });
  }

  describe('for a connection is limited where the configuration says so', () => {
    const begin = async (options: Partial<HttpOptions>, answer?: (request: SeenRequest) => void) => {
      const { loop, origin } = await start({ options }, answer);
      const client = new RawClient(loop.port);
      await until(() => loop.stat('http.test.downstream_cx_active') === 1);
      return { loop, origin, client };
    };
    const saysClose = (response: RawResponse | null) =>
      response?.headers.some(([name, value]) => name === 'connection' && value === 'close');

    it('and one on which nothing has come ends', async () => {
      const { loop, origin, client } = await begin({ maxConnectionMs: 500 });
      loop.tick(500);
      client.send(GET);
      await until(() => client.closed);
      assert.equal(origin.accepted(), 0);
    });

    it('and any other has time for a last request, and is told', async () => {
      const { loop, client } = await begin({ maxConnectionMs: 500, drainMs: 300 });
      client.send(GET);
      assert.equal(saysClose(await client.response()), false);
      loop.tick(500);
      loop.tick(299);
      client.send(GET);
      assert.equal(saysClose(await client.response()), true);
      await until(() => client.closed);
    });

    it('and ends without one', async () => {
      const { loop, client } = await begin({ maxConnectionMs: 500, drainMs: 300 });
      client.send(GET);
      await client.response();
      loop.tick(500);
      loop.tick(300);
      await until(() => client.closed);
    });

    it('and a response that has begun by then comes to its end, but no request behind it', async () => {
      let end = silent;
      const { loop, origin, client } = await begin({ maxConnectionMs: 500, drainMs: 300 }, ({ socket }) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf');
        end = () => void socket.write('half');
      });
      client.send(GET);
      await until(() => client.received.includes('half'));
      loop.tick(500);
      loop.tick(300);
      client.send(GET);
      end();
      assert.equal((await client.response())?.body, 'halfhalf');
      await until(() => client.closed);
      assert.equal(origin.seen.length, 1);
    });

    it('and none takes a request where it may last for no time', async () => {
      const { origin, client } = await begin({ maxConnectionMs: 0 });
      client.send(GET);
      await until(() => client.closed);
      assert.equal(origin.accepted(), 0);
    });
  });

  it('for a whole request counts from its first byte', async () => {
    const waiting = new Promise<FilterResult>(() => undefined);
    const decodeHeaders = ({ request }: FilterStream) => (request.path === '/a' ? undefined : waiting);
    const { loop } = await start({ filters: [{ decodeHeaders }], options: { requestTimeoutMs: 500 } });
    const client = new RawClient(loop.port);
    client.send(`${GET}GET /b HTTP/1.1\r\n`);
    await client.response();
    loop.tick(300);
    client.send('Host: h\r\n\r\n');
    await until(() => loop.stat('http.test.downstream_rq_active') === 1);
    loop.tick(200);
    assert.equal((await client.response())?.status, 504);
    client.close();
  });

  it('for a whole request is over once a filter has read its body', async () => {
    let read = false;
    const decodeHeaders = async ({ body }: FilterStream): Promise<FilterResult> => {
      await body?.gather({ bytesMax: 10, partial: false });
      read = true;
      return new Promise<FilterResult>(() => undefined);
    };
    const { loop } = await start({ filters: [{ decodeHeaders }], options: { requestTimeoutMs: 500 } });
    const client = new RawClient(loop.port);
    client.send(POST);
    await until(() => read);
    loop.tick(501);
    assert.equal(loop.stat('http.test.downstream_rq_active'), 1);
    client.close();
  });

  it('for a whole exchange cuts a response that has begun', async () => {
    const { loop, origin } = await start(
      { action: LIMITED },
      ({ socket }) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf'),
    );
    const client = new RawClient(loop.port);
    client.send(GET);
    await until(() => client.received.includes('half'));
    loop.tick(500);
    await until(() => client.closed && origin.open() === 0);
  });

  it('for a whole request is over once its filters have decided', async () => {
    const { loop } = await start({ options: { requestTimeoutMs: 500 } }, silent);
    const client = new RawClient(loop.port);
    client.send(GET);
    await until(() => loop.stat('cluster.origin.upstream_rq_total') === 1);
    loop.tick(501);
    assert.equal(loop.stat('http.test.downstream_rq_active'), 1);
    client.close();
  });

  it('for a response counts from the end of the request, and cuts a response that has begun', async () => {
    const { loop, origin } = await start(
      { action: forwardTo('origin', { timeoutMs: 300 }) },
      ({ socket }) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf'),
    );
    const client = new RawClient(loop.port);
    client.send(GET);
    await until(() => client.received.includes('half'));
    loop.tick(299);
    assert.equal(loop.stat('http.test.downstream_rq_active'), 1);
    loop.tick(1);
    await until(() => client.closed && origin.open() === 0);
    assert.equal(loop.stat('cluster.origin.upstream_rq_timeout'), 1);
  });

  const saying =
    (...lines: [name: string, value: string][]) =>
    ({ request }: FilterStream) => {
      for (const [name, value] of lines) request.headers.append(`x-envoy-upstream-rq-${name}`, value);
      return undefined;
    };

  it('for a response is as long as a filter says to the router', async () => {
    for (const { lines, want } of [
      { lines: [['timeout-ms', '300']], want: [504, 'upstream request timeout'] },
      { lines: [['per-try-timeout-ms', '300']], want: [504, 'upstream request timeout'] },
      {
        lines: [
          ['timeout-ms', '300'],
          ['timeout-alt-response', ''],
        ],
        want: [204, ''],
      },
    ] as { lines: [string, string][]; want: unknown }[]) {
      const { loop } = await start({ filters: [{ decodeHeaders: saying(...lines) }] }, silent);
      const client = new RawClient(loop.port);
      client.send(GET);
      await until(() => loop.stat('cluster.origin.upstream_rq_total') === 1);
      loop.tick(299);
      assert.equal(loop.stat('http.test.downstream_rq_active'), 1);
      loop.tick(1);
      const { status, body } = (await client.response()) ?? {};
      assert.deepEqual([status, body], want);
    }
  });

  it('for a head that a filter has limited does not cut what follows it', async () => {
    const decodeHeaders = saying(['timeout-ms', '500'], ['per-try-timeout-ms', '300']);
    const { loop } = await start(
      { filters: [{ decodeHeaders }] },
      ({ socket }) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf'),
    );
    const client = new RawClient(loop.port);
    client.send(GET);
    await until(() => client.received.includes('half'));
    loop.tick(400);
    loop.tick(99);
    assert.equal(loop.stat('http.test.downstream_rq_active'), 1);
    loop.tick(1);
    await until(() => client.closed);
  });

  it('without a byte is limited, and every byte starts it anew', async () => {
    let socket: SeenRequest['socket'] | undefined;
    const { loop } = await start({ options: { streamIdleTimeoutMs: 1000 } }, (request) => {
      socket = request.socket;
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\na');
    });
    const client = new RawClient(loop.port);
    client.send(GET);
    await until(() => client.received.toString().endsWith('a'));
    loop.tick(900);
    socket?.write('b');
    await until(() => client.received.toString().endsWith('ab'));
    loop.tick(900);
    assert.equal(loop.stat('http.test.downstream_rq_active'), 1);
    loop.tick(100);
    await until(() => client.closed);
  });

  it('for a head is limited from its first byte', async () => {
    const { loop } = await start();
    loop.tick(60_000);
    const client = new RawClient(loop.port);
    client.send(`${GET}GET /b HTTP/1.1\r\n`);
    await client.response();
    loop.tick(9_999);
    assert.equal(loop.stat('http.test.downstream_rq_total'), 1);
    loop.tick(1);
    assert.equal((await client.response())?.status, 408);
  });

  it('between requests is limited', async () => {
    const { loop } = await start({ options: { idleTimeoutMs: 5000 } });
    const client = new RawClient(loop.port);
    client.send(GET);
    await client.response();
    loop.tick(4999);
    assert.equal(loop.stat('http.test.downstream_cx_active'), 1);
    loop.tick(1);
    await until(() => client.closed);
  });

  it('for a client to read its last reply is limited', async () => {
    const { loop } = await start();
    const client = new RawClient(loop.port);
    client.send('GET /a HTTP/1.0\r\n\r\n');
    assert.equal((await client.response())?.status, 426);
    loop.tick(1000);
    await until(() => loop.stat('http.test.downstream_cx_active') === 0);
  });

  it('of an idle upstream connection is limited', async () => {
    const { loop, origin } = await start({ upstreamIdleMs: 2000 });
    await exchange(loop.port, GET);
    assert.equal(origin.open(), 1);
    loop.tick(1999);
    assert.equal(loop.stat('cluster.origin.upstream_cx_active'), 1);
    loop.tick(1);
    await until(() => origin.open() === 0);
    assert.equal((await exchange(loop.port, GET))?.status, 200);
  });
});

describe('what the connection manager is told', () => {
  const heads: {
    name: string;
    options: LoopOptions['options'] & {};
    fields: string;
    want: RegExp[];
    not: RegExp[];
  }[] = [
    {
      name: 'use_remote_address: the client is who is at the other end',
      options: { useRemoteAddress: true, nodeAddress: '198.51.100.1' },
      fields:
        'x-forwarded-for: 1.2.3.4\r\nx-forwarded-proto: https\r\nx-request-id: mine\r\nx-envoy-original-path: /z\r\nx-envoy-internal: true\r\n',
      want: [
        /^x-forwarded-for: 1\.2\.3\.4,192\.0\.2\.7$/m,
        /^x-forwarded-proto: http$/m,
        /^x-envoy-external-address: 192\.0\.2\.7$/m,
      ],
      not: [/mine/, /original-path/, /x-envoy-internal/],
    },
    {
      name: 'preserve_external_request_id',
      options: { useRemoteAddress: true, preserveExternalRequestId: true },
      fields: 'x-request-id: mine\r\n',
      want: [/^x-request-id: mine$/m],
      not: [],
    },
    {
      name: 'no generate_request_id',
      options: { generateRequestId: false },
      fields: '',
      want: [],
      not: [/x-request-id/],
    },
    {
      name: 'headers_with_underscores_action: DROP_HEADER',
      options: { underscores: 'drop' },
      fields: 'x_a: 1\r\nx-b: 2\r\n',
      want: [/^x-b: 2$/m],
      not: [/x_a/],
    },
    {
      name: 'suppress_envoy_headers',
      options: { suppressEnvoyHeaders: true },
      fields: '',
      want: [],
      not: [/x-envoy-/],
    },
  ];
  for (const { name, options, fields, want, not } of heads) {
    it(`${name}`, async () => {
      const { loop, origin } = await start({ options });
      await exchange(loop.port, `GET /a HTTP/1.1\r\nHost: h\r\n${fields}\r\n`);
      const head = origin.seen[0]?.head ?? '';
      for (const pattern of want) assert.match(head, pattern);
      for (const pattern of not) assert.doesNotMatch(head, pattern);
    });
  }

  it('path_with_escaped_slashes_action: UNESCAPE_AND_REDIRECT', async () => {
    const { loop, origin } = await start({ options: { escapedSlashes: 'redirect', normalizePath: true } });
    const response = await exchange(loop.port, 'GET /a%2F..%2Fb HTTP/1.1\r\nHost: h\r\n\r\n');
    assert.deepEqual([response?.status, response?.headers[0]], [307, ['location', '/b']]);
    assert.equal(origin.accepted(), 0);
  });

  it('max_requests_per_connection', async () => {
    const { loop } = await start({ options: { requestsPerConnectionMax: 2 } });
    const client = new RawClient(loop.port);
    client.send(GET + GET + GET);
    await client.response();
    assert.deepEqual((await client.response())?.headers.at(-1), ['connection', 'close']);
    await until(() => client.closed);
    assert.equal(client.received.length, 0);
  });

  it('server_header_transformation: PASS_THROUGH', async () => {
    const say = ({ socket }: SeenRequest) =>
      void socket.write('HTTP/1.1 200 OK\r\nServer: apache\r\nContent-Length: 0\r\n\r\n');
    const { loop } = await start({ options: { serverHeader: 'pass-through' } }, say);
    assert.deepEqual((await exchange(loop.port, GET))?.headers[0], ['server', 'apache']);
  });

  for (const [serverHeader, want] of [
    ['overwrite', 'jotgate'],
    ['append-if-absent', 'mine'],
    ['pass-through', 'mine'],
  ] as const) {
    it(`server_header_transformation of a reply of the gate’s own: ${serverHeader}, and one date`, async () => {
      const decodeHeaders = (): FilterResult => ({
        ...DENIED,
        headers: [
          ['server', 'mine'],
          ['date', 'today'],
        ],
      });
      const { loop } = await start({ options: { serverHeader }, filters: [{ decodeHeaders }] });
      const fields = (await exchange(loop.port, GET))?.headers ?? [];
      const said = fields.filter(([name]) => name === 'server' || name === 'date').sort();
      assert.deepEqual(said, [
        ['date', 'today'],
        ['server', want],
      ]);
    });
  }
});

describe('on its way out a reply of the gate’s own', () => {
  it('names no server where the configuration passes an upstream’s through', async () => {
    const options = { serverHeader: 'pass-through' } as const;
    const { loop } = await start({ options, filters: [{ decodeHeaders: () => DENIED }] });
    const names = (await exchange(loop.port, GET))?.headers.map(([name]) => name);
    assert.equal(names?.includes('server'), false);
  });

  it('says nothing of the connection, whatever filters add', async () => {
    const names = ['connection', 'upgrade', 'proxy-connection'];
    const encodeHeaders = (_: FilterStream, { headers }: ResponseHead) => {
      for (const name of names) headers.add(name, 'x');
    };
    const { loop } = await start({ filters: [{ decodeHeaders: () => DENIED, encodeHeaders }] });
    const sent = (await exchange(loop.port, GET))?.headers.map(([name]) => name) ?? [];
    assert.deepEqual(
      sent.filter((name) => names.includes(name)),
      [],
    );
  });

  it('is no gRPC reply for a type that a filter gave the request', async () => {
    const decodeHeaders = ({ request }: FilterStream) => {
      request.headers.add('content-type', 'application/grpc');
      return DENIED;
    };
    const { loop } = await start({ filters: [{ decodeHeaders }] });
    assert.equal((await exchange(loop.port, GET))?.status, 403);
  });
});
