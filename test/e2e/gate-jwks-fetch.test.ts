import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { startGateOf } from '../fixtures/loaded-gate.ts';
import { exchange } from './raw-exchange.ts';
import { type RawOrigin, type SeenRequest, startRawOrigin } from './raw-origin.ts';
import { jwtGateWithRemoteKeys } from './remote-keys-config.ts';

/** A token that is well formed and names the issuer, so that keys are needed; no key verifies it. */
const TOKEN = [{ alg: 'RS256' }, { iss: 'https://issuer.test' }]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .concat('AAAA')
  .join('.');
const KEYS = JSON.stringify({ keys: [{ kty: 'oct', alg: 'HS256', k: 'QUFBQUJCQkJDQ0NDRERERA' }] });

let keyServer: RawOrigin;
let answer: (request: SeenRequest) => void;

before(async () => {
  keyServer = await startRawOrigin((request) => answer(request));
});
after(() => keyServer.close());

const reply = (status: number, body: string, ...fields: string[]) =>
  `${[`HTTP/1.1 ${status} X`, `Content-Length: ${body.length}`, ...fields].join('\r\n')}\r\n\r\n${body}`;

/** Asks once with the token; gives the reply's body and the fetches that the key server saw. */
async function ask(
  said: string | ((request: SeenRequest) => void),
  options: Partial<Parameters<typeof jwtGateWithRemoteKeys>[0]> = {},
): Promise<{ body: string | undefined; fetches: string[] }> {
  answer = typeof said === 'string' ? ({ socket }) => void socket.write(said) : said;
  keyServer.seen.length = 0;
  const text = jwtGateWithRemoteKeys({ keyPort: keyServer.port, ...options });
  const gate = await startGateOf(text);
  try {
    const request = `GET / HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`;
    const response = await exchange(gate.listeners[0]?.port ?? 0, request);
    return { body: response?.body, fetches: keyServer.seen.map(({ head }) => head) };
  } finally {
    await gate.close();
  }
}

const FAILED = 'Jwks remote fetch is failed';

