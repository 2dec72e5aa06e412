import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonValue } from '@bufbuild/protobuf';
import { createTokenSigner, EXPIRES_LATE } from '../../../../test/e2e/token-signer.ts';
import { compileFilter, goodFilter } from '../../../../test/fixtures/compile-filter.ts';
import { NOW_MS, play, TestStream } from '../../../../test/fixtures/filter-stream.ts';
import { keySetOf, rawToken, testJwk } from '../../../../test/fixtures/raw-token.ts';
import { type Step, TreeRecorder } from '../../../base/index.ts';
import { findIllegalField } from '../../http/render-request.ts';
import type { HttpFilter, JwksFetcher, JwksRequest } from '../filter.ts';
import { jwtAuthnFactory } from './factory.ts';

const signer = createTokenSigner('ES256');
const stranger = createTokenSigner('ES256');
const good = signer.sign({ iss: 'i', sub: 'alice', exp: EXPIRES_LATE });
const bad = stranger.sign({ iss: 'i', exp: EXPIRES_LATE });

const bearer = (token: string) => ['authorization', `Bearer ${token}`] as const;
const local = { issuer: 'i', local_jwks: { inline_string: signer.jwks } };
const remote = {
  issuer: 'i',
  remote_jwks: { http_uri: { uri: 'https://h/k', cluster: 'c', timeout: '1s' } },
};
const requireP = { match: { prefix: '/' }, requires: { provider_name: 'p' } };

function filterOf(
  provider: JsonValue,
  more: Record<string, JsonValue> = {},
  jwks: JwksFetcher | null = null,
) {
  return goodFilter(jwtAuthnFactory, { providers: { p: provider }, rules: [requireP], ...more }, jwks);
}

/** A key server that answers when the test says so. */
class Server implements JwksFetcher {
  readonly requests: JwksRequest[] = [];
  #answers: ((text: string | null) => void)[] = [];

