import { escapeXml } from '../escape-xml.ts';
import type { CaseResult } from './play-case.ts';
import { countOf, type FileReport, isFailure, placeOf } from './report.ts';

/** JUnit's XML, one suite per file. No times: nothing of a verdict depends on them. */
export function renderJunit(reports: readonly FileReport[]): string {
  const { passed, failed } = countOf(reports);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="jotgate test" tests="${passed + failed}" failures="${failed}">`,
    ...reports.flatMap(renderSuite),
    '</testsuites>',
    '',
  ].join('\n');
}

function renderSuite({ test, results }: FileReport): string[] {
  const failures = results.filter(isFailure).length;
  return [
    `  <testsuite name="${escapeXml(test.file)}" tests="${results.length}" failures="${failures}">`,
    ...results.flatMap((result) => renderCase(result, test.file)),
    '  </testsuite>',
  ];
}

function renderCase(result: CaseResult, file: string): string[] {
  const { policyCase, mismatches } = result;
  const open = `    <testcase name="${escapeXml(policyCase.name)}" classname="${escapeXml(file)}" file="${escapeXml(file)}" line="${policyCase.at.line}"`;
  if (mismatches.length === 0) return [`${open}/>`];
  const message = escapeXml(mismatches.join('; '));
  return [
    `${open}>`,
    `      <failure message="${message}">${escapeXml(placeOf(result))}</failure>`,
    '    </testcase>',
  ];
}
