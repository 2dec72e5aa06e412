import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isPartOf, placesOf, splitBy } from './text-search.ts';

const piece = fc.string({ unit: fc.constantFrom('a', 'b', '😀'), maxLength: 6 });
/** Texts that repeat themselves, some longer than what is searched for plainly. */
const text = fc.tuple(piece, fc.nat(20), piece).map(([start, times, end]) => start.repeat(times) + end);

/** A row that counts how often one of its elements is read. */
function counted(elements: string): { row: ArrayLike<string>; reads(): number } {
  let reads = 0;
  const row = new Proxy([...elements], {
    get(target, key, receiver) {
      if (key !== 'length') reads++;
      return Reflect.get(target, key, receiver);
    },
  });
  return { row, reads: () => reads };
}

describe('one text is looked for in another', () => {
  it('as the language does it', () => {
    fc.assert(
      fc.property(text, text, fc.constantFrom('', 'a', 'b'), (part, around, more) => {
        for (const whole of [around, around + part + more, part + around + part + part]) {
          assert.equal(isPartOf(part, whole), whole.includes(part));
          if (part !== '') assert.deepEqual(splitBy(whole, part), whole.split(part));
        }
      }),
      { numRuns: 2000 },
    );
  });

  const worst: { name: string; wanted(size: number): string; row(size: number): string }[] = [
    { name: 'all but its first is alike', wanted: (n) => `b${'a'.repeat(n)}`, row: (n) => 'a'.repeat(2 * n) },
    { name: 'all but its last is alike', wanted: (n) => `${'a'.repeat(n)}b`, row: (n) => 'a'.repeat(2 * n) },
    {
      name: 'all but its middle is alike',
      wanted: (n) => `${'a'.repeat(n)}b${'a'.repeat(n)}`,
      row: (n) => 'a'.repeat(3 * n),
    },
    { name: 'all is alike', wanted: (n) => 'a'.repeat(n), row: (n) => 'a'.repeat(2 * n) },
  ];
  for (const { name, wanted, row } of worst) {
    it(`in a number of steps that grows as the texts do, where ${name}`, () => {
      const stepsFor = (size: number) => {
        const [part, whole] = [counted(wanted(size)), counted(row(size))];
        placesOf(part.row, whole.row);
        return part.reads() + whole.reads();
      };
      const lengths = (size: number) => wanted(size).length + row(size).length;
      for (const size of [100, 1000]) assert.ok(stepsFor(size) <= 6 * lengths(size));
    });
  }
});
