import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileTemplateRewrite } from './template-rewrite.ts';

/** As Envoy 1.40 rewrites and refuses. */
const table: { given: [template: string, rewrite: string, path: string]; want: string | null }[] = [
  { given: ['/t/{a}/x/{b=**}', '/{b}/y/{a}', '/t/1/x/2/3'], want: '/2/3/y/1' },
  { given: ['/t/{a}/x/{b=**}', '/{b}/y/{a}', '/t/1/x/'], want: '//y/1' },
  { given: ['/{a}', '/{a}-{a}/x', '/1'], want: '/1-1/x' },
  { given: ['/{a}', '/*', '/1'], want: '/*' },
  { given: ['/{a}', '/%20a=b&c;d:@!$()', '/1'], want: '/%20a=b&c;d:@!$()' },
  { given: ['/{a}', '/{a}', '/1/2'], want: null },
  { given: ['/a*/{b}', '/{b}', '/aa/1'], want: '/1' },
];
const refused: { given: [template: string, rewrite: string]; want: RegExp }[] = [
  ...['/a//b', 'a', '/a b', '/a?b', '/[a]', '/{a=*}', '/{}', '/{a', '/a}', '//'].map((rewrite) => ({
    given: ['/{a}', rewrite] as [string, string],
    want: /is invalid/,
  })),
  { given: ['/{a}', '/{b}'], want: /mismatch between variables/ },
  { given: ['/{a}**', '/{a}'], want: /mismatch between variables/ },
];

describe('a path that a template matched is rewritten by its variables', () => {
  for (const { given, want } of table) {
    const [template, rewrite, path] = given;
    it(`${template} to ${rewrite}: ${path}`, () => {
      const compiled = compileTemplateRewrite(template, rewrite);
      assert.ok('rewrite' in compiled);
      assert.equal(compiled.rewrite(path), want);
    });
  }
  for (const { given, want } of refused) {
    it(`${given.join(' to ')} is refused`, () => {
      const compiled = compileTemplateRewrite(...given);
      assert.ok('error' in compiled);
      assert.match(compiled.error, want);
    });
  }
});
