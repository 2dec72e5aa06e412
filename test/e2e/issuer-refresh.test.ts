import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { openSqliteStore } from '../../src/server/issuer/index.ts';
import { closeFixtures, refresh, startFixture } from './issuer-fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'jotgate-issuer-'));
after(async () => {
  await closeFixtures();
  rmSync(folder, { recursive: true });
});

const ROTATING = { revokeRefreshToken: true, refreshTokenMaxReuse: 0 };

const STORES = [
  { name: 'in memory', open: () => ({}) },
  { name: 'in a file', open: () => ({ store: openSqliteStore(join(folder, `${Math.random()}.db`)) }) },
];

for (const { name, open } of STORES) {
  describe(`refresh tokens that rotate, kept ${name}`, () => {
    it('50 refreshes at once with one token have exactly one successor, and the reuse ends the family', async () => {
      const fixture = await startFixture({ changes: ROTATING, ...open() });
      const { body } = await fixture.login();
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => fixture.token(refresh(body['refresh_token']))),
      );
      const won = answers.filter((answer) => answer.status === 200);
      assert.equal(won.length, 1);
      const texts = new Set(answers.filter((answer) => answer.status !== 200).map(({ text }) => text));
      const allowed = [
        '{"error":"invalid_grant","error_description":"Maximum allowed refresh token reuse exceeded"}',
        '{"error":"invalid_grant","error_description":"Session doesn\'t have required client"}',
      ];
      assert.deepEqual(
        [...texts].filter((text) => !allowed.includes(text)),
        [],
      );
      const later = await fixture.token(refresh(won[0]?.body['refresh_token']));
      assert.equal(later.body['error_description'], "Session doesn't have required client");
    });

    it('a token two generations old is stale in the very second in which it was used', async () => {
      const fixture = await startFixture({ changes: ROTATING, ...open() });
      const first = (await fixture.login()).body['refresh_token'];
      const second = (await fixture.token(refresh(first))).body['refresh_token'];
      const third = (await fixture.token(refresh(second))).body['refresh_token'];
      assert.equal((await fixture.token(refresh(first))).body['error_description'], 'Stale token');
      assert.equal((await fixture.token(refresh(third))).status, 400);
    });

    it('another session of the same user lives on', async () => {
      const fixture = await startFixture({ changes: ROTATING, ...open() });
      const other = (await fixture.login()).body['refresh_token'];
      const spent = (await fixture.login()).body['refresh_token'];
      await fixture.token(refresh(spent));
      assert.equal((await fixture.token(refresh(spent))).status, 400);
      assert.equal((await fixture.token(refresh(other))).status, 200);
    });

    it('refreshTokenMaxReuse allows so many uses more', async () => {
      const changes = { ...ROTATING, refreshTokenMaxReuse: 2 };
      const fixture = await startFixture({ changes, ...open() });
      const { body } = await fixture.login();
      const statuses: number[] = [];
      for (let use = 0; use < 4; use++) {
        statuses.push((await fixture.token(refresh(body['refresh_token']))).status);
      }
      assert.deepEqual(statuses, [200, 200, 200, 400]);
    });
  });
}

describe('refresh tokens', () => {
  it('slide the idle window, and end with the session at last', async () => {
    const fixture = await startFixture({
      changes: { ssoSessionIdleTimeout: 1800, ssoSessionMaxLifespan: 4000 },
    });
    let token = (await fixture.login()).body['refresh_token'];
    for (const want of [1800, 1000]) {
      fixture.clock.advance(1500_000);
      const { body } = await fixture.token(refresh(token));
      assert.equal(body['refresh_expires_in'], want);
      token = body['refresh_token'];
    }
    fixture.clock.advance(1000_000);
    assert.equal((await fixture.token(refresh(token))).body['error_description'], 'Token is not active');
  });

  it('are good for their client alone, and a wrong one does not spend them', async () => {
    const fixture = await startFixture({ changes: ROTATING });
    const token = (await fixture.login()).body['refresh_token'];
    const foreign = await fixture.token(refresh(token, { client_id: 'reader' }));
    assert.match(foreign.body['error_description'] ?? '', /Token client and authorized client don't match/);
    assert.equal((await fixture.token(refresh(token))).status, 200);
  });

  it('are refused when an invalid scope is asked for, and not spent', async () => {
    const fixture = await startFixture({ changes: ROTATING });
    const token = (await fixture.login()).body['refresh_token'];
    assert.equal((await fixture.token(refresh(token, { scope: 'nonsense' }))).body['error'], 'invalid_scope');
    assert.equal((await fixture.token(refresh(token))).status, 200);
  });
});

describe('the store in a file', () => {
  it('carries keys, sessions and used refresh tokens over a restart', async () => {
    const path = join(folder, 'restart.db');
    const options = { changes: ROTATING, baseUrl: 'https://id.example/auth' };
    const before = await startFixture({ ...options, store: openSqliteStore(path) });
    const spent = (await before.login()).body['refresh_token'];
    const spare = (await before.login()).body['refresh_token'];
    const live = (await before.token(refresh(spent))).body['refresh_token'];
    const keys = await (await before.get('/protocol/openid-connect/certs')).text();
    await before.close();

    const later = await startFixture({ ...options, store: openSqliteStore(path) });
    assert.equal(await (await later.get('/protocol/openid-connect/certs')).text(), keys);
    assert.equal((await later.token(refresh(spare))).status, 200);
    assert.equal((await later.token(refresh(live))).status, 200);
    assert.equal((await later.token(refresh(spent))).body['error_description'], 'Stale token');
  });

  it('carries a rotation of keys over a restart', async () => {
    const path = join(folder, 'keys.db');
    const before = await startFixture({ store: openSqliteStore(path) });
    const { kid } = await before.running.issuer.addKey('funnel');
    await before.running.issuer.activateKey('funnel', kid);
    const states = before.running.issuer.keys('funnel');
    await before.close();
    const later = await startFixture({ store: openSqliteStore(path) });
    const byKid = (a: { kid: string }, b: { kid: string }) => (a.kid < b.kid ? -1 : 1);
    assert.deepEqual(later.running.issuer.keys('funnel').toSorted(byKid), states.toSorted(byKid));
  });
});
