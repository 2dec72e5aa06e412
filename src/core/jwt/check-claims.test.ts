import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  checkAudience,
  checkIssuer,
  checkLifetime,
  checkSubject,
  checkTime,
  normalizeAudience,
} from './check-claims.ts';
import { STATUS } from './status.ts';
import type { Claims } from './token.ts';

const claims = (given: Partial<Claims>): Claims => ({
  iss: '',
  sub: '',
  aud: [],
  exp: 0,
  nbf: 0,
  iat: 0,
  jti: '',
  ...given,
});

describe('time', () => {
  const cases = [
    { name: 'without times it is always in time', given: {}, nowMs: 5, want: STATUS.ok },
    { name: 'the last second with skew is in time', given: { exp: 1000 }, nowMs: 1_060_999, want: STATUS.ok },
    {
      name: 'a second later it is expired',
      given: { exp: 1000 },
      nowMs: 1_061_000,
      want: STATUS.jwtIsExpired,
    },
    { name: 'the first second with skew is in time', given: { nbf: 1000 }, nowMs: 940_000, want: STATUS.ok },
    {
      name: 'a millisecond earlier it is not yet valid',
      given: { nbf: 1000 },
      nowMs: 939_999,
      want: STATUS.jwtNotYetValid,
    },
    {
      name: 'not yet valid comes before expired',
      given: { nbf: 9e9, exp: 1 },
      nowMs: 1e9,
      want: STATUS.jwtNotYetValid,
    },
    { name: 'iat in the future does not matter', given: { iat: 9e9 }, nowMs: 0, want: STATUS.ok },
    { name: 'the largest exp is in time', given: { exp: 2 ** 64 - 2048 }, nowMs: 1e12, want: STATUS.ok },
  ];
  for (const { name, given, nowMs, want } of cases) {
    it(name, () => assert.equal(checkTime(claims(given), nowMs, 60), want));
  }
  it('exp and skew wrap round at 64 bits as in Envoy', () => {
    assert.equal(checkTime(claims({ exp: 2 ** 64 - 2048 }), 1e12, 5000), STATUS.jwtIsExpired);
  });
});

describe('issuer', () => {
  it('is compared exactly', () => {
    assert.equal(checkIssuer(claims({ iss: 'https://i' }), 'https://i'), STATUS.ok);
    for (const iss of ['', 'https://i/', 'HTTPS://I', 'https://i2', 'https:/']) {
      assert.equal(checkIssuer(claims({ iss }), 'https://i'), STATUS.jwtIssuerNotConfigured);
    }
  });
  it('configured empty takes any, and none', () => {
    assert.equal(checkIssuer(claims({ iss: 'x' }), ''), STATUS.ok);
    assert.equal(checkIssuer(claims({}), ''), STATUS.ok);
  });
});

describe('audience', () => {
  const normal: [given: string, want: string][] = [
    ['a', 'a'],
    ['https://a/', 'a'],
    ['http://a', 'a'],
    ['https://a//', 'a/'],
    ['https://http://a', 'http://a'],
    ['HTTPS://a', 'HTTPS://a'],
    ['http://', ''],
    ['https://', ''],
    ['/', ''],
    ['', ''],
    ['http:/', 'http:'],
  ];
  for (const [given, want] of normal) {
    it(`\`${given}\` counts as \`${want}\``, () => assert.equal(normalizeAudience(given), want));
  }
  const configured = new Set(['a', 'b']);
  it('any of the token is any of the configured', () => {
    assert.equal(checkAudience(claims({ aud: ['x', 'https://b/'] }), configured), STATUS.ok);
    assert.equal(checkAudience(claims({ aud: ['x', 'A', 'ab'] }), configured), STATUS.jwtAudienceNotAllowed);
    assert.equal(checkAudience(claims({ aud: [] }), configured), STATUS.jwtAudienceNotAllowed);
    assert.equal(checkAudience(claims({}), new Set()), STATUS.ok);
  });
});

describe('subject and lifetime', () => {
  it('the matcher sees the empty string where there is no sub', () => {
    assert.equal(
      checkSubject(claims({}), (sub) => sub === ''),
      STATUS.ok,
    );
    assert.equal(
      checkSubject(claims({ sub: 'a' }), (sub) => sub === 'b'),
      STATUS.jwtVerificationFails,
    );
    assert.equal(checkSubject(claims({ sub: 'a' }), null), STATUS.ok);
  });
  it('require_expiration wants an exp', () => {
    assert.equal(checkLifetime(claims({}), 0, false, null), STATUS.ok);
    assert.equal(checkLifetime(claims({}), 0, true, null), STATUS.jwtVerificationFails);
    assert.equal(checkLifetime(claims({ exp: 1 }), 0, true, null), STATUS.ok);
  });
  it('max_lifetime bounds what is left, strictly, and wants an exp', () => {
    assert.equal(checkLifetime(claims({ exp: 100 }), 40_001, false, 60_000), STATUS.ok);
    assert.equal(checkLifetime(claims({ exp: 100 }), 40_000, false, 60_000), STATUS.jwtVerificationFails);
    assert.equal(checkLifetime(claims({}), 40_000, false, 60_000), STATUS.jwtVerificationFails);
  });
});
