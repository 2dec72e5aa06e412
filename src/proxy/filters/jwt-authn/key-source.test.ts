import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createTokenSigner } from '../../../../test/e2e/token-signer.ts';
import { ManualClock, silentLogger } from '../../../base/index.ts';
import { nodeCrypto } from '../../../platform/index.ts';
import { Stats } from '../../stats.ts';
import type { JwksFetcher } from '../filter.ts';
import { RemoteKeys, type RemoteKeysOptions } from './key-source.ts';
import { createJwtAuthnStats } from './stats.ts';

const first = createTokenSigner('ES256').jwks;
const second = createTokenSigner('ES256').jwks;

/** A key server whose answers are let go one by one. */
class Server implements JwksFetcher {
  answer: string | null = first;
  fetches = 0;

  async fetch(): Promise<string | null> {
    this.fetches++;
    return this.answer;
  }
}

function keysOf(server: JwksFetcher | null, options: Partial<RemoteKeysOptions> = {}) {
  const clock = new ManualClock(1_000_000);
  const stats = new Stats();
  const keys = new RemoteKeys({
    request: {
      provider: 'p',
      uri: 'u',
      cluster: 'c',
      timeoutMs: 1,
      retries: 0,
      backOffMs: { base: 1, max: 1 },
    },
    cacheMs: 60_000,
    background: null,
    refetchesUnknownKid: true,
    logger: silentLogger,
    fetcher: server,
    clock,
    crypto: nodeCrypto,
    stats: createJwtAuthnStats(stats, ''),
    ...options,
  });
  const count = (name: string) => new Map(stats.read()).get(`jwt_authn.${name}`);
  return { keys, clock, count };
}

describe('keys on demand', () => {
  it('are fetched by the first who needs them, and once for all that wait', async () => {
    const server = new Server();
    const { keys, count } = keysOf(server);
    assert.equal(keys.current(), null);
    const all = await Promise.all([keys.fetch(), keys.fetch(), keys.fetch()]);
    assert.equal(server.fetches, 1);
    assert.ok(all.every((set) => set !== null && set === keys.current()));
    assert.equal(count('jwks_fetch_success'), 1);
  });

  it('expire, and are never used after that, even when the server is down', async () => {
    const server = new Server();
    const { keys, clock, count } = keysOf(server);
    await keys.fetch();
    clock.advance(59_999);
    assert.ok(keys.current());
    clock.advance(1);
    assert.equal(keys.current(), null);
    server.answer = null;
    assert.equal(await keys.fetch(), null);
    assert.equal(keys.current(), null);
    assert.equal(count('jwks_fetch_failed'), 1);
  });

  it('are asked for again by each request after a failure', async () => {
    const server = new Server();
    server.answer = null;
    const { keys } = keysOf(server);
    await keys.fetch();
    await keys.fetch();
    assert.equal(server.fetches, 2);
  });

  it('below a second of cache time are fetched for every request', async () => {
    const server = new Server();
    const { keys } = keysOf(server, { cacheMs: 0 });
    assert.ok(await keys.fetch());
    assert.equal(keys.current(), null);
  });

  for (const answer of ['', 'garbage', '{}', '{"keys":[]}', '[]']) {
    it(`\`${answer}\` is a failed fetch`, async () => {
      const server = new Server();
      server.answer = answer;
      const { keys, count } = keysOf(server);
      assert.equal(await keys.fetch(), null);
      assert.equal(count('jwks_fetch_failed'), 1);
    });
  }

  it('that come again unchanged are the same set', async () => {
    const server = new Server();
    const { keys, clock } = keysOf(server);
    const before = await keys.fetch();
    clock.advance(60_000);
    assert.equal(await keys.fetch(), before);
    server.answer = second;
    clock.advance(60_000);
    assert.notEqual(await keys.fetch(), before);
  });
});

