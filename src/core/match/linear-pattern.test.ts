import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { translateLinearPattern } from './linear-pattern.ts';

describe('a native expression is used only where it cannot backtrack for long', () => {
  const table = [
    { name: 'one repeated part', given: '/api/.*', want: true },
    { name: 'repeated parts that exclude what follows them', given: '/users/[^/]+/orders/[^/]+', want: true },
    { name: 'an optional part with its own first character', given: '/a/?b', want: true },
    { name: 'two overlapping repeated parts', given: '.*a.*', want: false },
    { name: 'a repeated part that takes its follower too', given: '[a-z]*z+', want: false },
    { name: 'a repeated part before an optional one of the same set', given: 'a*b?a*', want: false },
    { name: 'groups', given: '(a|b)', want: false },
    { name: 'counted repetition', given: 'a{3}', want: false },
    { name: 'lazy repetition', given: 'a*?', want: false },
    { name: 'flags', given: '(?i)a', want: false },
    { name: 'anchors', given: '^a$', want: false },
    { name: 'word boundaries', given: 'a\\b', want: false },
  ];
  for (const { name, given, want } of table) {
    it(name, () => assert.equal(translateLinearPattern(given) !== null, want));
  }
});

describe('a native expression decides as RE2 does', () => {
  const piece = fc.constantFrom(
    'a',
    'b',
    '/',
    '.',
    '[ab]',
    '[^a]',
    '[a-c]',
    '[^/]',
    '\\.',
    '\\d',
    '\\w',
    '\\s',
    '[\\d-]',
    '[]a]',
    '-',
    '\xe9',
    '[^\xe9]',
  );
  const pattern = fc
    .array(fc.tuple(piece, fc.constantFrom('', '', '*', '+', '?')), { maxLength: 6 })
    .map((parts) => parts.map(([text, repeat]) => text + repeat).join(''));
  const subject = fc.string({
    unit: fc.constantFrom('a', 'b', 'c', '/', '1', '.', '-', ' ', '\n', '\v', '\xe9', '\xa0'),
  });
  it('for every pattern of the class and every text', () => {
    fc.assert(
      fc.property(pattern, subject, (source, text) => {
        const native = translateLinearPattern(source);
        if (native !== null) assert.equal(native.test(text), RE2JS.compile(source).testExact(text), source);
      }),
      { numRuns: 3000 },
    );
  });
});
