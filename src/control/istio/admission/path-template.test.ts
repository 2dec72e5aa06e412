import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pathTemplateProblem } from './path-template.ts';

const GOOD = [
  '/a',
  '/a*',
  '*',
  '/foo/{*}/bar/{**}',
  '/store/{**}/cart',
  '/{*}/{*}',
  '/{**}',
  '/sp ace',
  '//',
  '/a*b',
  '/{*}/a%2f',
];
const BAD = ['/{**}/{*}', '/{**}/{**}', 'a/{x}', '/{*}.txt', '/a{', '/{*}/a*', '/{**}/*', '/{*}/sp ace'];

describe('paths of a policy', () => {
  for (const path of GOOD) it(`\`${path}\` is taken`, () => assert.equal(pathTemplateProblem(path), null));
  for (const path of BAD)
    it(`\`${path}\` is refused`, () => assert.notEqual(pathTemplateProblem(path), null));
  it('of more slashes than anybody waits for are looked at once', () =>
    assert.equal(pathTemplateProblem(`/a${'/'.repeat(300_000)}b/{*}`)?.slice(0, 9), '`` cannot'));
});
