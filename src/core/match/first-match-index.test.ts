import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Candidate, FirstMatchIndex } from './first-match-index.ts';
import { type Hint, pathHint, valueHint } from './hint.ts';

const pathOf = (text: string): Hint<string> => pathHint([{ kind: 'exact', text, ignoreCase: false }]);

/** Entries of these hints that note who is asked, and how often values are read. */
function indexOf(makeHints: (value: (text: string) => Hint<string>) => Hint<string>[]) {
  const asked: number[] = [];
  let reads = 0;
  const value = (text: string) =>
    valueHint<string>('subject', [text], (subject) => {
      reads++;
      return [subject];
    });
  const entries = makeHints(value).map((hint, order): Candidate<string> & { order: number } => ({
    order,
    hint,
    accepts: () => {
      asked.push(order);
      return false;
    },
  }));
  const index = new FirstMatchIndex(entries);
  return { asked, index, reads: () => reads };
}

describe('an entry is found by the hint that fewest share', () => {
  it('by its path where that is as rare as a value', () => {
    const { asked, index, reads } = indexOf((value) =>
      ['a', 'b', 'c'].map((text) => ({ kind: 'all', members: [value(text), pathOf(text)] })),
    );
    assert.equal(index.first('b', 'c'), null);
    assert.deepEqual([asked, reads()], [[1], 0]);
  });
  it('by its value where the path is not its own', () => {
    const { asked, index } = indexOf((value) =>
      ['a', 'b', 'c'].map((text) => ({ kind: 'all', members: [pathOf('x'), value(text)] })),
    );
    index.first('x', 'c');
    assert.deepEqual(asked, [2]);
  });
  it('by each of its alternatives, once', () => {
    const { asked, index } = indexOf((value) => [
      { kind: 'any', members: [value('a'), value('a'), pathOf('x')] },
    ]);
    for (const [path, subject] of [
      ['x', 'b'],
      ['y', 'a'],
      ['y', 'b'],
    ] as const)
      index.first(path, subject);
    assert.deepEqual(asked, [0, 0]);
  });
  it('once, however often a subject has its text', () => {
    const asked: string[] = [];
    const accepts = (_path: string, { length }: readonly string[]) => {
      asked.push(`of ${length}`);
      return false;
    };
    const hint = valueHint<readonly string[]>('all of them', ['a'], (subject) => subject);
    new FirstMatchIndex([{ accepts, hint }]).first('x', ['a', 'b', 'a', 'a']);
    assert.deepEqual(asked, ['of 4']);
  });
  it('always where one of its alternatives has none, never where it has no alternative', () => {
    const { asked, index } = indexOf((value) => [
      { kind: 'any', members: [value('a'), null] },
      { kind: 'any', members: [] },
      { kind: 'all', members: [] },
      null,
    ]);
    index.first('x', 'b');
    assert.deepEqual(asked, [0, 2, 3]);
  });
});
