import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { findFreePort } from './gate-process.ts';
import { type PlainGateOptions, startPlainGate, statOf } from './plain-gate.ts';
import { exchange, RawClient } from './raw-exchange.ts';
import { answerOk, type RawOrigin, type SeenRequest, startRawOrigin } from './raw-origin.ts';

type Running = Awaited<ReturnType<typeof startPlainGate>>;

/** What the origin says, by the path asked for. */
const answers = new Map<string, (request: SeenRequest) => void>();
let origin: RawOrigin;
let gate: Running;

before(async () => {
  origin = await startRawOrigin((request) => {
    const path = request.head.split(' ')[1] ?? '';
    (answers.get(path) ?? answerOk)(request);
  });
  gate = await startPlainGate({ originPort: origin.port });
});

after(async () => {
  await gate.close();
  await origin.close();
});

const say = (text: string) => (request: SeenRequest) => void request.socket.write(text);
const sayAndClose = (text: string) => (request: SeenRequest) => void request.socket.end(text);
const get = (path: string, ...fields: string[]) =>
  `GET ${path} HTTP/1.1\r\nHost: h\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`;
const lastHead = () => origin.seen.at(-1)?.head.split('\n') ?? [];

/** Resolves when the condition holds: it is looked at whenever the loop has turned. */
async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 20_000; turn++) {
    if (condition()) return;
    await new Promise((resolve) => setImmediate(resolve));
    if (turn > 1000) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert.fail('the condition never held');
}

describe('a gate without filters', () => {
  it('sends the origin what Envoy sends, in its order', async () => {
    const response = await exchange(
      gate.port,
      get('/a?b', 'X-A: 1', 'User-Agent: t', 'x-envoy-max-retries: 9'),
    );
    assert.equal(response?.status, 200);
    const head = lastHead().map((line) => line.replace(/[0-9a-f-]{36}/, 'UUID'));
    assert.deepEqual(head, [
      'GET /a?b HTTP/1.1',
      'host: h',
      'x-a: 1',
      'user-agent: t',
      'x-forwarded-proto: http',
      'x-request-id: UUID',
      'x-envoy-expected-rq-timeout-ms: 15000',
    ]);
  });

  it('sends the client what Envoy sends, in its order', async () => {
    answers.set(
      '/named',
      say('HTTP/1.1 200 Fine\r\nServer: x\r\nX-B: 1\r\nKeep-Alive: 5\r\nContent-Length: 2\r\n\r\nok'),
    );
    const response = await exchange(gate.port, get('/named'));
    assert.equal(response?.reason, 'OK');
    assert.deepEqual(
      response?.headers.map(([name]) => name),
      ['server', 'x-b', 'content-length', 'x-envoy-upstream-service-time', 'date'],
    );
  });

  it('answers directly, also to HEAD, without a body to 204 and 304', async () => {
    const client = new RawClient(gate.port);
    client.send('GET /direct HTTP/1.1\r\nHost: h\r\n\r\n');
    const full = await client.response();
    assert.deepEqual(
      [full?.body, full?.headers.map(([name]) => name)],
      ['hello', ['content-length', 'content-type', 'date', 'server']],
    );
    client.send('HEAD /direct HTTP/1.1\r\nHost: h\r\n\r\n');
    assert.equal((await client.response('HEAD'))?.headers[0]?.[1], '5');
    for (const status of [204, 304]) {
      client.send(`GET /direct${status} HTTP/1.1\r\nHost: h\r\n\r\n`);
      const bare = await client.response();
      assert.deepEqual([bare?.status, bare?.body], [status, '']);
      assert.ok(!bare?.headers.some(([name]) => name === 'content-length'));
    }
    client.send('GET /direct HTTP/1.1\r\nHost: h\r\n\r\n');
    assert.equal((await client.response())?.status, 200);
    client.close();
  });

  it('serves one request after another on a connection, and uses one upstream connection for them', async () => {
    const client = new RawClient(gate.port);
    const connections = statOf(gate, 'cluster.origin.upstream_cx_total') ?? 0;
    for (let round = 0; round < 5; round++) {
      client.send(get(`/round${round}`));
      assert.equal((await client.response())?.body, 'ok');
    }
    assert.ok((statOf(gate, 'cluster.origin.upstream_cx_total') ?? 0) <= connections + 1);
    client.close();
  });

  it('answers pipelined requests in their order', async () => {
    const client = new RawClient(gate.port);
    answers.set('/slow', (request) =>
      setImmediate(() => say('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow')(request)),
    );
    client.send(get('/slow') + get('/direct') + get('/x') + get('/direct'));
    const bodies: (string | undefined)[] = [];
    for (let round = 0; round < 4; round++) bodies.push((await client.response())?.body);
    assert.deepEqual(bodies, ['slow', 'hello', 'ok', 'hello']);
    client.close();
  });

  it('answers ten thousand pipelined requests', async () => {
    const client = new RawClient(gate.port);
    client.send(get('/direct').repeat(10_000));
    for (let round = 0; round < 10_000; round++) assert.equal((await client.response())?.body, 'hello');
    client.close();
  });

  it('closes where the client asks for it, after the answer', async () => {
    const client = new RawClient(gate.port);
    client.send(get('/x', 'Connection: close'));
    const response = await client.response();
    assert.deepEqual(response?.headers.at(-1), ['connection', 'close']);
    await until(() => client.closed);
  });
});

