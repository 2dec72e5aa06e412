import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { play } from '../../../../test/fixtures/filter-stream.ts';
import {
  bad,
  bearer,
  filterOf,
  good,
  local,
  remote,
  requireP,
  Server,
  signer,
  stranger,
} from '../../../../test/fixtures/jwt-authn-filter.ts';

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
