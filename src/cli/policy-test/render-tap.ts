import { countOf, type FileReport, isFailure, placeOf } from './report.ts';

/** Test Anything Protocol, version 14. */
export function renderTap(reports: readonly FileReport[]): string {
  const results = reports.flatMap((report) => report.results);
  const lines = ['TAP version 14', `1..${results.length}`];
  for (const [index, result] of results.entries()) {
    const failed = isFailure(result);
    lines.push(`${failed ? 'not ok' : 'ok'} ${index + 1} - ${escapeLine(result.policyCase.name)}`);
    if (!failed) continue;
    lines.push('  ---', `  at: ${JSON.stringify(placeOf(result))}`, '  mismatches:');
    lines.push(...result.mismatches.map((text) => `    - ${JSON.stringify(text)}`), '  ...');
  }
  const { passed, failed } = countOf(reports);
  lines.push(`# pass ${passed}`, `# fail ${failed}`);
  return `${lines.join('\n')}\n`;
}

/** `#` would begin a directive. */
const escapeLine = (text: string) => text.replaceAll(/[\\#]/g, '\\$&').replaceAll(/\s+/g, ' ');
