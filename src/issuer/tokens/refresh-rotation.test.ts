import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type RefreshFamily, startFamily, useRefreshToken } from './refresh-rotation.ts';

describe('a chain of rotating refresh tokens', () => {
  it('accepts the token that nobody used and puts its successor in place', () => {
    assert.deepEqual(useRefreshToken(startFamily('a'), 'a', 'b', 0), {
      verdict: 'accepted',
      family: { used: 'a', uses: 1, outstanding: ['b'] },
    });
  });

  it('starts with a token that was issued before the realm rotated', () => {
    assert.equal(useRefreshToken(undefined, 'old', 'b', 0).verdict, 'accepted');
  });

  it('knows the last used token from older ones', () => {
    const family: RefreshFamily = { used: 'b', uses: 1, outstanding: ['c'] };
    assert.equal(useRefreshToken(family, 'b', 'x', 0).verdict, 'reused');
    assert.equal(useRefreshToken(family, 'a', 'x', 0).verdict, 'stale');
  });

  it('drops the siblings of a token once one of them is used', () => {
    const family: RefreshFamily = { used: 'a', uses: 2, outstanding: ['b1', 'b2'] };
    const next = useRefreshToken(family, 'b1', 'c', 1);
    assert.ok(next.verdict === 'accepted');
    assert.equal(useRefreshToken(next.family, 'b2', 'x', 1).verdict, 'stale');
  });

  it('whatever the order of uses: no token more than reuseMax + 1 times, never more live ones than that', () => {
    const uses = fc.array(fc.nat(30), { maxLength: 40 });
    fc.assert(
      fc.property(uses, fc.nat(3), (picks, reuseMax) => {
        const issued = ['t0'];
        const accepted = new Map<string, number>();
        let family = startFamily('t0');
        for (const pick of picks) {
          const jti = issued[pick % issued.length] as string;
          const successor = `t${issued.length}`;
          const result = useRefreshToken(family, jti, successor, reuseMax);
          if (result.verdict !== 'accepted') return true;
          family = result.family;
          issued.push(successor);
          accepted.set(jti, (accepted.get(jti) ?? 0) + 1);
          assert.ok((accepted.get(jti) ?? 0) <= reuseMax + 1);
          assert.ok(family.outstanding.length <= reuseMax + 1);
        }
        return true;
      }),
    );
  });
});
