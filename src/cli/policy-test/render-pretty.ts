import type { Step } from '../../base/index.ts';
import { ClaimRedactor } from '../../proxy/rehearsal/index.ts';
import type { Provenance } from '../../resources/index.ts';
import { renderWhy } from '../render-why.ts';
import { judge } from '../why-verdict.ts';
import { type Coverage, gapOf } from './coverage.ts';
import type { MutationReport } from './mutation.ts';
import type { CaseResult } from './play-case.ts';
import { tokenNamesIn } from './read-policy-test.ts';
import { countOf, type FileReport, isFailure, placeOf } from './report.ts';

/** For a terminal: what failed, with the decision tree of each; then what the cases leave open; then the count. */
export function renderPretty(reports: readonly FileReport[], color: boolean): string {
  const blocks = reports.map((report) => renderFile(report, color));
  const { passed, failed } = countOf(reports);
  return `${blocks.join('')}${passed} passed, ${failed} failed\n`;
}

function renderFile(report: FileReport, color: boolean): string {
  const { test, results, provenance, coverage, mutation } = report;
  const failures = results.filter(isFailure);
  const mark = failures.length === 0 ? paint('ok  ', 32, color) : paint('FAIL', 31, color);
  const lines = [`${mark} ${test.file}  ${results.length - failures.length} of ${results.length}`];
  for (const failure of failures) lines.push(...renderFailure(failure, report, color));
  if (coverage !== null) lines.push(...renderCoverage(coverage, provenance));
  if (mutation !== null) lines.push(...renderMutation(mutation, provenance));
  return `${lines.join('\n')}\n`;
}

function renderFailure(result: CaseResult, report: FileReport, color: boolean): string[] {
  const { policyCase, mismatches, asked, verdict } = result;
  const place = (origin: object, field?: string) => placeIn(report.provenance, origin, field);
  const root = shownRoot(result, report);
  const explanation = { asked, verdict, root, remedies: null, chance: null, ...judge(verdict, root) };
  const why = renderWhy(explanation, place, color).trimEnd().split('\n');
  return [
    `  ${paint('FAIL', 31, color)} ${policyCase.name}   ${placeOf(result)}`,
    ...mismatches.map((text) => `       ${text}`),
    ...why.map((line) => `       | ${line}`),
  ];
}

/** The claims of a recorded token are somebody's; those of a token made to order stand in the test. */
function shownRoot(
  { root, asked, policyCase: { request } }: CaseResult,
  { test, snapshot }: FileReport,
): Step {
  const isRecorded = tokenNamesIn(request).some((name) => test.tokens.get(name)?.text !== undefined);
  const isWritten = [request.url, ...request.headers].some((text) => text.includes('eyJ'));
  return isRecorded || isWritten ? new ClaimRedactor(snapshot, asked).redactStep(root) : root;
}

function renderCoverage({ parts }: Coverage, provenance: Provenance): string[] {
  const gaps = parts.filter((part) => gapOf(part) !== undefined);
  const hasAlternatives = parts.some(({ part }) => part.kind === 'alternative');
  const what = hasAlternatives ? 'providers, policies and alternatives in them' : 'providers and policies';
  return [
    `  coverage: ${parts.length - gaps.length} of ${parts.length} routes, rules, ${what}`,
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
