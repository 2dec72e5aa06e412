import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keySetOf, testJwk } from '../../../../test/fixtures/raw-token.ts';
import type { KeySet } from '../../../core/jwt/index.ts';
import { TokenMemo, type VerifiedToken } from './token-memo.ts';

const rsa = keySetOf(testJwk('RS256', { kid: 'a' }));

function verifiedBy(keySet: KeySet): VerifiedToken {
  return {
    claims: { iss: '', sub: '', aud: [], exp: 0, nbf: 0, iat: 0, jti: '' },
    outputs: { names: [], values: [], hasClaimHeader: false, payload: {}, header: {} },
    keySet,
    key: keySet.keys[0]!,
    algorithm: 'RS256',
  };
}

describe('a remembered signature', () => {
  const table = [
    { name: 'counts under the set that verified it', now: rsa, want: true },
    {
      name: 'counts under a new set with the same key',
      now: keySetOf(testJwk('ES256'), testJwk('RS256', { kid: 'a' })),
      want: true,
    },
    { name: 'dies with its key', now: keySetOf(testJwk('ES256')), want: false },
    {
      name: 'dies when its key gets another kid',
      now: keySetOf(testJwk('RS256', { kid: 'b' })),
      want: false,
    },
    {
      name: 'dies when its key gets an alg',
      now: keySetOf(testJwk('RS256', { kid: 'a', alg: 'RS512' })),
      want: false,
    },
    {
      name: 'is made anew when an Ed25519 key may end the search',
      now: keySetOf(testJwk('EdDSA'), testJwk('RS256', { kid: 'a' })),
      want: false,
    },
  ];
  for (const { name, now, want } of table) {
    it(name, () => {
      const memo = new TokenMemo(1 << 20, 'first');
      memo.remember('token', verifiedBy(rsa));
      assert.equal(memo.find('token', now) !== undefined, want);
    });
  }

  it('is kept from the second time on, unless the configuration asks for a cache', () => {
    const memo = new TokenMemo(1 << 20, 'second');
    memo.remember('token', verifiedBy(rsa));
    assert.equal(memo.find('token', rsa), undefined);
    memo.remember('token', verifiedBy(rsa));
    assert.ok(memo.find('token', rsa));
  });

  it('is found by the exact text alone', () => {
    const memo = new TokenMemo(1 << 20, 'first');
    memo.remember('token', verifiedBy(rsa));
    for (const text of ['toke', 'token ', 'Token', '']) assert.equal(memo.find(text, rsa), undefined);
  });

  it('is not that of another token with the same signature', () => {
    const memo = new TokenMemo(1 << 20, 'first');
    const [a, b] = ['one.signature', 'two.signature'];
    memo.remember(a, verifiedBy(rsa));
    assert.equal(memo.find(b, rsa), undefined);
    memo.remember(b, verifiedBy(rsa));
    assert.ok(memo.find(b, rsa));
    assert.equal(memo.find(a, rsa), undefined, 'of two with one mark the later has the place');
  });
});

describe('the memo is bounded in bytes', () => {
  it('forgets what was not asked for lately', () => {
    const memo = new TokenMemo(64 * 1024, 'first');
    memo.remember('kept', verifiedBy(rsa));
    for (let i = 0; i < 1000; i++) {
      memo.remember(`token ${i}`, verifiedBy(rsa));
      assert.ok(memo.find('kept', rsa), 'what is asked for stays');
    }
    const left = Array.from({ length: 1000 }, (_, i) => memo.find(`token ${i}`, rsa)).filter(
      (one) => one !== undefined,
    );
    assert.ok(left.length <= 64, `${left.length} of a kilobyte each are left`);
    assert.equal(memo.find('token 0', rsa), undefined);
  });

  it('does not take what is larger than its half', () => {
    const memo = new TokenMemo(4096, 'first');
    memo.remember('x'.repeat(5000), verifiedBy(rsa));
    assert.equal(memo.find('x'.repeat(5000), rsa), undefined);
  });
});