describe('fetching a key set', () => {
  it('asks as Envoy does', async () => {
    const { body, fetches } = await ask(reply(200, KEYS));
    assert.notEqual(body, FAILED);
    const [line, ...fields] = (fetches[0] ?? '').split('\n');
    assert.equal(line, 'GET /keys?a=b HTTP/1.1');
    assert.deepEqual(
      fields.map((field) => field.replace(/: \d+\.\d+\.\d+\.\d+$/, ': ADDRESS')),
      [
        'host: keys.test',
        'user-agent: Go-browser',
        'x-envoy-internal: true',
        'x-forwarded-for: ADDRESS',
        'x-envoy-expected-rq-timeout-ms: 1000',
      ],
    );
  });

  const failures: { name: string; said: string | ((request: SeenRequest) => void) }[] = [
    { name: 'another status than 200', said: reply(201, KEYS) },
    { name: 'not found', said: reply(404, KEYS) },
    { name: 'a failure of the server', said: reply(500, KEYS) },
    { name: 'a page', said: reply(200, '<html>{"keys":[]}</html>') },
    { name: 'a redirect, which is not followed', said: reply(302, '', 'Location: /keys') },
    { name: 'an empty answer', said: reply(200, '') },
    {
      name: 'bytes that are not UTF-8',
      said: ({ socket }) => {
        const body = Buffer.from(KEYS.replace('{', '{"note":"\u00ff",'), 'latin1');
        socket.write(`HTTP/1.1 200 X\r\nContent-Length: ${body.length}\r\n\r\n`);
        socket.write(body);
      },
    },
    {
      name: 'a compressed answer',
      said: ({ socket }) => {
        const body = gzipSync(KEYS);
        socket.write(`HTTP/1.1 200 X\r\nContent-Length: ${body.length}\r\nContent-Encoding: gzip\r\n\r\n`);
        socket.write(body);
      },
    },
    {
      name: 'a cut answer',
      said: ({ socket }) => void socket.end('HTTP/1.1 200 X\r\nContent-Length: 500\r\n\r\n{'),
    },
    {
      name: 'an answer as long as its connection, which is reset',
      said: ({ socket }) => {
        socket.write(`HTTP/1.1 200 X\r\n\r\n${KEYS}`);
        setTimeout(() => socket.resetAndDestroy(), 20);
      },
    },
    {
      name: 'trailers longer than 8 KiB',
      said: ({ socket }) => {
        const body = `${KEYS.length.toString(16)}\r\n${KEYS}\r\n0\r\nx: ${'x'.repeat(9000)}\r\n\r\n`;
        socket.write(`HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n${body}`);
      },
    },
    { name: 'no answer', said: ({ socket }) => void socket.destroy() },
    { name: 'garbage', said: 'garbage\r\n\r\n' },
    {
      name: 'an answer without end',
      said: ({ socket }) => void socket.write(`HTTP/1.1 200 X\r\n\r\n${'x'.repeat(9 * 1024 * 1024)}`),
    },
  ];
  for (const { name, said } of failures) {
    it(`fails with ${name}`, async () => assert.equal((await ask(said)).body, FAILED));
  }

  it('reads an answer that only says it is compressed', async () => {
    assert.notEqual((await ask(reply(200, KEYS, 'Content-Encoding: gzip'))).body, FAILED);
  });

  it('fails when no answer comes in time', async () => {
    assert.equal((await ask(() => undefined, { timeout: '0.2s' })).body, FAILED);
  });

  it('fails when an answer drips on past its time', async () => {
    let drip: NodeJS.Timeout | undefined;
    const slowly = ({ socket }: SeenRequest) => {
      socket.on('error', () => undefined);
      socket.write(`HTTP/1.1 200 X\r\nContent-Length: ${KEYS.length}\r\n\r\n`);
      let sent = 0;
      drip = setInterval(() => socket.write(KEYS[sent++ % KEYS.length] as string), 20);
    };
    assert.equal((await ask(slowly, { timeout: '0.2s' })).body, FAILED);
    clearInterval(drip);
  });

  it('waits for an answer that is not there at once where its time is 0, and says no limit', async () => {
    const later = ({ socket }: SeenRequest) => void setTimeout(() => socket.write(reply(200, KEYS)), 50);
    const { body, fetches } = await ask(later, { timeout: '0s' });
    assert.notEqual(body, FAILED);
    assert.doesNotMatch(fetches[0] ?? '', /x-envoy-expected-rq-timeout-ms/);
  });

  it("says a try's limit where there is a retry policy, though all of them have none", async () => {
    const { body, fetches } = await ask(reply(200, KEYS), { timeout: '0s', remote: { retry_policy: {} } });
    assert.notEqual(body, FAILED);
    assert.match(fetches[0] ?? '', /x-envoy-expected-rq-timeout-ms: 10000/);
  });

  it('tries again after a 503 where there is a retry policy, and not after a 404', async () => {
    const retry_back_off = { base_interval: '0.01s', max_interval: '0.02s' };
    const retry = { retry_policy: { num_retries: 2, retry_back_off } };
    let count = 0;
    const third = (request: SeenRequest) =>
      void request.socket.write(++count < 3 ? reply(503, 'x') : reply(200, KEYS));
    const good = await ask(third, { remote: retry });
    assert.deepEqual([good.body !== FAILED, good.fetches.length], [true, 3]);
    const bad = await ask(reply(404, 'x'), { remote: retry });
    assert.deepEqual([bad.body, bad.fetches.length], [FAILED, 1]);
    const none = await ask(reply(503, 'x'));
    assert.deepEqual([none.body, none.fetches.length], [FAILED, 1]);
  });

  const retry_back_off = { base_interval: '0.001s', max_interval: '0.25s' };
  const remote = { retry_policy: { num_retries: 1, retry_back_off } };
  /** The first time so, then with keys. */
  const once = (first: (request: SeenRequest) => void) => {
    let count = 0;
    return (request: SeenRequest) => {
      request.socket.on('error', () => undefined);
      if (++count === 1) first(request);
      else request.socket.write(reply(200, KEYS));
    };
  };
  const begun = `HTTP/1.1 200 X\r\nContent-Length: ${KEYS.length}\r\n\r\n{`;
  const tries: { name: string; first: (request: SeenRequest) => void; want: number }[] = [
    { name: 'nothing and a closed connection', first: ({ socket }) => void socket.end(), want: 2 },
    { name: 'a head that is cut', first: ({ socket }) => void socket.end('HTTP/1.1 200 X\r\nCo'), want: 2 },
    { name: 'an answer that is cut', first: ({ socket }) => void socket.end(begun), want: 1 },
    { name: 'an answer that never ends', first: ({ socket }) => void socket.write(begun), want: 1 },
    {
      name: 'a failure whose body never ends',
      first: ({ socket }) => void socket.write('HTTP/1.1 500 X\r\nContent-Length: 9\r\n\r\n'),
      want: 2,
    },
    {
      name: 'a server that has too many to answer',
      first: ({ socket }) => void socket.write(reply(503, 'x', 'X-Envoy-RateLimited: true')),
      want: 1,
    },
    { name: 'a status beyond 599', first: ({ socket }) => void socket.write(reply(600, 'x')), want: 1 },
  ];
  for (const { name, first, want } of tries) {
    it(`${want === 1 ? 'does not try again' : 'tries again'} after ${name}, as Envoy`, async () => {
      const { body, fetches } = await ask(once(first), { timeout: '0.6s', remote });
      assert.deepEqual([body === FAILED, fetches.length], [want === 1, want]);
    });
  }

  it("waits longer than a try's limit for an answer that has begun", async () => {
    const slowly = ({ socket }: SeenRequest) => {
      socket.write(begun);
      setTimeout(() => socket.write(KEYS.slice(1)), 60);
    };
    const short = { ...retry_back_off, max_interval: '0.03s' };
    const policy = { retry_policy: { num_retries: 1, retry_back_off: short } };
    const { body, fetches } = await ask(slowly, { remote: policy });
    assert.deepEqual([body === FAILED, fetches.length], [false, 1]);
  });
});
