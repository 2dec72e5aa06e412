import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseInteger } from './parse-integer.ts';

const integers: [given: string, want: bigint | undefined][] = [
  ['0', 0n],
  ['-0', 0n],
  [' +12\t', 12n],
  ['-9223372036854775808', -(2n ** 63n)],
  ['18446744073709551615', 2n ** 64n - 1n],
  [`-${'0'.repeat(60_000)}7`, -7n],
  ['100000000000000000000', undefined],
  ['', undefined],
  ['+', undefined],
  ['+-1', undefined],
  ['1 2', undefined],
  ['1.0', undefined],
  ['1e3', undefined],
];

describe('an integer in a text', () => {
  for (const [given, want] of integers) {
    it(`\`${given.slice(0, 30)}\` is ${want ?? 'none'}`, () => assert.equal(parseInteger(given), want));
  }

  it('is made of no more digits than 64 bits have, however many a client sends', ({ mock }) => {
    const made = mock.method(globalThis, 'BigInt');
    for (const digit of ['0', '9']) parseInteger(digit.repeat(60_000));
    for (const { arguments: given } of made.mock.calls) assert.ok(String(given[0]).length <= 20);
  });
});
