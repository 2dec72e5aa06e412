import type { Provenance } from '../../resources/index.ts';
import { renderWhy } from '../render-why.ts';
import { judge } from '../why-verdict.ts';
import { type Coverage, gapOf } from './coverage.ts';
import type { MutationReport } from './mutation.ts';
import type { CaseResult } from './play-case.ts';
import { countOf, type FileReport, isFailure, placeOf } from './report.ts';

/** For a terminal: what failed, with the decision tree of each; then what the cases leave open; then the count. */
export function renderPretty(reports: readonly FileReport[], color: boolean): string {
  const blocks = reports.map((report) => renderFile(report, color));
  const { passed, failed } = countOf(reports);
  return `${blocks.join('')}${passed} passed, ${failed} failed\n`;
}

function renderFile({ test, results, provenance, coverage, mutation }: FileReport, color: boolean): string {
  const failures = results.filter(isFailure);
  const mark = failures.length === 0 ? paint('ok  ', 32, color) : paint('FAIL', 31, color);
  const lines = [`${mark} ${test.file}  ${results.length - failures.length} of ${results.length}`];
  for (const failure of failures) lines.push(...renderFailure(failure, provenance, color));
  if (coverage !== null) lines.push(...renderCoverage(coverage, provenance));
  if (mutation !== null) lines.push(...renderMutation(mutation, provenance));
  return `${lines.join('\n')}\n`;
}

function renderFailure(result: CaseResult, provenance: Provenance, color: boolean): string[] {
  const { policyCase, mismatches, asked, verdict, root } = result;
  const place = (origin: object, field?: string) => placeIn(provenance, origin, field);
  const explanation = { asked, verdict, root, remedies: null, ...judge(verdict, root) };
  const why = renderWhy(explanation, place, color).trimEnd().split('\n');
  return [
    `  ${paint('FAIL', 31, color)} ${policyCase.name}   ${placeOf(result)}`,
    ...mismatches.map((text) => `       ${text}`),
    ...why.map((line) => `       | ${line}`),
  ];
}

function renderCoverage({ parts }: Coverage, provenance: Provenance): string[] {
  const gaps = parts.filter((part) => gapOf(part) !== undefined);
  return [
    `  coverage: ${parts.length - gaps.length} of ${parts.length} routes, rules, providers and policies`,
    ...gaps.map((gap) => `    ${gapOf(gap)}   ${placeIn(provenance, gap.part.origin) ?? ''}`.trimEnd()),
  ];
}

function renderMutation({ killed, survivors }: MutationReport, provenance: Provenance): string[] {
  const total = killed + survivors.length;
  return [
    `  mutation: ${killed} of ${total} changes fail a case`,
    ...survivors.map(({ text, origin, field }) =>
      `    no case fails ${text}   ${placeIn(provenance, origin, field) ?? ''}`.trimEnd(),
    ),
  ];
}

export function placeIn(provenance: Provenance, origin: object, field?: string): string | undefined {
  const at = provenance.find(origin, field);
  return at === undefined ? undefined : `${at.file}:${at.line}`;
}

const paint = (text: string, code: number, color: boolean) =>
  color ? `\u001B[${code}m${text}\u001B[0m` : text;
