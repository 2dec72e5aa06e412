import { gapOf } from './coverage.ts';
import { placeIn } from './render-pretty.ts';
import { countOf, type FileReport, placeOf } from './report.ts';

/** One object: counts, and each file with its cases, gaps and survivors. */
export function renderJson(reports: readonly FileReport[]): string {
  return `${JSON.stringify({ ...countOf(reports), files: reports.map(fileOf) }, null, 2)}\n`;
}

function fileOf({ test, results, provenance, coverage, mutation }: FileReport) {
  return {
    file: test.file,
    cases: results.map((result) => ({
      name: result.policyCase.name,
      at: placeOf(result),
      ok: result.mismatches.length === 0,
      mismatches: result.mismatches,
      status: result.verdict.status,
    })),
    coverage:
      coverage?.parts.map((part) => ({
        part: part.part.name,
        at: placeIn(provenance, part.part.origin) ?? null,
        reached: part.reached,
        passed: part.passed,
        refused: part.refused,
        gap: gapOf(part) ?? null,
      })) ?? null,
    mutation:
      mutation === null
        ? null
        : {
            killed: mutation.killed,
            survivors: mutation.survivors.map(({ text, origin, field }) => ({
              text,
              at: placeIn(provenance, origin, field) ?? null,
            })),
          },
  };
}
