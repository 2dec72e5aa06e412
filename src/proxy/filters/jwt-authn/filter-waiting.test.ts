import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EXPIRES_LATE } from '../../../../test/e2e/token-signer.ts';
import { goodFilter } from '../../../../test/fixtures/compile-filter.ts';
import { play, TestStream } from '../../../../test/fixtures/filter-stream.ts';
import {
  bad,
  bearer,
  filterOf,
  good,
  local,
  remote,
  Server,
  signer,
  stranger,
} from '../../../../test/fixtures/jwt-authn-filter.ts';
import { keySetOf, rawToken, testJwk } from '../../../../test/fixtures/raw-token.ts';
import { type Step, TreeRecorder } from '../../../base/index.ts';
import type { JwksFetcher } from '../filter.ts';
import { jwtAuthnFactory } from './factory.ts';

describe('waiting for keys', () => {
  it('refuses without a fetch what needs no key to be refused', async () => {
    const server = new Server();
    const { filter } = filterOf({ ...remote, audiences: ['x'] }, {}, server);
    for (const token of ['a.b', signer.sign({ iss: 'j' }), signer.sign({ iss: 'i', exp: 1 }), good]) {
      assert.equal((await play(filter, { headers: [bearer(token)] })).waited, false);
    }
    assert.equal(server.requests.length, 0);
  });

  it('asks as the provider says', async () => {
    const server = new Server();
    const retry = { num_retries: 2, retry_back_off: { base_interval: '0.1s' } };
    const { filter } = filterOf(
      { issuer: 'i', remote_jwks: { ...remote.remote_jwks, retry_policy: retry } },
      {},
      server,
    );
    const played = play(filter, { headers: [bearer(good)] });
    server.answer(signer.jwks);
    await played;
    assert.deepEqual(server.requests, [
      {
        provider: 'p',
        uri: 'https://h/k',
        cluster: 'c',
        timeoutMs: 1000,
        retries: 2,
        backOffMs: { base: 100, max: 1000 },
        tryTimeoutMs: 1000,
      },
    ]);
  });

  it('limits a try by the longest back-off, where there is but one too, and not without a policy', async () => {
    const limits: unknown[] = [];
    for (const policy of [{ num_retries: 0, retry_back_off: { base_interval: '0.01s' } }, {}, undefined]) {
      const server = new Server();
      const retry = policy === undefined ? {} : { retry_policy: policy };
      const { filter } = filterOf(
        { issuer: 'i', remote_jwks: { ...remote.remote_jwks, ...retry } },
        {},
        server,
      );
      const played = play(filter, { headers: [bearer(good)] });
      server.answer(signer.jwks);
      await played;
      limits.push(server.requests.map(({ retries, tryTimeoutMs }) => [retries, tryTimeoutMs]));
    }
    assert.deepEqual(limits, [[[0, 100]], [[1, 10_000]], [[0, undefined]]]);
  });

  it('asks for every request where keys are kept for less than a second, however little less', async () => {
    const server = new Server();
    const remoteJwks = { ...remote.remote_jwks, cache_duration: '0.999999999s' };
    const { filter } = filterOf({ issuer: 'i', remote_jwks: remoteJwks }, {}, server);
    for (const asked of [1, 2]) {
      const played = play(filter, { headers: [bearer(good)] });
      server.answer(signer.jwks);
      await played;
      assert.equal(server.requests.length, asked);
    }
  });

  it('asks each provider’s own address, for the tokens of one request too', async () => {
    const documents: Record<string, string> = { 'https://h/a': signer.jwks, 'https://h/b': stranger.jwks };
    const server: JwksFetcher = { fetch: async ({ uri }) => documents[uri] ?? null };
    const provider = (name: string, issuer: string) => ({
      issuer,
      remote_jwks: { http_uri: { uri: `https://h/${name}`, cluster: 'c', timeout: '1s' } },
      from_headers: [{ name: `x-${name}` }],
      forward_payload_header: `payload-${name}`,
    });
    const { filter } = goodFilter(
      jwtAuthnFactory,
      {
        providers: { a: provider('a', 'i'), b: provider('b', 'j') },
        rules: [{ match: { prefix: '/' }, requires: { allow_missing_or_failed: {} } }],
      },
      server,
    );
    const payloadsWith = async (tokenOfB: string) => {
      const { stream } = await play(filter, {
        headers: [
          ['x-a', good],
          ['x-b', tokenOfB],
        ],
      });
      return ['payload-a', 'payload-b'].map((name) => stream.request.headers.has(name));
    };
    assert.deepEqual(await payloadsWith(stranger.sign({ iss: 'j', exp: EXPIRES_LATE })), [true, true]);
    assert.deepEqual(await payloadsWith(signer.sign({ iss: 'j', exp: EXPIRES_LATE })), [true, false]);
  });

  it('leaves an exchange alone that has ended meanwhile', async () => {
    const server = new Server();
    const { filter, counters } = filterOf({ ...remote, forward_payload_header: 'x-p' }, {}, server);
    const stream = new TestStream({ headers: [bearer(good)] });
    const result = filter.decodeHeaders(stream);
    stream.closed = true;
    server.answer(signer.jwks);
    assert.equal(await result, undefined);
    assert.deepEqual(stream.request.headers.names, ['authorization']);
    assert.equal(counters()['jwt_authn.allowed'], undefined);
  });

  it('two members that wait for one fetch: only the first that is right has its effect', async () => {
    const server = new Server();
    const both = (name: string) => ({ ...remote, forward_payload_header: name, forward: true });
    const { filter } = goodFilter(
      jwtAuthnFactory,
      {
        providers: { a: both('x-a'), b: both('x-b') },
        rules: [
          {
            match: { prefix: '/' },
            requires: { requires_any: { requirements: [{ provider_name: 'a' }, { provider_name: 'b' }] } },
          },
        ],
      },
      server,
    );
    const played = play(filter, { headers: [bearer(good)] });
    server.answer(signer.jwks);
    const { reply, stream } = await played;
    assert.equal(reply, undefined);
    assert.deepEqual(stream.request.headers.names, ['authorization', 'x-a']);
  });

  it('a member with keys at hand wins over one that waits, which then has no effect', async () => {
    const server = new Server();
    const { filter } = goodFilter(
      jwtAuthnFactory,
      {
        providers: {
          slow: { ...remote, forward_payload_header: 'x-slow', forward: true },
          quick: { ...local, forward_payload_header: 'x-quick', forward: true },
        },
        rules: [
          {
            match: { prefix: '/' },
            requires: {
              requires_any: { requirements: [{ provider_name: 'slow' }, { provider_name: 'quick' }] },
            },
          },
        ],
      },
      server,
    );
    const { stream, waited } = await play(filter, { headers: [bearer(good)] });
    assert.equal(waited, false);
    server.answer(signer.jwks);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    assert.deepEqual(stream.request.headers.names, ['authorization', 'x-quick']);
  });

  it('keys from a cluster that is not there are missing at once: no other member goes ahead meanwhile', async () => {
    const server: JwksFetcher = { fetch: async () => null, knowsCluster: () => false };
    const says = { failed_status_in_metadata: 'failed', forward: true };
    const provider = (name: string) => ({ provider_name: name });
    const any = { requires_any: { requirements: [provider('gone'), provider('quick')] } };
    const all = { requires_all: { requirements: [provider('gone'), any] } };
    const { filter } = goodFilter(
      jwtAuthnFactory,
      {
        providers: {
          gone: { ...remote, ...says },
          quick: { ...local, ...says, payload_in_metadata: 'payload' },
        },
        rules: [
          { match: { path: '/any' }, requires: any },
          { match: { path: '/all' }, requires: all },
        ],
      },
      server,
    );
    // As Envoy 1.40 answers and records, asked over a listener.
    for (const [path, status, written] of [
      ['/any', undefined, ['failed', 'payload']],
      ['/all', 401, ['failed']],
    ] as const) {
      const { reply, stream } = await play(filter, { path, headers: [bearer(good)] });
      const metadata = stream.metadata.get('envoy.filters.http.jwt_authn');
      assert.deepEqual([reply?.status, [...(metadata?.keys() ?? [])]], [status, written]);
    }
  });

  it('extract only that still waits when its group has its answer reports nothing any more', async () => {
    const server = new Server();
    const at = (issuer: string, name: string) => ({ ...remote, issuer, from_headers: [{ name }] });
    const member = (name: string) => ({ provider_name: name });
    const group = {
      requires_any: { requirements: [{ extract_only_without_validation: {} }, member('quick')] },
    };
    const { filter } = goodFilter(
      jwtAuthnFactory,
      {
        providers: { quick: local, slow: at('s', 'x-slow'), last: at('l', 'x-last') },
        rules: [
          { match: { prefix: '/' }, requires: { requires_all: { requirements: [group, member('last')] } } },
        ],
      },
      server,
    );
    const played = play(filter, {
      headers: [
        bearer(good),
        ['x-slow', stranger.sign({ iss: 's', exp: EXPIRES_LATE })],
        ['x-last', signer.sign({ iss: 'l', exp: EXPIRES_LATE })],
      ],
    });
    server.answer(signer.jwks);
    const { reply, stream } = await played;
    assert.equal(reply, undefined);
    assert.deepEqual(stream.request.headers.names, ['x-slow']);
  });

  it('several tokens whose keys cannot be had are all forwarded where failed ones may pass, and name nobody', async () => {
    const server = new Server();
    const { filter } = filterOf(
      { ...remote, from_headers: [{ name: 'a' }, { name: 'b' }], forward_payload_header: 'x-p' },
      { rules: [{ match: { prefix: '/' }, requires: { allow_missing_or_failed: {} } }] },
      server,
    );
    const headers = [
      ['a', good],
      ['b', good],
      ['b', bad],
    ] as const;
    const played = play(filter, { headers });
    for (let token = 0; token < headers.length; token++) {
      server.answer(null);
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    }
    const { reply, stream } = await played;
    assert.equal(reply, undefined);
    assert.deepEqual(stream.request.headers.names, ['a', 'b', 'b']);
    assert.equal(server.requests.length, headers.length);
  });

  it('all of two: a failure is not held up by a member that waits', async () => {
    const server = new Server();
    const { filter } = goodFilter(
      jwtAuthnFactory,
      {
        providers: { slow: remote, quick: { ...local, from_headers: [{ name: 'x-q' }] } },
        rules: [
          {
            match: { prefix: '/' },
            requires: {
              requires_all: { requirements: [{ provider_name: 'slow' }, { provider_name: 'quick' }] },
            },
          },
        ],
      },
      server,
    );
    const { reply, waited } = await play(filter, { headers: [bearer(good)] });
    assert.equal(waited, false);
    assert.equal(reply?.body, 'Jwt is missing');
  });

  it('all of two that wait: both must be right', async () => {
    for (const [keys, want] of [
      [signer.jwks, undefined],
      [stranger.jwks, 'Jwt verification fails'],
    ] as const) {
      const server = new Server();
      const from = (name: string) => ({ ...remote, from_headers: [{ name }] });
      const { filter } = goodFilter(
        jwtAuthnFactory,
        {
          providers: { a: from('x-a'), b: from('x-b') },
          rules: [
            {
              match: { prefix: '/' },
              requires: { requires_all: { requirements: [{ provider_name: 'a' }, { provider_name: 'b' }] } },
            },
          ],
        },
        server,
      );
      const played = play(filter, {
        headers: [
          ['x-a', good],
          ['x-b', good],
        ],
      });
      server.answer(keys);
      assert.equal((await played).reply?.body, want);
    }
  });

  it('any of two that wait and fail: the last real error in list order', async () => {
    const server = new Server();
    const { filter } = goodFilter(
      jwtAuthnFactory,
      {
        providers: { a: remote, b: { ...remote, from_headers: [{ name: 'x-b' }] } },
        rules: [
          {
            match: { prefix: '/' },
            requires: { requires_any: { requirements: [{ provider_name: 'a' }, { provider_name: 'b' }] } },
          },
        ],
      },
      server,
    );
    const played = play(filter, { headers: [bearer(good)] });
    server.answer(null);
    assert.equal((await played).reply?.body, 'Jwks remote fetch is failed');
  });

  it('fetches ahead what async_fetch asks for, and everything when told to', async () => {
    const server: JwksFetcher = { fetch: async () => signer.jwks };
    const background = { issuer: 'i', remote_jwks: { ...remote.remote_jwks, async_fetch: {} } };
    const { filter, counters } = goodFilter(
      jwtAuthnFactory,
      { providers: { a: remote, b: background } },
      server,
    );
    await filter.prepare?.('configured');
    assert.equal(counters()['jwt_authn.jwks_fetch_success'], 1);
    await filter.prepare?.('all');
    assert.equal(counters()['jwt_authn.jwks_fetch_success'], 2);
  });

  it('keys that take long are tried in turns, off the request’s first run', async () => {
    const p521 = { issuer: 'i', local_jwks: { inline_string: JSON.stringify({ keys: [testJwk('ES512')] }) } };
    const { filter } = filterOf(p521);
    assert.equal(keySetOf(testJwk('ES512')).keys[0]?.slow, true);
    const { reply, waited } = await play(filter, {
      headers: [bearer(rawToken({ alg: 'ES512' }, { iss: 'i' }, 'ES512'))],
    });
    assert.equal(reply, undefined);
    assert.equal(waited, true);
  });
});

describe('without a way to the keys', () => {
  it('nobody is admitted on the data path', async () => {
    const { filter } = filterOf(remote);
    const { reply } = await play(filter, { headers: [bearer(good)] });
    assert.equal(reply?.body, 'Jwks remote fetch is failed');
  });

  it('a recorded request goes on, and the step says that nothing was checked', async () => {
    const { filter } = filterOf(remote);
    const recorder = new TreeRecorder();
    const { reply } = await play(filter, { headers: [bearer(bad)], recorder });
    assert.equal(reply, undefined);
    const steps = (step: Step): Step[] => [step, ...step.steps.flatMap(steps)];
    const unknown = steps(recorder.root).filter(({ verdict }) => verdict === 'unknown');
    assert.deepEqual(
      unknown.map(({ text, reason }) => `${text}: ${reason}`),
      ['signature: not checked: no keys'],
    );
  });
});
