import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { normalizePath } from './normalize-path.ts';

const ALL = { normalizePath: true, mergeSlashes: true, escapedSlashes: 'forward' } as const;

/** Answers of Envoy 1.40 with all three switches on. */
const envoyPaths: [given: string, want: string][] = [
  ['/a/../b', '/b'],
  ['//a//b', '/a/b'],
  ['/a/./b/..', '/a/'],
  ['/%61%2e%2e/x', '/a../x'],
  ['/a/%2e%2e/b', '/b'],
  ['/a%2fb', '/a/b'],
  ['/a%5cb', '/a/b'],
  ['/a\\b', '/a/b'],
  ['/a%5Cb?q=%2f//', '/a/b?q=%2f//'],
  ['/..', '/'],
  ['/a/..//b/%2F/c', '/b/c'],
  ['/%zz', '/%zz'],
  ['/%7Eu%41', '/~uA'],
  ['/a/b/../../../c', '/c'],
  ['/a%2f..%2fb', '/b'],
  ['/a?x/../y', '/a?x/../y'],
  ['/%c3%a9', '/%c3%a9'],
  ['/;v=1/..;/x', '/x'],
  ['/a/..;/b', '/b'],
  ['/a/;/../b', '/a/b'],
  ['/..;x/b', '/b'],
  ['/a/.;/b', '/a/b'],
  ['/%2e', '/'],
  ['/%2e%2e%2f', '/'],
  ['/a/.', '/a/'],
  ['/a//../b', '/a/b'],
  ['//../b', '/b'],
  ['/a/b//..//c', '/a/b/c'],
  ['/%5F%2D%7e%41%5a%61%39', '/_-~AZa9'],
  ['/%7F%5e%60', '/%7F%5e%60'],
  ['/a\\..\\b', '/b'],
  ['/a/%252e%252e/b', '/a/%252e%252e/b'],
  ['/%25%2e', '/%25.'],
  ['/a%', '/a%'],
  ['/a/...', '/a/...'],
  ['/a/..b/.c', '/a/..b/.c'],
  ['/a|b^c', '/a%7Cb%5Ec'],
  ['/a"<>`{}b', '/a%22%3C%3E%60%7B%7Db'],
  ['/a/.%2e/b', '/b'],
  ['/a[b]', '/a[b]'],
  ["/a'()*!$&+,=:@~", "/a'()*!$&+,=:@~"],
  ['/a%2f..;x', '/'],
  ['/a/..;x\\y', '/'],
  ['/a/..;x%5cy/z', '/z'],
  ['/a/..;x/..;y/b', '/b'],
  ['/a/%%32%65%%32%65/b', '/a/%252e%252e/b'],
  ['/%4%31', '/%2541'],
  ['/%%34%31', '/%2541'],
  ['/%%34%34%34', '/%25444'],
  ['/%%34%2e', '/%4.'],
  ['/a%/..%34%31', '/a%/..41'],
  ['/%/../%34%31', '/41'],
];

/** Dots with parameters count as dots only as they are spelled, behind a `/`: these would become another path the second time. */
const leftDots: [given: string, want: string][] = [
  ['/a/%2e%2e;x', '/a/..;x'],
  ['/a/.%2e;x/b', '/a/..;x/b'],
  ['/a/%2e;x', '/a/.;x'],
  ['/a\\..;x', '/a/..;x'],
  ['/a%5c..;x', '/a/..;x'],
];

describe('path normalisation', () => {
  for (const [given, want] of [...envoyPaths, ...leftDots]) {
    it(`${given} becomes ${want}, as in Envoy`, () => {
      assert.deepEqual(normalizePath(given, ALL), { kind: 'path', path: want });
    });
  }

  it('done twice is done once', () => {
    for (const [, path] of envoyPaths) {
      assert.deepEqual(normalizePath(path, ALL), { kind: 'path', path });
    }
  });

  it('merges slashes, but leaves two of a path that has nothing else, as Envoy does', () => {
    assert.deepEqual(normalizePath('//a///b//?c=//', ALL), { kind: 'path', path: '/a/b/?c=//' });
    assert.deepEqual(normalizePath('///?a', ALL), { kind: 'path', path: '//?a' });
  });

  it('refuses an escaped NUL in the path, not in the query', () => {
    assert.deepEqual(normalizePath('/a%00', ALL), { kind: 'refused', path: '/a%00' });
    assert.equal(normalizePath('/a?b=%00', ALL).kind, 'path');
  });

  it('refuses escaped slashes where it is told to', () => {
    const options = { normalizePath: false, mergeSlashes: false, escapedSlashes: 'reject' } as const;
    assert.deepEqual(normalizePath('/a%2Fb', options), { kind: 'refused', path: '/a/b' });
    assert.deepEqual(normalizePath('/a?b=%2F', options), { kind: 'path', path: '/a?b=%2F' });
  });

  it('sends back to the unescaped path where it is told to', () => {
    const options = { ...ALL, escapedSlashes: 'redirect' } as const;
    assert.deepEqual(normalizePath('/a%2f..%2fb?q', options), { kind: 'redirect', path: '/b?q' });
    assert.deepEqual(normalizePath('/a/../b', options), { kind: 'path', path: '/b' });
  });

  it('leaves everything alone where nothing is asked', () => {
    const options = { normalizePath: false, mergeSlashes: false, escapedSlashes: 'keep' } as const;
    assert.deepEqual(normalizePath('/a/../%2f//%41', options), { kind: 'path', path: '/a/../%2f//%41' });
  });
});
