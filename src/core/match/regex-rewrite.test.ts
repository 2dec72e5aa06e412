import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileRegexRewrite } from './regex-rewrite.ts';

function rewrite(regex: string, substitution: string, text: string): string | undefined {
  return compileRegexRewrite({ pattern: { regex }, substitution }, () => undefined)?.replaceAll(text);
}

/** What Envoy 1.40 made of the same. */
const table: { name: string; given: [regex: string, substitution: string, text: string]; want: string }[] = [
  { name: 'replaces every match', given: ['/(a)|b', '\\1', '/admin/xbb'], want: 'admin/x' },
  { name: 'has the match as group 0', given: ['v(\\d)', '<\\0>', '/v1/v2'], want: '/<v1>/<v2>' },
  { name: 'writes a backslash for two', given: ['b', '\\\\', '/ab'], want: '/a\\' },
  { name: 'matches the empty text between', given: ['x*', '-', '/a'], want: '-/-a-' },
  {
    name: 'matches no empty text where a match has just ended',
    given: ['b*', '[\\0]', '/xbb'],
    want: '[]/[]x[bb]',
  },
  { name: 'goes on after such a place', given: ['x*', '-', '/admin/xbb'], want: '-/-a-d-m-i-n-/-b-b-' },
  { name: 'matches the start', given: ['^', 'start', '/a'], want: 'start/a' },
  { name: 'matches the end', given: ['$', 'end', '/a'], want: '/aend' },
  { name: 'replaces nothing for a group that is not there', given: ['/a', '\\1', '/admin'], want: '/admin' },
  { name: 'writes what stands before a stray backslash', given: ['/a', '<\\x>', '/admin'], want: '<dmin' },
  { name: 'writes what stands before a last backslash', given: ['/a', 'x\\', '/a'], want: 'x' },
];

describe('replacing by a regular expression', () => {
  for (const { name, given, want } of table) {
    it(name, () => assert.equal(rewrite(...given), want));
  }

  it('replaces in a long text at once, though each search would read on to its end', () => {
    assert.equal(rewrite('a.*z|a', 'b', 'a'.repeat(60_000)), 'b'.repeat(60_000));
    assert.equal(rewrite('(a+)+b|x*', '-', 'a'.repeat(60_000)), `${'-a'.repeat(60_000)}-`);
  });

  it('refuses an expression that is none, in the words of RE2', () => {
    const refused: string[] = [];
    const config = { pattern: { regex: '[' }, substitution: 'x' };
    assert.equal(
      compileRegexRewrite(config, (message) => refused.push(message)),
      null,
    );
    assert.deepEqual(refused, ['bad regular expression `[`: missing ]: [']);
  });
});
