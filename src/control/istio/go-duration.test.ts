import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseGoDuration } from './go-duration.ts';

const CASES = [
  { given: '1m', want: 60_000_000_000n },
  { given: '1h1s', want: 3_601_000_000_000n },
  { given: '1.5s', want: 1_500_000_000n },
  { given: '250ms', want: 250_000_000n },
  { given: '0.0005s', want: 500_000n },
  { given: '.5s', want: 500_000_000n },
  { given: '-1s', want: -1_000_000_000n },
  { given: '0', want: 0n },
  { given: '2562047h47m16.854775807s', want: 9_223_372_036_854_775_807n },
  { given: '2562047h47m16.854775808s', want: null },
  { given: '5', want: null },
  { given: '', want: null },
  { given: '1x', want: null },
  { given: '1s ', want: null },
];

describe('a Go duration', () => {
  for (const { given, want } of CASES) {
    it(`\`${given}\` is ${want === null ? 'none' : `${want} ns`}`, () =>
      assert.equal(parseGoDuration(given), want));
  }
});
