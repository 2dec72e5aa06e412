import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRoutingClaim } from './routing-claim.ts';

const P = '@request.auth.claims';

const CASES: readonly { given: string; want: string[] | null }[] = [
  { given: P, want: null },
  { given: `${P}.`, want: null },
  { given: `${P}-`, want: null },
  { given: `${P}-abc`, want: null },
  { given: 'request.auth.claims.a', want: null },
  { given: 'x-some-other-header', want: null },
  { given: '', want: null },
  { given: `${P}.key1`, want: ['key1'] },
  { given: `${P}.key1.KEY2`, want: ['key1', 'KEY2'] },
  { given: `${P}.key1-key2`, want: ['key1-key2'] },
  { given: `${P.toUpperCase()}.key1`, want: ['key1'] },
  { given: `${P}[key1`, want: null },
  { given: `${P}]key1`, want: null },
  { given: `${P}[]`, want: null },
  { given: `${P}.[key1]`, want: ['[key1]'] },
  { given: `${P}[key1]`, want: ['key1'] },
  { given: `${P}[key1][key2]`, want: ['key1', 'key2'] },
  { given: `${P}[key1][KEY2]`, want: ['key1', 'KEY2'] },
  { given: `${P}[key1] [key2]`, want: ['key1] [key2'] },
  { given: `${P}[a@b/c.d]`, want: ['a@b/c.d'] },
];

describe('a header name of a VirtualService', () => {
  for (const { given, want } of CASES) {
    it(`\`${given}\` is ${want === null ? 'a header' : `the claim ${want.join(' > ')}`}`, () =>
      assert.deepEqual(parseRoutingClaim(given), want));
  }
});
