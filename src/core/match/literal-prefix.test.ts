import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { literalPrefix } from './literal-prefix.ts';
import { compileRegexPathMatcher } from './path-matcher.ts';
import { compileRegex } from './regex.ts';
import { compileUriTemplate } from './uri-template.ts';

describe('how every text begins that an expression matches', () => {
  const table = [
    { name: 'all of it, where nothing is special', given: '/api/v1', want: '/api/v1' },
    { name: 'up to a dot', given: '/service-1/.*', want: '/service-1/' },
    { name: 'up to a class, a group, an end', given: '/a[bc]', want: '/a' },
    { name: 'a group may be left out', given: '/a(b)?', want: '/a' },
    { name: 'without what is repeated', given: '/ab*', want: '/a' },
    { name: 'or may be missing', given: '/ab?c', want: '/a' },
    { name: 'or is counted', given: '/ab{0,2}', want: '/a' },
    { name: 'once or more', given: '/ab+', want: '/a' },
    { name: 'escaped punctuation is itself', given: '/a\\.b\\-c\\/d', want: '/a.b-c/d' },
    { name: 'and may be repeated too', given: '/a\\.?b', want: '/a' },
    { name: 'other escapes are not', given: '/a\\d', want: '/a' },
    { name: 'nor is quoted text', given: '/a\\Q.\\E', want: '/a' },
    { name: 'behind an anchor', given: '^/a$', want: '/a' },
    { name: 'an anchor alone is none, repeated or not', given: '^*/a', want: '' },
    { name: 'nothing, with alternatives', given: '/ab|/c', want: '' },
    { name: 'nothing, where a flag changes the rest', given: '(?i)/a', want: '' },
    { name: 'the last byte of a letter is what is repeated', given: '/é*', want: '/\u00c3' },
  ];
  for (const { name, given, want } of table) it(name, () => assert.equal(literalPrefix(given), want));

  it('never keeps out a text that the expression takes', () => {
    const parts = [
      '/',
      'a',
      '\\.',
      '.',
      'b*',
      'c?',
      '(d|e)',
      'f+',
      '[gh]',
      '\\w',
      'i{0,1}',
      '^',
      '$',
      '\\Qj\\E',
    ];
    const texts = [
      '/',
      '/a',
      '/a.',
      '/ab',
      '/abb',
      '/ac',
      '/ad',
      '/af',
      '/ag',
      '/aij',
      'a',
      '',
      '/.',
      '/ca',
      '/ba',
      '/ia',
    ];
    for (const one of parts) {
      for (const two of parts) {
        for (const three of parts) {
          const pattern = one + two + three;
          const compiled = compileRegex(pattern);
          if (compiled.error !== undefined) continue;
          for (const text of texts) {
            if (compiled.regex.matchesAll(text))
              assert.ok(text.startsWith(literalPrefix(pattern)), `${pattern} ${text}`);
          }
        }
      }
    }
  });

  it('so that an index of paths finds the expression, and a template, by it', () => {
    const refuse = () => assert.fail();
    assert.equal(compileRegexPathMatcher({ regex: '/a/.*' }, refuse)?.keys?.[0]?.text, '/a/');
    assert.equal(compileRegexPathMatcher({ regex: '.*' }, refuse)?.keys, null);
    const template = compileUriTemplate('/a/{b}/*');
    assert.ok('matcher' in template);
    assert.equal(template.matcher.keys?.[0]?.text, '/a/');
  });
});