describe('keys in the background', () => {
  const background = { awaited: true, failedRefetchMs: 1000 };

  it('are renewed by the request that finds them due, which does not wait', async () => {
    const server = new Server();
    const { keys, clock } = keysOf(server, { background });
    const before = await keys.fetch();
    clock.advance(54_999);
    assert.equal(keys.current(), before);
    assert.equal(server.fetches, 1);
    server.answer = second;
    clock.advance(1);
    assert.equal(keys.current(), before);
    assert.equal(server.fetches, 2);
    await keys.fetch();
    assert.notEqual(keys.current(), before);
  });

  it('stay in use while the server fails, and it is asked again after a while', async () => {
    const server = new Server();
    const { keys, clock } = keysOf(server, { background });
    const before = await keys.fetch();
    server.answer = null;
    clock.advance(55_000);
    assert.equal(keys.current(), before);
    await keys.fetch();
    const { fetches } = server;
    assert.equal(keys.current(), before);
    assert.equal(server.fetches, fetches);
    clock.advance(1000);
    assert.equal(keys.current(), before);
    assert.equal(server.fetches, fetches + 1);
  });

  it('are due when they were due, whatever became of a fetch for an unknown kid', async () => {
    const server = new Server();
    const { keys, clock } = keysOf(server, { background });
    const before = await keys.fetch();
    server.answer = null;
    clock.advance(10_000);
    assert.equal(await keys.refetch(), before);
    clock.advance(1000);
    assert.equal(keys.current(), before);
    assert.equal(server.fetches, 2);
    clock.advance(44_000);
    assert.equal(keys.current(), before);
    assert.equal(server.fetches, 3);
  });

  it('are waited for when they have been due for a second, for longer only while they are fetched', async () => {
    const server = new Server();
    const { keys, clock } = keysOf(server, { background: { awaited: true, failedRefetchMs: 3_600_000 } });
    const before = await keys.fetch();
    clock.advance(55_999);
    assert.equal(keys.current(), before);
    clock.advance(2000);
    assert.equal(keys.current(), before, 'in time, and not back yet');
    await keys.fetch();
    clock.advance(56_000);
    assert.equal(keys.current(), null);
  });

  it('are waited for when a fetch that failed has not been made again for five seconds', async () => {
    const server = new Server();
    const { keys, clock } = keysOf(server, { background });
    const before = await keys.fetch();
    server.answer = null;
    clock.advance(55_000);
    assert.equal(await keys.fetch(), before);
    clock.advance(5_999);
    assert.equal(keys.current(), before);
    await keys.fetch();
    clock.advance(6000);
    assert.equal(keys.current(), null);
  });

  it('that a request had to fetch expire, for the timer has not brought them', async () => {
    const server = new Server();
    server.answer = null;
    const { keys, clock } = keysOf(server, { background: { awaited: true, failedRefetchMs: 3_600_000 } });
    assert.equal(await keys.fetch(), null);
    server.answer = first;
    assert.ok(await keys.fetch());
    server.answer = null;
    clock.advance(59_999);
    assert.ok(keys.current());
    clock.advance(1);
    assert.equal(keys.current(), null);
    assert.equal(await keys.fetch(), null);
  });

  it('are waited for when nobody has asked for long', async () => {
    const server = new Server();
    const { keys, clock } = keysOf(server, { background });
    const before = await keys.fetch();
    clock.advance(60_000);
    assert.equal(keys.current(), null);
    server.answer = null;
    assert.equal(await keys.fetch(), before, 'the old ones, where the server fails');
  });
});

describe('keys without a way to them', () => {
  it('are not reachable, and fetching fails', async () => {
    const { keys } = keysOf(null);
    assert.equal(keys.reachable, false);
    assert.equal(await keys.fetch(), null);
    assert.equal(await keys.fetch(), null);
  });

  it('may be covered or not, provider by provider', () => {
    const fetcher = { fetch: async () => null, covers: (provider: string) => provider === 'q' };
    assert.equal(keysOf(fetcher).keys.reachable, false);
  });
});
