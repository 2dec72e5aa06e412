import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { goodFilter } from '../../../../test/fixtures/compile-filter.ts';
import { play } from '../../../../test/fixtures/filter-stream.ts';
import { rawToken, testJwk } from '../../../../test/fixtures/raw-token.ts';
import type { JsonObject } from '../../../core/jwt/index.ts';
import type { JwksFetcher } from '../filter.ts';
import { jwtAuthnFactory } from './factory.ts';

const NO_KEY = "Jwks doesn't have key to match kid or alg from Jwt";

/** A key server that counts. */
class Server implements JwksFetcher {
  keys: JsonObject[];
  fetches = 0;
  down = false;

  constructor(...keys: JsonObject[]) {
    this.keys = keys;
  }

  async fetch(): Promise<string | null> {
    this.fetches++;
    return this.down ? null : JSON.stringify({ keys: this.keys });
  }
}

const oldKey = testJwk('ES256', { kid: 'old' });
const newKey = testJwk('EdDSA', { kid: 'new' });
const oldToken = rawToken({ alg: 'ES256', kid: 'old' }, { iss: 'i' }, 'ES256');
const newToken = rawToken({ alg: 'EdDSA', kid: 'new' }, { iss: 'i' }, 'EdDSA');
const strange = (kid: string, payload: JsonObject = { iss: 'i' }, alg: string = 'ES256') =>
  rawToken({ alg, kid }, payload, 'ES256');

function setUp(server: Server, options = {}) {
  const compiled = goodFilter(
    jwtAuthnFactory,
    {
      providers: {
        p: {
          issuer: 'i',
          audiences: [],
          remote_jwks: {
            http_uri: { uri: 'https://h/k', cluster: 'c', timeout: '1s' },
            cache_duration: '3600s',
          },
        },
      },
      rules: [{ match: { prefix: '/' }, requires: { provider_name: 'p' } }],
    },
    server,
    options,
  );
  const { clock } = compiled;
  const ask = async (token: string) => {
    const { reply, waited } = await play(compiled.filter, {
      clock,
      headers: [['authorization', `Bearer ${token}`]],
    });
    return { body: reply?.body, waited };
  };
  return { ...compiled, ask };
}

describe('when the issuer changes its keys', () => {
  it('a token of a new key has the keys fetched again, and passes', async () => {
    const server = new Server(oldKey);
    const { ask } = setUp(server);
    assert.equal((await ask(oldToken)).body, undefined);
    server.keys = [oldKey, newKey];
    assert.equal((await ask(newToken)).body, undefined);
    assert.equal((await ask(oldToken)).body, undefined);
    assert.equal(server.fetches, 2);
  });

  it('a remembered token of a key that is gone is refused from the next fetch on', async () => {
    const server = new Server(oldKey);
    const { ask, counters } = setUp(server);
    for (let i = 0; i < 3; i++) await ask(oldToken);
    assert.equal(counters()['jwt_authn.memo_hit'], 1);
    server.keys = [newKey];
    assert.equal((await ask(newToken)).body, undefined);
    assert.equal((await ask(oldToken)).body, NO_KEY);
  });

  it('the keys at hand stay in use when that fetch fails', async () => {
    const server = new Server(oldKey);
    const { ask } = setUp(server);
    await ask(oldToken);
    server.down = true;
    assert.equal((await ask(newToken)).body, NO_KEY);
    assert.equal((await ask(oldToken)).body, undefined);
  });

  it('ten thousand made-up kids get one fetch per cooldown, and a good token between them never waits', async () => {
    const server = new Server(oldKey);
    const { ask, clock } = setUp(server);
    await ask(oldToken);
    for (let period = 1; period <= 2; period++) {
      const flood = Array.from({ length: 5000 }, (_, index) =>
        ask(strange(`k${period}-${index % 50}-${index}`)),
      );
      assert.deepEqual(await ask(oldToken), { body: undefined, waited: false });
      const answers = await Promise.all(flood);
      assert.ok(answers.every(({ body }) => body === NO_KEY));
      assert.equal(answers.filter(({ waited }) => waited).length, 100);
      assert.equal(server.fetches, 1 + period);
      clock.advance(30_000);
    }
  });

  const idle: { name: string; token: string; want: string }[] = [
    { name: 'of another issuer', token: strange('x', { iss: 'o' }), want: 'Jwt issuer is not configured' },
    { name: 'that is expired', token: strange('x', { iss: 'i', exp: 1 }), want: 'Jwt is expired' },
    {
      name: 'of an algorithm that nobody has',
      token: strange('x', { iss: 'i' }, 'none'),
      want: 'Jwt header [alg] is not supported',
    },
    {
      name: 'without a kid',
      token: rawToken({ alg: 'RS256' }, { iss: 'i' }),
      want: 'Jwt verification fails',
    },
    {
      name: 'of a known kid and another algorithm',
      token: rawToken({ alg: 'RS256', kid: 'old' }, { iss: 'i' }),
      want: 'Jwt verification fails',
    },
    {
      name: 'of a known kid and a bad signature',
      token: `${oldToken.slice(0, -4)}AAAA`,
      want: 'Jwt verification fails',
    },
  ];
  for (const { name, token, want } of idle) {
    it(`a token ${name} has nothing fetched`, async () => {
      const server = new Server(oldKey);
      const { ask } = setUp(server);
      await ask(oldToken);
      assert.equal((await ask(token)).body, want);
      assert.equal(server.fetches, 1);
    });
  }

  it('nothing is fetched for a kid where Envoy is to be followed exactly', async () => {
    const server = new Server(oldKey);
    const { ask } = setUp(server, { envoyExact: true });
    await ask(oldToken);
    server.keys = [oldKey, newKey];
    assert.equal((await ask(newToken)).body, NO_KEY);
    assert.equal(server.fetches, 1);
  });

  it('a set that is too long is told to the log as that', async () => {
    const lines: unknown[] = [];
    const logger = { info() {}, error() {}, warn: (...line: unknown[]) => lines.push(line) };
    const server = new Server({ ...oldKey, pad: ' '.repeat(4 * 1024 * 1024) });
    const { ask } = setUp(server, { logger });
    assert.equal((await ask(oldToken)).body, 'Jwks remote fetch is failed');
    const reason = 'the key set is longer than 4194304 characters, the most that jotgate reads';
    assert.deepEqual(lines, [['no keys for provider `p`', { reason }]]);
  });

  it('bad keys among good ones are told to the log, and the good ones used', async () => {
    const lines: unknown[] = [];
    const logger = { info() {}, error() {}, warn: (...line: unknown[]) => lines.push(line) };
    const server = new Server({ kty: 'EC', kid: 'broken' }, oldKey);
    const { ask } = setUp(server, { logger });
    assert.equal((await ask(oldToken)).body, undefined);
    assert.deepEqual(lines, [
      [
        'a key of provider `p` is not as it should be',
        { reason: 'key 0 (kid `broken`) skipped: [x] field is missing for an EC key' },
      ],
    ]);
  });
});