  fetch(request: JwksRequest): Promise<string | null> {
    this.requests.push(request);
    return new Promise((resolve) => this.#answers.push(resolve));
  }

  answer(text: string | null): void {
    for (const resolve of this.#answers.splice(0)) resolve(text);
  }
}

describe('jwt_authn on one request', () => {
  it('lets a good token pass without waiting, takes it out and says who it is', async () => {
    const { filter, counters } = filterOf({
      ...local,
      forward_payload_header: 'x-p',
      claim_to_headers: [{ header_name: 'x-s', claim_name: 'sub' }],
    });
    const { reply, stream, waited } = await play(filter, { headers: [bearer(good)] });
    assert.equal(reply, undefined);
    assert.equal(waited, false);
    assert.deepEqual(stream.request.headers.names, ['x-p', 'x-s']);
    assert.deepEqual(stream.request.headers.values, [good.split('.')[1], 'alice']);
    assert.deepEqual(counters(), {
      'jwt_authn.allowed': 1,
      'jwt_authn.jwt_cache_miss': 1,
      'jwt_authn.memo_miss': 1,
    });
  });

  it('refuses with Envoy’s status, body, challenge and details', async () => {
    const { filter, counters } = filterOf(local);
    const { reply } = await play(filter, { path: '/a?b', headers: [bearer(bad)] });
    assert.deepEqual(reply, {
      status: 401,
      body: 'Jwt verification fails',
      headers: [['www-authenticate', 'Bearer realm="http://host.test/a?b", error="invalid_token"']],
      details: 'jwt_authn_access_denied{Jwt_verification_fails}',
    });
    assert.equal(counters()['jwt_authn.denied'], 1);
  });

  it('names in its challenge the path as it was before a token was taken out of it', async () => {
    const { filter } = filterOf({ ...local, from_params: ['t'], from_headers: [{ name: 'x-t' }] });
    const path = `/a?t=${good}`;
    const { reply } = await play(filter, { path, headers: [['x-t', bad]] });
    assert.equal(reply?.headers[0]?.[1], `Bearer realm="http://host.test${path}", error="invalid_token"`);
  });

  it('removes what clients must not set, whatever rule matches or none', async () => {
    const outputs = {
      forward_payload_header: 'X-P',
      claim_to_headers: [{ header_name: 'X-C', claim_name: 'c' }],
    };
    const rules = [{ match: { path: '/open' } }, { match: { path: '/empty' }, requires: {} }];
    const { filter } = filterOf({ ...local, ...outputs }, { rules, bypass_cors_preflight: true });
    const preflight = [
      ['origin', 'o'],
      ['access-control-request-method', 'GET'],
    ] as const;
    for (const [method, path, more] of [
      ['GET', '/open', []],
      ['GET', '/empty', []],
      ['GET', '/none', []],
      ['OPTIONS', '/', preflight],
    ] as const) {
      const { stream } = await play(filter, {
        method,
        path,
        headers: [['x-p', 'forged'], ['x-c', '1'], ['x-c', '2'], ...more],
      });
      assert.deepEqual(
        stream.request.headers.names,
        more.map(([name]) => name),
        path,
      );
    }
  });

  it('leaves a claim that cannot be a header value to the router, which finds it whenever it comes', async () => {
    const { filter } = filterOf({ ...local, claim_to_headers: [{ header_name: 'x-c', claim_name: 'c' }] });
    const token = signer.sign({ iss: 'i', c: 'a\r\nx-admin: 1' });
    for (let round = 0; round < 2; round++) {
      const { reply, stream } = await play(filter, { headers: [bearer(token)] });
      assert.equal(reply, undefined);
      assert.equal(findIllegalField(stream.request, '/'), 'invalid header value for: x-c');
    }
  });

  it('chooses the route again only if asked, and only if there is something new to choose by', async () => {
    const claim = { claim_to_headers: [{ header_name: 'x-s', claim_name: 'sub' }] };
    const table: [JsonValue, number][] = [
      [claim, 0],
      [{ ...claim, clear_route_cache: true }, 1],
      [{ clear_route_cache: true, payload_in_metadata: 'p' }, 1],
      [{ clear_route_cache: true, header_in_metadata: 'h', forward_payload_header: 'x-p' }, 0],
      [{ clear_route_cache: true, claim_to_headers: [{ header_name: 'x-n', claim_name: 'none' }] }, 0],
    ];
    for (const [more, want] of table) {
      const { filter } = filterOf({ ...local, ...(more as object) });
      const { stream } = await play(filter, { headers: [bearer(good)] });
      assert.equal(stream.routeChoices, want, JSON.stringify(more));
    }
  });

  it('writes metadata: payload over header, failures with number and text', async () => {
    const { filter } = filterOf({
      ...local,
      payload_in_metadata: 'm',
      header_in_metadata: 'm',
      failed_status_in_metadata: 'f',
    });
    const passed = await play(filter, { headers: [bearer(good)] });
    assert.deepEqual(passed.stream.metadataOf('envoy.filters.http.jwt_authn'), {
      m: { iss: 'i', sub: 'alice', exp: EXPIRES_LATE },
    });
    const refused = await play(filter, { headers: [bearer(bad)] });
    assert.deepEqual(refused.stream.metadataOf('envoy.filters.http.jwt_authn'), {
      f: { code: 26, message: 'Jwt verification fails' },
    });
    const missing = await play(filter);
    assert.deepEqual(missing.stream.metadataOf('envoy.filters.http.jwt_authn'), {
      f: { code: 1, message: 'Jwt is missing' },
    });
  });

  it('with several providers says nothing of a missing token', async () => {
    const provider = { ...local, failed_status_in_metadata: 'f' };
    const { filter } = filterOf(provider, { providers: { p: provider, q: provider } });
    const { stream } = await play(filter);
    assert.equal(stream.metadataIfAny, null);
  });

  it('lays the failure of a token without a provider on the provider of the token before', async () => {
    const providers = {
      p: { ...local, from_headers: [{ name: 'x-p' }], failed_status_in_metadata: 'f' },
      q: { ...local, issuer: 'q', from_headers: [{ name: 'x-a' }] },
    };
    const rules = [{ match: { prefix: '/' }, requires: { allow_missing_or_failed: {} } }];
    const { filter } = filterOf({}, { providers, rules });
    const failed = async (headers: [string, string][]) =>
      (await play(filter, { headers })).stream.metadataOf('envoy.filters.http.jwt_authn')['f'];
    assert.deepEqual(
      await failed([
        ['x-a', 'x'],
        ['x-p', good],
      ]),
      {
        code: 4,
        message: 'Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections',
      },
    );
    assert.equal(await failed([['x-a', 'x']]), undefined);
    assert.equal(await failed([['x-p', good]]), undefined);
  });

  it('splits listed claims at blanks for metadata, and only there', async () => {
    const { filter } = filterOf({
      ...local,
      payload_in_metadata: 'm',
      forward_payload_header: 'x-p',
      normalize_payload_in_metadata: { space_delimited_claims: ['scope', 'blank', 'none'] },
    });
    const token = signer.sign({ iss: 'i', scope: ' read  write', blank: '  ' });
    const { stream } = await play(filter, { headers: [bearer(token)] });
    assert.deepEqual(stream.metadataOf('envoy.filters.http.jwt_authn'), {
      m: { iss: 'i', scope: ['read', 'write'], blank: '  ' },
    });
    assert.equal(stream.request.headers.get('x-p'), token.split('.')[1]);
  });
});

const notesOf = (step: Step): string[] => [...step.notes, ...step.steps.flatMap(notesOf)];

describe('what a provider may ask of a token beside its signature', () => {
  const now = Math.floor(NOW_MS / 1000);
  const table: {
    name: string;
    provider: Record<string, JsonValue>;
    claims: Record<string, JsonValue>;
    want: string | undefined;
    note: RegExp;
  }[] = [
    {
      name: 'a subject',
      provider: { subjects: { suffix: '@a.test' } },
      claims: { sub: 'x@a.test' },
      want: undefined,
      note: /sub = "x@a.test", wants suffix "@a.test"/,
    },
    {
      name: 'another subject',
      provider: { subjects: { suffix: '@a.test' } },
      claims: { sub: 'x@b.test' },
      want: 'Jwt verification fails',
      note: /sub = "x@b.test"/,
    },
    {
      name: 'a subject beyond ASCII',
      provider: { subjects: { safe_regex: { regex: '..' } } },
      claims: { sub: 'é' },
      want: undefined,
      note: /sub = "é"/,
    },
    {
      name: 'an expiry',
      provider: { require_expiration: true },
      claims: { exp: now + 5 },
      want: undefined,
      note: /5 s left, an expiry is required/,
    },
    {
      name: 'an expiry that is missing',
      provider: { require_expiration: true },
      claims: {},
      want: 'Jwt verification fails',
      note: /no exp, an expiry is required/,
    },
    {
      name: 'a short life',
      provider: { max_lifetime: '60s' },
      claims: { exp: now + 59 },
      want: undefined,
      note: /59 s left, wants less than 60 s/,
    },
    {
      name: 'a life too long',
      provider: { max_lifetime: '60s' },
      claims: { exp: now + 60 },
      want: 'Jwt verification fails',
      note: /60 s left/,
    },
    {
      name: 'an audience',
      provider: { audiences: ['https://x/'] },
      claims: { aud: ['y', 'http://x'] },
      want: undefined,
      note: /aud = "y", "http:\/\/x", wants "x"/,
    },
    {
      name: 'a start',
      provider: {},
      claims: { nbf: now + 61 },
      want: 'Jwt not yet valid',
      note: /nbf 2026-01-01T00:01:01Z \(in 1m1s\)/,
    },
    {
      name: 'an end',
      provider: {},
      claims: { exp: now - 61 },
      want: 'Jwt is expired',
      note: /exp 2025-12-31T23:58:59Z \(1m1s ago\), 60 s of skew/,
    },
    {
      name: 'an issuer',
      provider: { issuer: 'j' },
      claims: {},
      want: 'Jwt issuer is not configured',
      note: /iss = "i", wants "j"/,
    },
    {
      name: 'no issuer at all',
      provider: { issuer: '' },
      claims: {},
      want: undefined,
      note: /iss = "i", any issuer will do/,
    },
  ];
  for (const { name, provider, claims, want, note } of table) {
    it(name, async () => {
      const { filter } = filterOf({ ...local, ...provider });
      const headers = [bearer(signer.sign({ iss: 'i', ...claims }))];
      const recorder = new TreeRecorder();
      for (const given of [null, null, recorder]) {
        assert.equal((await play(filter, { headers, recorder: given })).reply?.body, want);
      }
      assert.match(notesOf(recorder.root).join('\n'), note);
    });
  }

  it('the form comes first', async () => {
    const { filter } = filterOf(local);
    const recorder = new TreeRecorder();
    const { reply } = await play(filter, { headers: [bearer('a.b')], recorder });
    assert.match(reply?.body ?? '', /^Jwt is not in the form/);
    const checks = recorder.root.steps.at(-1)?.steps.at(-1)?.steps;
    assert.deepEqual(
      checks?.map(({ text }) => text),
      ['form'],
    );
  });
});

describe('a remembered signature changes nothing but the cost', () => {
  it('is counted, and all outputs are the same', async () => {
    const provider = {
      ...local,
      forward_payload_header: 'x-p',
      payload_in_metadata: 'm',
      jwt_cache_config: {},
    };
    const { filter, counters } = filterOf(provider);
    const [one, two] = [
      await play(filter, { headers: [bearer(good)] }),
      await play(filter, { headers: [bearer(good)] }),
    ];
    assert.deepEqual(two.stream.request.headers.values, one.stream.request.headers.values);
    assert.deepEqual(two.stream.metadataIfAny, one.stream.metadataIfAny);
    assert.equal(counters()['jwt_authn.memo_hit'], 1);
    assert.equal(counters()['jwt_authn.jwt_cache_hit'], 1);
  });

  it('does not outlive the token’s time', async () => {
    const { filter, clock } = filterOf(local);
    const now = Math.floor(clock.now() / 1000);
    const token = signer.sign({ iss: 'i', exp: now });
    for (let i = 0; i < 2; i++) {
      assert.equal((await play(filter, { headers: [bearer(token)], clock })).reply, undefined);
    }
    clock.advance(60_999);
    assert.equal((await play(filter, { headers: [bearer(token)], clock })).reply, undefined);
    clock.advance(1);
    assert.equal((await play(filter, { headers: [bearer(token)], clock })).reply?.body, 'Jwt is expired');
  });

  it('does not lend itself to a rule that wants another audience', async () => {
    const { filter } = filterOf(
      { ...local, jwt_cache_config: {} },
      {
        rules: [
          {
            match: { path: '/narrow' },
            requires: { provider_and_audiences: { provider_name: 'p', audiences: ['x'] } },
          },
          requireP,
        ],
      },
    );
    assert.equal((await play(filter, { headers: [bearer(good)] })).reply, undefined);
    assert.equal((await play(filter, { path: '/narrow', headers: [bearer(good)] })).reply?.status, 403);
  });

  it('dies when the key server stops publishing its key', async () => {
    const server = new Server();
    const { filter, clock, counters } = filterOf(remote, {}, server);
    const first = play(filter, { headers: [bearer(good)], clock });
    server.answer(signer.jwks);
    assert.equal((await first).reply, undefined);
    for (let i = 0; i < 2; i++) {
      assert.equal((await play(filter, { headers: [bearer(good)], clock })).reply, undefined);
    }
    assert.equal(counters()['jwt_authn.memo_hit'], 1);
    clock.advance(600_000);
    const late = play(filter, { headers: [bearer(good)], clock });
    server.answer(stranger.jwks);
    assert.equal((await late).reply?.body, 'Jwt verification fails');
    assert.equal(
      (await play(filter, { headers: [bearer(good)], clock })).reply?.body,
      'Jwt verification fails',
    );
  });

  it('is not looked up before the keys are known to be fresh', async () => {
    const server = new Server();
    const { filter, clock } = filterOf(remote, {}, server);
    const first = play(filter, { headers: [bearer(good)], clock });
    server.answer(signer.jwks);
    await first;
    await play(filter, { headers: [bearer(good)], clock });
    clock.advance(600_000);
    const late = play(filter, { headers: [bearer(good)], clock });
    server.answer(null);
    assert.equal((await late).reply?.body, 'Jwks remote fetch is failed');
  });

  it('failed signatures are not remembered as anything', async () => {
    const { filter, counters } = filterOf(local);
    for (let i = 0; i < 3; i++) await play(filter, { headers: [bearer(bad)] });
    assert.equal(counters()['jwt_authn.memo_hit'], undefined);
  });
});

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
      },
    ]);
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

