import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileRegex } from './regex.ts';

describe('what RE2 says of a bad pattern, in the words of the C++ library', () => {
  const table = [
    { given: '[', want: 'missing ]: [' },
    { given: '(', want: 'missing ): (' },
    { given: '(?!a)', want: 'invalid perl operator: (?!' },
    { given: '(?<=a)', want: 'invalid perl operator: (?<=' },
    { given: 'a**', want: 'bad repetition operator: **' },
    { given: '*', want: 'no argument for repetition operator: *' },
    { given: 'a{1001}', want: 'invalid repetition size: {1001}' },
    { given: '\\', want: 'trailing \\' },
    { given: '[z-a]', want: 'invalid character class range: z-a' },
    { given: '(?P<n', want: 'invalid named capture group: (?P<n' },
    { given: 'a)', want: 'unexpected ): a)' },
    { given: '\\q', want: 'invalid escape sequence: \\q' },
    { given: '\\x{1f600}', want: 'invalid escape sequence: \\x{1f6' },
    { given: '[\\x{e9}-\\x{0100}]', want: 'invalid escape sequence: \\x{0100' },
    { given: '[a\\C]', want: 'invalid escape sequence: \\C' },
    { given: '[[:alpha:]\\C]', want: 'invalid escape sequence: \\C' },
  ];
  for (const { given, want } of table) {
    it(`${given} → ${want}`, () => assert.equal(compileRegex(given).error, want));
  }
});

describe('a regex matches whole byte strings', () => {
  const table = [
    { name: 'the whole text must match', pattern: 'b', text: 'abc', want: false },
    { name: 'alternatives are compared as a whole', pattern: 'a|bc', text: 'bc', want: true },
    { name: 'a letter beyond ASCII is two bytes', pattern: '.', text: '\xc3\xa9', want: false },
    { name: 'so two dots match it', pattern: '..', text: '\xc3\xa9', want: true },
    { name: 'and so does the letter itself', pattern: 'é', text: '\xc3\xa9', want: true },
    { name: 'flags work', pattern: '(?i)ABC', text: 'abc', want: true },
    { name: '\\C is any byte', pattern: 'a\\Cb', text: 'a\nb', want: true },
    { name: 'behind a class too', pattern: '[[][[:alpha:]a[]\\C', text: '[b\xff', want: true },
    { name: 'but not where it is quoted', pattern: '\\Q\\C\\E', text: 'x', want: false },
    { name: 'groups may share a name', pattern: '(?P<n>a)(?<m>b)(?P<n>c)', text: 'abc', want: true },
    { name: 'in either spelling', pattern: '(?P<n>a)(?<n>b)', text: 'ab', want: true },
    {
      name: 'a character by its number is a byte',
      pattern: '\\x{0000e9}\\Q\\x{100}',
      text: '\xe9\\x{100}',
      want: true,
    },
    { name: 'a dot does not match a line feed', pattern: 'a.b', text: 'a\nb', want: false },
  ];
  for (const { name, pattern, text, want } of table) {
    it(name, () => {
      const { regex } = compileRegex(pattern) as { regex: { matchesAll(text: string): boolean } };
      assert.equal(regex.matchesAll(text), want);
      assert.equal(regex.matchesAll(text), want, 'the second time');
    });
  }

  it('stays right when more texts come than it remembers', () => {
    const { regex } = compileRegex('(a|b)+[0-9]+') as { regex: { matchesAll(text: string): boolean } };
    for (let i = 0; i < 3000; i++) {
      assert.equal(regex.matchesAll(`a${i}`), true);
      assert.equal(regex.matchesAll(`c${i}`), false);
    }
  });
});
