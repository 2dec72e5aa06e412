import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { commonHost, hostCovers, isExportedTo, parseServerHost, wholeHost } from './host-names.ts';

describe('hosts', () => {
  const covers: readonly [wide: string, narrow: string, want: boolean][] = [
    ['*', 'a.test', true],
    ['*', '*', true],
    ['a.test', 'A.TEST', true],
    ['a.test', 'b.test', false],
    ['*.test', 'a.test', true],
    ['*.test', 'test', false],
    ['*.test', '.test', false],
    ['*.test', '*.a.test', true],
    ['*.a.test', '*.test', false],
    ['a.test', '*', false],
  ];
  for (const [wide, narrow, want] of covers) {
    it(`${wide} ${want ? 'covers' : 'does not cover'} ${narrow}`, () =>
      assert.equal(hostCovers(wide, narrow), want));
  }
  it('two have the narrower in common, or nothing', () => {
    assert.equal(commonHost('*.test', 'a.test'), 'a.test');
    assert.equal(commonHost('a.test', '*'), 'a.test');
    assert.equal(commonHost('a.test', 'b.test'), null);
  });
  it('a name without a dot is a service of its own namespace', () => {
    assert.equal(wholeHost('reviews', 'shop'), 'reviews.shop.svc.cluster.local');
    assert.equal(wholeHost('reviews.other', 'shop'), 'reviews.other');
    assert.equal(wholeHost('*', 'shop'), '*');
  });
  it('a server’s host may name the namespace of its VirtualServices', () => {
    assert.deepEqual(parseServerHost('a.test', 'own'), { namespace: null, host: 'a.test' });
    assert.deepEqual(parseServerHost('*/a.test', 'own'), { namespace: null, host: 'a.test' });
    assert.deepEqual(parseServerHost('./a.test', 'own'), { namespace: 'own', host: 'a.test' });
    assert.deepEqual(parseServerHost('shop/a.test', 'own'), { namespace: 'shop', host: 'a.test' });
  });
  it('exportTo says who sees an object', () => {
    assert.equal(isExportedTo([], 'a', 'b'), true);
    assert.equal(isExportedTo(['*'], 'a', 'b'), true);
    assert.equal(isExportedTo(['.'], 'a', 'b'), false);
    assert.equal(isExportedTo(['.'], 'a', 'a'), true);
    assert.equal(isExportedTo(['b'], 'a', 'b'), true);
  });
});