describe('what a jwt_authn configuration cannot have', () => {
  const table: { name: string; config: JsonValue; want: RegExp }[] = [
    {
      name: 'an unknown provider',
      config: { rules: [requireP] },
      want: /Required provider \['p'\] is not configured\./,
    },
    {
      name: 'an unknown requirement',
      config: {
        requirement_map: { b: {}, a: {} },
        rules: [{ match: { prefix: '/' }, requirement_name: 'x' }],
      },
      want: /Wrong requirement_name: x\. It should be one of \[a,b\]/,
    },
    {
      name: 'bad local keys',
      config: { providers: { p: { local_jwks: { inline_string: '{}' } } } },
      want: /invalid local jwks: Jwks does not have \[keys\] field/,
    },
    {
      name: 'a provider without keys',
      config: { providers: { p: {} } },
      want: /one of `remote_jwks`, `local_jwks`/,
    },
    {
      name: 'an unknown provider in filter_state_rules',
      config: { filter_state_rules: { name: 'x', requires: { a: { provider_name: 'p' } } } },
      want: /Required provider \['p'\] is not configured\./,
    },
    {
      name: 'tokens in pseudo-headers',
      config: { providers: { p: { ...local, from_headers: [{ name: ':path' }] } } },
      want: /`:path`/,
    },
    {
      name: 'a payload header that frames messages',
      config: { providers: { p: { ...local, forward_payload_header: 'Content-Length' } } },
      want: /`content-length`/,
    },
    {
      name: 'a claim header that is no name',
      config: { providers: { p: { ...local, claim_to_headers: [{ header_name: 'a b', claim_name: 'c' }] } } },
      want: /`a b`/,
    },
    {
      name: 'a bad regex',
      config: { rules: [{ match: { safe_regex: { regex: '[' } } }] },
      want: /missing \]: \[/,
    },
  ];
  for (const { name, config, want } of table) {
    it(name, () => {
      const { filter, findings } = compileFilter(jwtAuthnFactory, config);
      assert.equal(filter, null);
      assert.match(findings.list.map(({ message }) => message).join('\n'), want);
    });
  }

  it('filter_state_rules ask for nothing where no filter sets any, and say so', async () => {
    const { filter, findings } = compileFilter(jwtAuthnFactory, {
      providers: { p: local },
      filter_state_rules: { name: 'x', requires: { a: { provider_name: 'p' } } },
    });
    assert.match(findings.list[0]?.message ?? '', /no filter sets the filter state `x`/);
    assert.equal((await play(filter as HttpFilter)).reply, undefined);
  });

  it('conditions that Envoy ignores in rules are warned of', () => {
    const { filter, findings } = compileFilter(jwtAuthnFactory, {
      rules: [{ match: { prefix: '/', grpc: {} } }],
    });
    assert.ok(filter);
    assert.deepEqual(
      findings.list.map(({ severity, code }) => [severity, code]),
      [['warning', 'W301']],
    );
  });

  it('an empty local key set loads, and every token fails for want of keys', async () => {
    const { filter } = filterOf({ issuer: 'i', local_jwks: { inline_string: '' } });
    const { reply } = await play(filter, { headers: [bearer(good)] });
    assert.equal(reply?.body, "Jwks doesn't have any valid public key");
  });
});
