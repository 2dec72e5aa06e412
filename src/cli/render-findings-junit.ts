import type { Finding } from '../resources/index.ts';
import { escapeXml } from './escape-xml.ts';

/** What there is to say of one file. */
export interface FileFindings {
  name: string;
  findings: readonly Finding[];
}

/** JUnit's XML: a suite per file, a case per finding. Errors fail, warnings are told; a file without either is one case that passes. */
export function renderFindingsJunit(files: readonly FileFindings[]): string {
  const all = files.flatMap(({ findings }) => findings);
  const tests = files.reduce((sum, { findings }) => sum + Math.max(1, findings.length), 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="jotgate validate" tests="${tests}" failures="${failuresIn(all)}">`,
    ...files.flatMap(renderSuite),
    '</testsuites>',
    '',
  ].join('\n');
}

const failuresIn = (findings: readonly Finding[]) =>
  findings.filter(({ severity }) => severity === 'error').length;

function renderSuite({ name, findings }: FileFindings): string[] {
  const head = `  <testsuite name="${escapeXml(name)}" tests="${Math.max(1, findings.length)}" failures="${failuresIn(findings)}">`;
  const cases =
    findings.length === 0
      ? [`    <testcase name="valid" classname="${escapeXml(name)}"/>`]
      : findings.flatMap((finding) => renderCase(finding, name));
  return [head, ...cases, '  </testsuite>'];
}

function renderCase({ code, severity, message, hint, at }: Finding, file: string): string[] {
  const place = at === undefined ? file : `${at.file}:${at.line}:${at.column}`;
  const text = escapeXml([place, ...(hint === undefined ? [] : [hint])].join('\n'));
  const inner =
    severity === 'error'
      ? `      <failure type="${code}" message="${escapeXml(message)}">${text}</failure>`
      : `      <system-out>${escapeXml(`${severity}: ${message}`)}\n${text}</system-out>`;
  return [
    `    <testcase name="${escapeXml(`${code} ${place}`)}" classname="${escapeXml(file)}">`,
    inner,
    '    </testcase>',
  ];
}
