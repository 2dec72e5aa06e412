import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseNumber } from './parse-number.ts';

/** Answers of Envoy 1.40. */
const numbers: [given: string, want: number | undefined][] = [
  [' 12.5\t', 12.5],
  ['-1e3', -1000],
  ['.5', 0.5],
  ['5.', 5],
  ['0x10', 16],
  ['-0X1F', -31],
  ['0x1.8p-1', 0.75],
  ['0x.8', 0.5],
  ['0x1e2', 482],
  ['0x20000000000001', 2 ** 53],
  ['0x20000000000003', 2 ** 53 + 4],
  ['0x80000000000000001', 2 ** 67],
  ['0x1p5000', Number.POSITIVE_INFINITY],
  ['0x1p-5000', 0],
  ['0x0p9999', 0],
  [`0x1p${'9'.repeat(400)}`, Number.POSITIVE_INFINITY],
  [`0x1p-${'9'.repeat(400)}`, 0],
  [`0x${'f'.repeat(8000)}p-32000`, 1],
  ['1e400', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['nan(a_1)', Number.NaN],
  ['nan(-)', undefined],
  ['0x', undefined],
  ['0x.', undefined],
  ['0x1p', undefined],
  ['infinit', undefined],
  ['1e', undefined],
  ['+-1', undefined],
  ['12x', undefined],
  ['', undefined],
];

describe('a number in a header', () => {
  for (const [given, want] of numbers) {
    it(`${JSON.stringify(given)} is ${want}`, () => assert.equal(parseNumber(given), want));
  }
});