describe('bodies', () => {
  it('pass with their length', async () => {
    answers.set('/length', (request) => request.whenWhole(() => answerOk(request)));
    const client = new RawClient(gate.port);
    client.send('POST /length HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n');
    client.send('hello');
    assert.equal((await client.response())?.status, 200);
    assert.equal(origin.seen.at(-1)?.body, 'hello');
    client.close();
  });

  it('in chunks are taken apart and put into chunks of our own', async () => {
    answers.set('/chunks', (request) => request.whenWhole(() => answerOk(request)));
    const response = await exchange(
      gate.port,
      'POST /chunks HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: CHUNKED\r\n\r\n0005;x=y\r\nhello\r\n0\r\n\r\n',
    );
    assert.equal(response?.status, 200);
    assert.equal(lastHead().at(-1), 'transfer-encoding: chunked');
    assert.equal(origin.seen.at(-1)?.body, '5\r\nhello\r\n0\r\n\r\n');
  });

  const responses: { name: string; said: string; close?: boolean; want: string; chunked: boolean }[] = [
    {
      name: 'with a length',
      said: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
      want: 'hello',
      chunked: false,
    },
    {
      name: 'in chunks with trailers',
      said: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nhel\r\n2\r\nlo\r\n0\r\nx: y\r\n\r\n',
      want: 'hello',
      chunked: true,
    },
    {
      name: 'that end with the connection',
      said: 'HTTP/1.1 200 OK\r\n\r\nhello',
      close: true,
      want: 'hello',
      chunked: true,
    },
    {
      name: 'of an HTTP/1.0 origin',
      said: 'HTTP/1.0 200 OK\r\n\r\nhello',
      close: true,
      want: 'hello',
      chunked: true,
    },
    {
      name: 'after interim responses',
      said: 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
      want: 'hello',
      chunked: false,
    },
    {
      name: 'with bytes too many',
      said: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\n\r\n',
      want: 'hello',
      chunked: false,
    },
  ];
  for (const [index, { name, said, close, want, chunked }] of responses.entries()) {
    it(`of responses ${name} pass, and the connection is of use after them`, async () => {
      answers.set(`/body${index}`, close ? sayAndClose(said) : say(said));
      const client = new RawClient(gate.port);
      client.send(get(`/body${index}`));
      const response = await client.response();
      assert.equal(response?.body, want);
      assert.equal(
        response?.headers.some(([key]) => key === 'transfer-encoding'),
        chunked,
      );
      client.send(get('/x'));
      assert.equal((await client.response())?.body, 'ok');
      client.close();
    });
  }

  it('are not looked for after HEAD, 204 and 304', async () => {
    answers.set('/head', say('HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n'));
    answers.set('/204', say('HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n'));
    answers.set('/304', say('HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n'));
    const client = new RawClient(gate.port);
    client.send('HEAD /head HTTP/1.1\r\nHost: h\r\n\r\n');
    assert.deepEqual((await client.response('HEAD'))?.headers[0], ['content-length', '500']);
    client.send(get('/204'));
    assert.equal(
      (await client.response())?.headers.some(([key]) => key === 'content-length'),
      false,
    );
    client.send(get('/304'));
    assert.deepEqual((await client.response())?.headers[0], ['content-length', '500']);
    client.close();
  });

  it('of 64 MB pass whole, and the origin is held back while the client does not read', async () => {
    const total = 64 * 1024 * 1024;
    const piece = Buffer.alloc(256 * 1024, 'x');
    let written = 0;
    let blocked = false;
    answers.set('/big', ({ socket }) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${total}\r\n\r\n`);
      const more = () => {
        while (written < total) {
          written += piece.length;
          if (!socket.write(piece)) {
            blocked = true;
            socket.once('drain', more);
            return;
          }
        }
      };
      more();
    });
    const socket = connect(gate.port, '127.0.0.1');
    let received = 0;
    socket.pause();
    socket.write(get('/big'));
    await until(() => blocked);
    let last = -1;
    await until(() => {
      const still = last === written;
      last = written;
      return still && blocked;
    });
    assert.ok(written < total / 2, `${written} bytes were taken from the origin while nobody read`);
    socket.on('data', (bytes) => (received += bytes.length));
    socket.resume();
    await until(() => received > total);
    socket.destroy();
  });

  it('of 64 MB reach the origin whole, and the client is held back while the origin does not read', async () => {
    const total = 64 * 1024 * 1024;
    let reached = 0;
    let source: SeenRequest['socket'] | undefined;
    answers.set('/upload', ({ socket }) => {
      socket.removeAllListeners('data');
      socket.pause();
      source = socket;
      socket.on('data', (bytes) => {
        reached += bytes.length;
        if (reached >= total)
          socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok');
      });
      socket.pause();
    });
    const socket = connect(gate.port, '127.0.0.1');
    let answer = '';
    socket.on('data', (bytes) => (answer += bytes.toString('latin1')));
    socket.write(`POST /upload HTTP/1.1\r\nHost: h\r\nContent-Length: ${total}\r\n\r\n`);
    await until(() => source !== undefined);
    const piece = Buffer.alloc(1024 * 1024, 'y');
    for (let sent = 0; sent < total; sent += piece.length) socket.write(piece);
    let last = -1;
    await until(() => {
      const still = last === socket.bytesWritten - socket.writableLength && last > 0;
      last = socket.bytesWritten - socket.writableLength;
      return still;
    });
    assert.ok(last < total / 2, `${last} bytes were taken while the origin did not read`);
    source?.resume();
    await until(() => answer.includes('200 OK'));
    assert.equal(reached, total);
    socket.destroy();
  });
});

describe('an upstream that fails', () => {
  const failures: { name: string; answer: (request: SeenRequest) => void; status: number; body: RegExp }[] = [
    {
      name: 'before a response',
      answer: ({ socket }) => socket.destroy(),
      status: 503,
      body: /connection termination$/,
    },
    {
      name: 'inside the head',
      answer: sayAndClose('HTTP/1.1 200 OK\r\nConte'),
      status: 502,
      body: /protocol error$/,
    },
    { name: 'with garbage', answer: say('garbage\r\n\r\n'), status: 502, body: /protocol error$/ },
    {
      name: 'with two lengths',
      answer: say('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx'),
      status: 502,
      body: /protocol error$/,
    },
    {
      name: 'with an upgrade nobody asked for',
      answer: say('HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n'),
      status: 502,
      body: /protocol error$/,
    },
    {
      name: 'with interim responses without end',
      answer: say('HTTP/1.1 100 Continue\r\n\r\n'.repeat(50)),
      status: 502,
      body: /protocol error$/,
    },
  ];
  for (const [index, { name, answer, status, body }] of failures.entries()) {
    it(`${name} is ${status}, and the next request is served`, async () => {
      answers.set(`/fail${index}`, answer);
      const client = new RawClient(gate.port);
      client.send(get(`/fail${index}`));
      const response = await client.response();
      assert.equal(response?.status, status);
      assert.match(response?.body ?? '', body);
      client.send(get('/x'));
      assert.equal((await client.response())?.body, 'ok');
      client.close();
    });
  }

  const cuts: { name: string; answer: (request: SeenRequest) => void }[] = [
    {
      name: 'inside a body with a length',
      answer: sayAndClose('HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf'),
    },
    {
      name: 'inside a chunked body',
      answer: sayAndClose('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe'),
    },
    {
      name: 'with a broken chunk',
      answer: say('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n'),
    },
  ];
  for (const [index, { name, answer }] of cuts.entries()) {
    it(`${name} cuts the client's connection, so that half is not taken for whole`, async () => {
      answers.set(`/cut${index}`, answer);
      const client = new RawClient(gate.port);
      client.send(get(`/cut${index}`));
      assert.equal(await client.response(), null);
      assert.equal(client.closed, true);
    });
  }

  it('by not being there is 503', async () => {
    const other = await startPlainGate({ originPort: await findFreePort() });
    const response = await exchange(other.port, get('/'));
    assert.equal(response?.status, 503);
    assert.match(response?.body ?? '', /reset reason: remote connection failure$/);
    assert.equal(statOf(other, 'cluster.origin.upstream_cx_connect_fail'), 1);
    await other.close();
  });

  it('by speaking while nobody asks is not used again', async () => {
    const talkative = await startRawOrigin(answerOk);
    const other = await startPlainGate({ originPort: talkative.port });
    await exchange(other.port, get('/'));
    talkative.seen[0]?.socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstray');
    await until(() => talkative.open() === 0);
    assert.equal((await exchange(other.port, get('/')))?.body, 'ok');
    assert.equal(talkative.accepted(), 2);
    await other.close();
    await talkative.close();
  });
});

