import type { Finding } from '../resources/index.ts';

/** What `validate --json` prints: one object, the findings in the order of the text. */
export function renderFindingsJson(findings: readonly Finding[]): string {
  const count = (severity: Finding['severity']) =>
    findings.filter((finding) => finding.severity === severity).length;
  const report = {
    valid: count('error') === 0,
    errors: count('error'),
    warnings: count('warning'),
    findings: findings.map(({ at, ...finding }) => ({ ...finding, ...at })),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}
