import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Finding } from '../resources/index.ts';
import { renderFindingsGithub } from './render-findings-github.ts';
import { renderFindingsJunit } from './render-findings-junit.ts';
import { renderFindingsSarif } from './render-findings-sarif.ts';

const unknown: Finding = {
  code: 'E103',
  severity: 'error',
  message: 'unknown field `a,b` in <X> & 100%',
  hint: 'did you mean `c`?',
  envoy: 'refuses',
  at: { file: 'dir/my file.yaml', line: 12, column: 3, length: 8 },
  path: 'providers.kc',
};
const unplaced: Finding = { code: 'L26', severity: 'warning', message: 'long', envoy: 'accepts' };

describe('findings for machines', () => {
  it('SARIF: a rule for each code, a result for each finding, at its region', async () => {
    const { version, runs } = JSON.parse(await renderFindingsSarif([unknown, unplaced, unknown]));
    assert.equal(version, '2.1.0');
    const [{ tool, results }] = runs;
    assert.deepEqual(
      tool.driver.rules.map(({ id, shortDescription }: { id: string; shortDescription: object }) => [
        id,
        shortDescription,
      ]),
      [
        ['E103', { text: 'unknown field' }],
        ['L26', { text: 'connect timeout longer than the fetch' }],
      ],
    );
    assert.deepEqual(results[0], {
      ruleId: 'E103',
      ruleIndex: 0,
      level: 'error',
      message: { text: 'unknown field `a,b` in <X> & 100%\ndid you mean `c`?' },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'dir/my%20file.yaml' },
            region: { startLine: 12, startColumn: 3, endColumn: 11 },
          },
          logicalLocations: [{ fullyQualifiedName: 'providers.kc' }],
        },
      ],
    });
    assert.deepEqual([results[1].level, results[1].locations], ['warning', []]);
  });
  it('GitHub: a command for each, with what would end it escaped', () => {
    assert.equal(
      renderFindingsGithub([unknown, unplaced]),
      '::error file=dir/my file.yaml,line=12,col=3,endColumn=11,title=E103::unknown field `a,b` in <X> & 100%25%0Adid you mean `c`?\n' +
        '::warning title=L26::long\n',
    );
  });
  it('JUnit: errors fail, warnings are told, a file without either passes', () => {
    const xml = renderFindingsJunit([
      { name: 'a.yaml', findings: [unknown, unplaced] },
      { name: 'b.yaml', findings: [] },
    ]);
    assert.match(xml, /<testsuites name="jotgate validate" tests="3" failures="1">/);
    assert.match(xml, /<failure type="E103" message="unknown field `a,b` in &lt;X&gt; &amp; 100%">/);
    assert.match(xml, /<system-out>warning: long/);
    assert.match(xml, /<testcase name="valid" classname="b.yaml"\/>/);
  });
});
