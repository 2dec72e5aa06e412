import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dnsNameCovers, parseAlternativeNames } from './subject-alt-names.ts';

describe('alternative names of a certificate', () => {
  it('are read by type', () => {
    assert.deepEqual(parseAlternativeNames('DNS:a.test, URI:spiffe://x/y, IP Address:10.0.0.1, email:a@b'), [
      { type: 'DNS', value: 'a.test' },
      { type: 'URI', value: 'spiffe://x/y' },
      { type: 'IP_ADDRESS', value: '10.0.0.1' },
      { type: 'EMAIL', value: 'a@b' },
    ]);
    assert.deepEqual(parseAlternativeNames(undefined), []);
  });

  it('that hold a comma make no second name', () => {
    const names = parseAlternativeNames('URI:"http://x/, DNS:evil.test", DNS:good.test');
    assert.deepEqual(names, [{ type: 'DNS', value: 'good.test' }]);
  });
});

describe('a DNS name covers', () => {
  const cases: { pattern: string; host: string; want: boolean }[] = [
    { pattern: 'a.test', host: 'A.TEST', want: true },
    { pattern: 'a.test', host: 'b.a.test', want: false },
    { pattern: '*.a.test', host: 'b.a.test', want: true },
    { pattern: '*.a.test', host: 'c.b.a.test', want: false },
    { pattern: '*.a.test', host: 'a.test', want: false },
    { pattern: '*.a.test', host: '.a.test', want: false },
    { pattern: 'b*.a.test', host: 'bx.a.test', want: false },
    { pattern: '*', host: 'test', want: false },
    { pattern: '*.0.0.1', host: '10.0.0.1', want: false },
  ];
  for (const { pattern, host, want } of cases) {
    it(`${pattern} ${want ? 'is' : 'is not'} ${host}`, () =>
      assert.equal(dnsNameCovers(pattern, host), want));
  }
});
