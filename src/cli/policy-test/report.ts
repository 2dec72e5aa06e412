import type { Provenance, Snapshot } from '../../resources/index.ts';
import type { Coverage } from './coverage.ts';
import type { MutationReport } from './mutation.ts';
import type { CaseResult } from './play-case.ts';
import type { PolicyTest } from './policy-test.ts';

/** How one file went. */
export interface FileReport {
  test: PolicyTest;
  results: readonly CaseResult[];
  snapshot: Snapshot;
  provenance: Provenance;
  /** Null where it was not asked for. */
  coverage: Coverage | null;
  mutation: MutationReport | null;
}

export const isFailure = ({ mismatches }: CaseResult) => mismatches.length > 0;

export function countOf(reports: readonly FileReport[]): { passed: number; failed: number } {
  const results = reports.flatMap((report) => report.results);
  const failed = results.filter(isFailure).length;
  return { passed: results.length - failed, failed };
}

/** `file:line:column` of a case. */
export function placeOf({ policyCase: { at } }: CaseResult): string {
  return `${at.file}:${at.line}:${at.column}`;
}
