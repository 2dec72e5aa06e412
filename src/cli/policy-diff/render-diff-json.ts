import type { DiffResult } from './diff-snapshots.ts';
import { type DiffSides, decisionText, requestText } from './render-diff.ts';

/** The same as one JSON object. Tokens are told by what they are, never printed. */
export function renderDiffJson(result: DiffResult, { before, after }: DiffSides): string {
  const { changes, ...rest } = result;
  const document = {
    ...rest,
    changes: changes.map((change) => ({
      listener: change.listener,
      before: change.before,
      after: change.after,
      requests: change.size,
      parts: change.parts,
      witness: {
        request: requestText(change.witness),
        before: decisionText(change.decisions.before, before.provenance),
        after: decisionText(change.decisions.after, after.provenance),
      },
    })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
