import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { redactTokens, wantedUnder } from './redact-tokens.ts';

describe('a path that is shown', () => {
  const cases: { given: string; want: string }[] = [
    { given: '/a?jwt=horse&x=1', want: '/a?jwt=(not shown)&x=1' },
    { given: '/a?code=horse&session=horse', want: '/a?code=(not shown)&session=(not shown)' },
    { given: '/a?api_key=horse#f', want: '/a?api_key=(not shown)#f' },
    { given: '/a?zipcode=1234&barcode=1', want: '/a?zipcode=1234&barcode=1' },
  ];
  for (const { given, want } of cases) it(given, () => assert.equal(redactTokens(given), want));
});

describe('what a matcher wants', () => {
  const cases: { name: string; wants: string; want: string }[] = [
    { name: 'x-tier', wants: 'exact "gold"', want: 'exact "gold"' },
    { name: 'authorization', wants: 'exact "Basic aG9y"', want: 'exact (not shown)' },
    { name: 'authorization', wants: 'prefix "Bearer "', want: 'prefix "Bearer "' },
    { name: 'cookie', wants: 'regex ".*"', want: 'regex ".*"' },
    { name: 'x-api-key', wants: 'exact "a "b" c" (any case)', want: 'exact (not shown) (any case)' },
  ];
  for (const { name, wants, want } of cases) {
    it(`of ${name}: ${wants}`, () => assert.equal(wantedUnder(name, wants), want));
  }
});
