import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { lowerAscii } from './byte-string.ts';
import { PathIndex, type PathKey } from './path-index.ts';

type Subject = number;

function entryOf(keys: PathKey[] | null, wanted: number) {
  return {
    keys,
    accepts(path: string, flags: Subject): boolean {
      const folded = lowerAscii(path);
      const pathMatches =
        keys === null ||
        keys.some(({ kind, text, ignoreCase }) => {
          const subject = ignoreCase ? folded : path;
          return kind === 'exact' ? subject === text : subject.startsWith(text);
        });
      return pathMatches && (flags & wanted) === wanted;
    },
  };
}

const text = fc.string({ unit: fc.constantFrom('/', 'a', 'b', 'A'), maxLength: 5 });
const key = fc
  .record({
    kind: fc.constantFrom('exact' as const, 'prefix' as const),
    text,
    ignoreCase: fc.boolean(),
  })
  .map((made) => (made.ignoreCase ? { ...made, text: made.text.toLowerCase() } : made));
const entry = fc
  .tuple(fc.option(fc.array(key, { maxLength: 3 }), { freq: 5 }), fc.integer({ min: 0, max: 3 }))
  .map(([keys, wanted]) => entryOf(keys, wanted));

describe('the path index', () => {
  it('finds the entry that asking one after another finds', () => {
    fc.assert(
      fc.property(
        fc.array(entry, { maxLength: 12 }),
        text,
        fc.integer({ min: 0, max: 3 }),
        (entries, path, flags) => {
          const want = entries.find((candidate) => candidate.accepts(path, flags));
          const index = new PathIndex(
            entries,
            entries.map(({ keys }) => keys),
          );
          assert.equal(entries[index.first(path, flags)], want);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('asks a number of entries that does not grow with the list', () => {
    let asked = 0;
    const entries = Array.from({ length: 10_000 }, (_, i) => ({
      keys: [{ kind: 'prefix' as const, text: `/service-${i}/`, ignoreCase: false }],
      accepts: (path: string) => {
        asked++;
        return path.startsWith(`/service-${i}/`);
      },
    }));
    const index = new PathIndex(
      entries,
      entries.map(({ keys }) => keys),
    );
    assert.equal(index.first('/service-9999/x', 0), 9999);
    assert.equal(asked, 1);
  });
});
