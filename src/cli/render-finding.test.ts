import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Finding } from '../resources/index.ts';
import { renderFinding } from './render-finding.ts';
import { renderFindingsJson } from './render-finding-json.ts';
import { renderOptionsOf } from './render-options.ts';

const finding: Finding = {
  code: 'E103',
  severity: 'error',
  message: 'unknown field `audience` in JwtProvider',
  hint: 'did you mean `audiences`?',
  envoy: 'refuses',
  at: { file: 'front.yaml', line: 12, column: 3, length: 8 },
  path: 'providers.kc.audience',
};
const lines = (file: string) =>
  file === 'front.yaml' ? [...Array(11).fill(''), '  audience: api'] : undefined;
const render = (changes: Partial<Finding> = {}, color = false) =>
  renderFinding({ ...finding, ...changes }, { lines, color });

describe('a finding is printed like a compiler’s message', () => {
  it('with the line, marks, hint, path and what Envoy does', () => {
    assert.equal(
      render(),
      `error[E103]: unknown field \`audience\` in JwtProvider
  --> front.yaml:12:3
   |
12 |   audience: api
   |   ^^^^^^^^ did you mean \`audiences\`?
   = path: providers.kc.audience
   = Envoy refuses this file too.  more: jotgate explain E103
`,
    );
  });
  it('codes that are about Istio’s objects tell what Istio does', () => {
    assert.match(render({ code: 'E402' }), /Istio refuses this file too/);
    assert.match(render({ code: 'W403', severity: 'warning', envoy: 'accepts' }), /Istio accepts this/);
  });
  it('the kind of the text tells whose treatment it is; a dump is loaded by nobody', () => {
    const list = (name: string, text: string) =>
      renderFinding(
        { ...finding, at: { file: name, line: 1, column: 1, length: 1 } },
        renderOptionsOf(
          [
            { name, text },
            { name: 'other.yaml', text: 'kind: Other' },
          ],
          false,
        ),
      );
    assert.match(list('a', 'kind: Gateway'), /Istio refuses this file too\./);
    assert.match(list('a', '{"configs": []}'), /Envoy refuses this in a file\./);
    assert.match(list('a', 'admin: {}'), /Envoy refuses this file too\./);
    const nowhere = renderFinding(
      { ...finding, at: undefined },
      renderOptionsOf([{ name: 'a', text: 'kind: A' }], false),
    );
    assert.match(nowhere, /Istio refuses this file too\./);
  });
  it('a hint of several lines stands below the marks', () => {
    assert.match(render({ hint: 'write:\n  a: b' }), / {3}\| {3}\^{8}\n {3}= write:\n {7}a: b\n {3}= path/);
  });
  it('tabs before the marks stay tabs', () => {
    const at = { file: 't', line: 1, column: 3, length: 1 };
    const text = renderFinding(
      { ...finding, at },
      { lines: () => ['a:\tb'.replace(':', '\t')], color: false },
    );
    assert.match(text, /\| {2}\t\^/);
  });
  it('marks do not go beyond the line', () => {
    assert.match(render({ at: { file: 'front.yaml', line: 12, column: 13, length: 99 } }), /\^{3} did/);
  });
  it('without the text, or without a place, what is known is printed', () => {
    assert.match(
      render({ at: { file: 'other', line: 1, column: 2, length: 1 } }),
      /--> other:1:2\n {2}= path/,
    );
    assert.match(render({ at: undefined }), /JwtProvider\n = did you mean `audiences`\?\n = path/);
  });
  it('Envoy’s part depends on whether jotgate takes it', () => {
    assert.match(render({ severity: 'warning' }), /Envoy refuses this file\. /);
    assert.match(render({ envoy: 'ignores' }), /Envoy ignores this in silence\./);
    assert.match(render({ envoy: 'accepts' }), /Envoy accepts this\./);
  });
  it('colour only where it is wanted', () => {
    assert.ok(!render().includes('\u001B'));
    assert.ok(render({}, true).startsWith('\u001B[31merror[E103]\u001B[0m'));
  });
});

describe('findings as JSON', () => {
  it('have their place beside them, and are counted', () => {
    const report = JSON.parse(renderFindingsJson([finding, { ...finding, severity: 'warning' }]));
    assert.deepEqual([report.valid, report.errors, report.warnings], [false, 1, 1]);
    assert.deepEqual(report.findings[0], {
      code: 'E103',
      severity: 'error',
      message: finding.message,
      hint: finding.hint,
      envoy: 'refuses',
      path: 'providers.kc.audience',
      file: 'front.yaml',
      line: 12,
      column: 3,
      length: 8,
    });
  });
});
