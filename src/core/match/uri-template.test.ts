import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileUriTemplate } from './uri-template.ts';

describe('a path template', () => {
  const table: { template: string; matches: string[]; passes: string[] }[] = [
    { template: '/a', matches: ['/a'], passes: ['/a/', '/ab', '/'] },
    { template: '/a/', matches: ['/a/'], passes: ['/a'] },
    { template: '/', matches: ['/'], passes: ['/a'] },
    { template: '/*', matches: ['/a', '/a*', '/%20', "/a'b;v=1"], passes: ['/', '/a/', '/a/b', '/a"b'] },
    { template: '/**', matches: ['/', '/a/b', '/a//b'], passes: ['/a b'] },
    { template: '/a/*.txt', matches: ['/a/x.txt'], passes: ['/a/.txt', '/a/x-txt'] },
    { template: '/{x}.txt', matches: ['/x.txt'], passes: ['/a/x.txt'] },
    { template: '/{x=a/*}/b', matches: ['/a/x/b'], passes: ['/a/b', '/x/b'] },
    { template: '/a/{x=**}/b', matches: ['/a/x/y/b', '/a//b'], passes: ['/a/b'] },
    { template: '/**/a', matches: ['/x/a', '//a'], passes: ['/a'] },
    { template: '/{x=**}.txt/', matches: ['/a/b.txt/'], passes: ['/a.txt'] },
    { template: '/a/x{v}', matches: ['/a/xy', '/a/xyz'], passes: ['/a/x', '/a/y', '/a/xy/z'] },
    { template: '/pre{v}post/b', matches: ['/preqpost/b'], passes: ['/prepost/b', '/preq/post/b'] },
    { template: '/{v}post/b', matches: ['/qpost/b'], passes: ['/post/b', '/q/post/b'] },
    { template: '/x{v=**}y', matches: ['/xy', '/xa/y', '/xa/qy'], passes: ['/xa', '/ay'] },
    { template: '/{v=b/*}y/c', matches: ['/b/qy/c'], passes: ['/b/y/c', '/b/q/c'] },
    { template: '/a{b}c/d{e}f', matches: ['/abc/def'], passes: ['/ac/def', '/abc/df'] },
    { template: '/x.({v})', matches: ['/x.(q)'], passes: ['/xy(q)', '/x.()'] },
    { template: '/a$(b).c', matches: ['/a$(b).c'], passes: ['/a$(b)xc'] },
    { template: '/a*', matches: ['/', '/a', '/aa'], passes: ['/ab', '/a*', '/a/a'] },
    { template: '/a*/b', matches: ['//b', '/aa/b'], passes: ['/b', '/ab/b'] },
    { template: '/*a', matches: ['/ba', '/aaa'], passes: ['/a', '/ab'] },
    { template: '/*.*', matches: ['/a', '/a..'], passes: ['/', '/a/'] },
    { template: '/x{v}*', matches: ['/x', '/xyz'], passes: ['/', '/x/'] },
    { template: '/{v=b/c*}*d', matches: ['/d', '/b/d', '/b/ccb/d'], passes: ['/b', '/b/cbd'] },
    { template: '/***', matches: [], passes: ['/', '/a', '/***'] },
    { template: '/a**', matches: [], passes: ['/', '/a', '/aa', '/a/b', '/a**'] },
  ];
  for (const { template, matches, passes } of table) {
    it(`\`${template}\` matches as in Envoy`, () => {
      const compiled = compileUriTemplate(template);
      assert.ok('matcher' in compiled);
      assert.deepEqual(
        [...matches, ...passes].filter((path) => compiled.matcher.matches(path)),
        matches,
      );
    });
  }

  const broken: { template: string; want: RegExp }[] = [
    { template: 'a', want: /does not start with/ },
    { template: '/a//b', want: /is no segment/ },
    { template: '/a?b', want: /prefix match/ },
    { template: '/*x/b', want: /prefix match/ },
    { template: '/*x/', want: /prefix match/ },
    { template: '/**.b/', want: /prefix match/ },
    { template: '/x{v}y{w}', want: /prefix match/ },
    { template: '/{v}{w}', want: /prefix match/ },
    { template: '/x{v}}', want: /prefix match/ },
    { template: '/x{v=b/*}', want: /no `}` in its segment/ },
    { template: '/x{v', want: /no `}` in its segment/ },
    { template: '/{v=**}/x{w}', want: /no wildcard may come after/ },
    { template: '/**/*', want: /no wildcard may come after/ },
    { template: '/{x=**}/{y}', want: /no wildcard may come after/ },
    { template: '/{x}/{x}', want: /twice/ },
    { template: '/{1x}', want: /no variable name/ },
    { template: '/{abcdefghijklmnopq}', want: /no variable name/ },
    { template: '/{x=}', want: /empty pattern/ },
    { template: '/{x', want: /no `}`/ },
    { template: '/{x=a/}', want: /is no segment/ },
    { template: '/{x=*b}', want: /is no segment/ },
    { template: '/{a}/{b}/{c}/{d}/{e}/{f}', want: /more than 5/ },
  ];
  for (const { template, want } of broken) {
    it(`\`${template}\` is refused`, () => {
      const compiled = compileUriTemplate(template);
      assert.ok('error' in compiled);
      assert.match(compiled.error, want);
    });
  }
});
