import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RE2JS } from 're2js';
import { AllMatches } from './all-matches.ts';
import { compileBytePattern } from './byte-pattern.ts';

const TEXTS = 8;

function compile(regex: string): RE2JS {
  const compiled = compileBytePattern(regex);
  assert.equal(compiled.error, undefined, regex);
  return (compiled as { program: RE2JS }).program;
}

/** Numbers from 0 up to 1, the same at every run (a linear congruential generator). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const ATOMS =
  'a b c . [ab] [^a] \\b \\B ^ $ (?m:^) (?m:$) \\n (?i:A) \\x{e9} (?s:.) \\W \\z \\A (?i:ab) abc'.split(' ');
const REPEATS = '* + ? *? +? ?? {0,2} {2,} {1,3}?'.split(' ');
const BYTES = ['a', 'b', 'c', 'A', '\n', '\xe9', ' '];

class Draft {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = numbers(seed);
  }

  regex(depth: number): string {
    const kind = depth === 0 ? 0 : this.#next();
    if (kind < 0.25) return this.#one(['', ...ATOMS]);
    if (kind < 0.5) return this.regex(depth - 1) + this.regex(depth - 1);
    if (kind < 0.65) return `(?:${this.regex(depth - 1)}|${this.regex(depth - 1)})`;
    const group = `(${this.#one(['', '?:'])}${this.regex(depth - 1)})`;
    return kind < 0.8 ? group : group + this.#one(REPEATS);
  }

  text(lengthMax: number): string {
    return this.exactText(Math.floor(this.#next() * lengthMax));
  }

  exactText(length: number): string {
    return Array.from({ length }, () => this.#one(BYTES)).join('');
  }

  #one(of: readonly string[]): string {
    return of[Math.floor(this.#next() * of.length)] as string;
  }
}

/** Each match by a search of the engine's own, from where the one before ended. */
function bySearches(program: RE2JS, text: string): number[][] {
  const found: number[][] = [];
  for (let from = 0; from <= text.length; ) {
    const [isFound, groups] = program
      .re2()
      .matchWithGroup(text, from, text.length, 0, 1 + program.groupCount()) as [boolean, number[]];
    if (!isFound) break;
    found.push([...groups]);
    from = after(groups);
  }
  return found;
}

function byOnePass(matches: AllMatches, text: string): number[][] {
  const next = matches.of(text);
  const found: number[][] = [];
  for (let match = next?.(0) ?? null; match !== null; match = next?.(after(match)) ?? null) {
    found.push([...match]);
  }
  return found;
}

const after = ([start = 0, end = 0]: ArrayLike<number> & Iterable<number>) => (end > start ? end : end + 1);

describe('all matches of an expression', () => {
  it('are those that a search for each of them finds, with their groups', () => {
    let found = 0;
    for (let seed = 0; seed < 800; seed++) {
      const draft = new Draft(seed);
      const regex = draft.regex(5);
      const program = compile(regex);
      const matches = new AllMatches(program);
      for (let count = 0; count < TEXTS; count++) {
        const text = draft.text(count === 0 ? 200 : 14);
        const want = bySearches(program, text);
        assert.deepEqual(byOnePass(matches, text), want, `${regex} in ${JSON.stringify(text)}`);
        found += want.length;
      }
    }
    assert.ok(found > 10_000, 'too few to say anything');
  });

  it('stay the same when states are dropped', () => {
    const program = compile('a(?s:.{12})b|(c)');
    const matches = new AllMatches(program);
    const draft = new Draft(1);
    for (let count = 0; count < 10; count++) {
      const text = draft.text(5000);
      assert.deepEqual(byOnePass(matches, text), bySearches(program, text));
    }
  });

  const hard: { name: string; given: string; text: (length: number) => string }[] = [
    { name: 'a longer one that never ends', given: 'a.*z|a', text: (length) => 'a'.repeat(length) },
    { name: 'loops within loops', given: '(a+)+b|x*', text: (length) => 'a'.repeat(length) },
    { name: 'empty ones between', given: '(?:a*c)?', text: (length) => 'a'.repeat(length) },
    { name: 'none at all', given: 'a.*z', text: (length) => 'a'.repeat(length) },
    { name: 'ends of words', given: '\\ba.*\\bz|a', text: (length) => 'a '.repeat(length / 2) },
    {
      name: 'a state for every place',
      given: 'a(?s:.{20})b|\\x{e9}',
      text: (length) => new Draft(7).exactText(length),
    },
  ];
  for (const { name, given, text } of hard) {
    it(`takes steps in proportion to the text's length: ${name}`, () => {
      const program = compile(given);
      const stepsFor = (length: number) => {
        const matches = new AllMatches(program);
        byOnePass(matches, text(length));
        return matches.steps;
      };
      const [short, long] = [stepsFor(4000), stepsFor(60_000)];
      assert.ok(
        short > 0 && long <= short * 15 * 1.5,
        `${short} steps, then ${long} for 15 times the length`,
      );
      assert.ok(long <= 60_000 * program.re2().prog.numInst() * 3, `${long} steps`);
    });
  }

  it('are looked for nowhere in a text without what each begins with', () => {
    for (const [regex, text] of [
      ['/old/(.*)', '/new/a'],
      ['^/old/(.*)', '/new/old/'],
    ] as const) {
      const matches = new AllMatches(compile(regex));
      assert.equal(matches.of(text), null);
      assert.equal(matches.steps, 0);
    }
  });
});
