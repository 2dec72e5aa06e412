import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { closeFixtures, refresh, startFixture } from './issuer-fixture.ts';

after(closeFixtures);

const TOKEN_PATH = '/realms/funnel/protocol/openid-connect/token';

/** A repeatable row of numbers from 0 to 2^32 (xorshift). */
function* numbers(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield state >>> 0;
  }
}

/**
 * Sends bytes as they are and gives back what came until the other side closed.
 * @param leaves the client closes its side at once, and so gives up the answer.
 */
function exchange(port: number, bytes: Buffer | string, leaves = false): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => resolve(text));
    socket.on('close', () => resolve(text));
    socket.write(bytes);
    if (leaves) socket.end();
  });
}

const post = (body: string, more = '') =>
  `POST ${TOKEN_PATH} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/x-www-form-urlencoded\r\n${more}content-length: ${Buffer.byteLength(body, 'latin1')}\r\n\r\n${body}`;

describe('whatever a client sends', () => {
  let fixture: Awaited<ReturnType<typeof startFixture>>;
  before(async () => {
    fixture = await startFixture();
  });

  const CASES: { name: string; bytes: string; leaves?: true; want: RegExp }[] = [
    {
      name: 'no HTTP at all',
      bytes: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n',
      want: /^HTTP\/1\.1 400 /,
    },
    {
      name: 'a head that is too long',
      bytes: `GET / HTTP/1.1\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`,
      want: /^HTTP\/1\.1 (?:400|431) /,
    },
    { name: 'a body that is too long', bytes: post(`a=${'x'.repeat(70_000)}`), want: /^HTTP\/1\.1 413 / },
    { name: 'two lengths', bytes: post('a=b', 'content-length: 9\r\n'), want: /^HTTP\/1\.1 400 / },
    {
      name: 'length and chunks',
      bytes: post('a=b', 'transfer-encoding: chunked\r\n'),
      want: /^HTTP\/1\.1 400 /,
    },
    {
      name: 'ten thousand fields',
      bytes: post(Array.from({ length: 6000 }, (_, i) => `f${i}=1`).join('&')),
      want: /^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*Missing form parameter/,
    },
    {
      name: 'a path of slashes',
      bytes: `GET ${'/'.repeat(8000)} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
      want: /^HTTP\/1\.1 400 /,
    },
    {
      name: 'an absolute target',
      bytes: 'GET http://evil/realms/funnel HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
      want: /^HTTP\/1\.1 400 /,
    },
    { name: 'CONNECT', bytes: 'CONNECT evil:443 HTTP/1.1\r\nhost: evil\r\n\r\n', want: /^$/ },
    { name: 'nothing, and then it leaves', bytes: '', leaves: true, want: /^$/ },
    {
      name: 'half a body, and then it leaves',
      bytes: post('a=b').slice(0, -1),
      leaves: true,
      want: /^(?:HTTP\/1\.1 400 [\s\S]*)?$/,
    },
  ];
  for (const { name, bytes, leaves, want } of CASES) {
    it(`${name}: it is refused and the next client served`, async () => {
      assert.match(await exchange(fixture.running.port, bytes, leaves), want);
      assert.equal((await fixture.login()).status, 200);
    });
  }

  it('forms of random bytes are refused with 4xx, and the next client is served', async () => {
    const random = numbers(20260731);
    for (let round = 0; round < 200; round++) {
      const length = random.next().value % 200;
      const noise = Buffer.from(Array.from({ length }, () => random.next().value & 0xff));
      // Every tenth gets as far as a password check, which takes its time.
      const start = round % 10 === 0 ? 'grant_type=password&client_id=service&username=' : '';
      const body = start + noise.toString('latin1');
      assert.match(
        await exchange(fixture.running.port, Buffer.from(post(body), 'latin1')),
        /^HTTP\/1\.1 4\d\d /,
      );
    }
    assert.equal((await fixture.login()).status, 200);
  });

  it('a refresh token with any one character changed is refused', async () => {
    const token = (await fixture.login()).body['refresh_token'] ?? '';
    const random = numbers(7);
    for (let round = 0; round < 200; round++) {
      const at = random.next().value % token.length;
      const next = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=.+/ '[
        random.next().value % 69
      ] as string;
      if (next === token[at]) continue;
      const bent = token.slice(0, at) + next + token.slice(at + 1);
      const { status, body } = await fixture.token(refresh(bent));
      assert.deepEqual([status, body['error']], [400, 'invalid_grant'], `character ${at} made \`${next}\``);
    }
    assert.equal((await fixture.token(refresh(token))).status, 200);
  });
});
