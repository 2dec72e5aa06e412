import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Finding, Findings } from './finding.ts';

const at = { file: 'a.yaml', line: 3, column: 5, length: 1 };
const finding: Finding = {
  code: 'W213',
  severity: 'warning',
  message: 'key 0',
  envoy: 'accepts',
  at,
  path: 'a[0]',
};

describe('findings are collected', () => {
  const rows: { name: string; second: Partial<Finding>; want: number }[] = [
    {
      name: 'the same of one place is said once, by whatever path it is come to',
      second: { path: 'a[1]' },
      want: 1,
    },
    { name: 'another message of that place is said', second: { message: 'key 1' }, want: 2 },
    { name: 'another code of that place is said', second: { code: 'L12' }, want: 2 },
    { name: 'the same of another place is said', second: { at: { ...at, column: 6 } }, want: 2 },
  ];
  for (const { name, second, want } of rows) {
    it(name, () => {
      const findings = new Findings();
      findings.add(finding);
      findings.report({ code: 'E1', severity: 'error', message: 'first', envoy: 'refuses' });
      findings.report({ code: 'E1', severity: 'error', message: 'first', envoy: 'refuses' });
      findings.add({ ...finding, ...second });
      assert.equal(findings.list.length, want + 1);
    });
  }
});