describe('a client that leaves', () => {
  it('takes its request with it', async () => {
    let gone = false;
    answers.set('/never', ({ socket }) => socket.on('close', () => (gone = true)));
    const client = new RawClient(gate.port);
    client.send(get('/never'));
    await until(() => origin.seen.at(-1)?.head.startsWith('GET /never') === true);
    client.close();
    await until(() => gone);
    assert.equal(statOf(gate, 'http.test.downstream_rq_active'), 0);
  });

  it('by halves has left', async () => {
    let gone = false;
    answers.set('/half', ({ socket }) => socket.on('close', () => (gone = true)));
    const socket = connect({ port: gate.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => undefined);
    socket.resume();
    socket.write(get('/half'));
    await until(() => origin.seen.at(-1)?.head.startsWith('GET /half') === true);
    socket.end();
    await until(() => gone);
    socket.destroy();
  });

  it('inside a body takes the upstream with it', async () => {
    let gone = false;
    answers.set('/body', ({ socket }) => socket.on('close', () => (gone = true)));
    const client = new RawClient(gate.port);
    client.send('POST /body HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf');
    await until(() => origin.seen.at(-1)?.head.startsWith('POST /body') === true);
    client.close();
    await until(() => gone);
  });
});

describe('a request body that is broken', () => {
  it('in its chunks is 400 and nothing more of it reaches the origin', async () => {
    answers.set('/broken', () => undefined);
    const client = new RawClient(gate.port);
    client.send('POST /broken HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n');
    await until(() => origin.seen.at(-1)?.body === '5\r\nhello\r\n');
    client.send('-1\r\nGET /smuggled HTTP/1.1\r\n\r\n');
    assert.equal((await client.response())?.status, 400);
    await until(() => client.closed);
    assert.equal(
      origin.seen.some(({ head }) => head.includes('smuggled')),
      false,
    );
  });

  it('by a trailer is refused by name', async () => {
    const response = await exchange(
      gate.port,
      'POST /t HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nx: y\r\n\r\n',
    );
    assert.deepEqual([response?.status, response?.body], [400, 'request trailers are not supported']);
  });

  it('answered before it ended closes the connection after the answer', async () => {
    answers.set('/early', answerOk);
    const client = new RawClient(gate.port);
    client.send('POST /early HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf');
    const response = await client.response();
    assert.deepEqual([response?.status, response?.headers.at(-1)], [200, ['connection', 'close']]);
    await until(() => client.closed);
  });
});

describe('time limits', () => {
  const withGate = async (
    options: Omit<PlainGateOptions, 'originPort'>,
    act: (gate: Running) => Promise<void>,
  ) => {
    const other = await startPlainGate({ originPort: origin.port, ...options });
    try {
      await act(other);
    } finally {
      await other.close();
    }
  };
  answers.set('/silent', () => undefined);

  it('a route that takes too long is 504', () =>
    withGate({ route: 'timeout: 0.2s' }, async ({ port }) => {
      const response = await exchange(port, get('/silent'));
      assert.deepEqual([response?.status, response?.body], [504, 'upstream request timeout']);
    }));

  it('a stream without a byte is 504', () =>
    withGate({ manager: 'stream_idle_timeout: 0.2s' }, async ({ port }) => {
      const response = await exchange(port, get('/silent'));
      assert.deepEqual([response?.status, response?.body], [504, 'stream timeout']);
    }));

  it('a head that does not come to its end is 408', () =>
    withGate({ manager: 'request_headers_timeout: 0.2s' }, async ({ port }) => {
      const response = await exchange(port, 'GET / HTTP/1.1\r\nHost: h\r\nx: ');
      assert.deepEqual([response?.status, response?.body], [408, 'request header timeout']);
    }));

  it('a connection that asks nothing is closed', () =>
    withGate({ manager: 'common_http_protocol_options: {idle_timeout: 0.2s}' }, async ({ port }) => {
      const client = new RawClient(port);
      await until(() => client.closed);
    }));
});

describe('a gate that drains', () => {
  it('lets what is in flight end, says that the connection closes, and takes nothing new', async () => {
    const own = await startRawOrigin((request) => {
      if (!request.head.startsWith('GET /held')) answerOk(request);
    });
    const other = await startPlainGate({ originPort: own.port });
    const idle = new RawClient(other.port);
    idle.send(get('/x'));
    await idle.response();
    const busy = new RawClient(other.port);
    busy.send(get('/held'));
    await until(() => own.seen.some(({ head }) => head.startsWith('GET /held')));
    const drained = other.drain();
    await until(() => idle.closed);
    own.seen.at(-1)?.socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    const response = await busy.response();
    assert.deepEqual([response?.body, response?.headers.at(-1)], ['ok', ['connection', 'close']]);
    await drained;
    assert.equal(await exchange(other.port, get('/x')), null);
    await own.close();
  });
});
