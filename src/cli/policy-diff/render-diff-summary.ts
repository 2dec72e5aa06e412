import { inOrder, kindOf } from './change-kind.ts';
import type { DiffResult, ListenerChange } from './diff-snapshots.ts';
import { countLine, diffNotes } from './render-diff.ts';
import { DIMENSIONS } from './request-space.ts';

const PAD = 'answered otherwise'.length + 2;

/** One line for each class of requests that changes, and how many there are of each kind. */
export function renderDiffSummary(result: DiffResult): string {
  const lines = inOrder(result.changes).map(summaryLine);
  for (const name of result.onlyBefore) lines.push(`${'gone'.padEnd(PAD)}listener ${name}`);
  for (const name of result.onlyAfter) lines.push(`${'new'.padEnd(PAD)}listener ${name}`);
  return `${[...lines, countLine(result), ...diffNotes(result, lines)].join('\n')}\n`;
}

/** Of each part the first value, and how many more there are. */
function summaryLine(change: ListenerChange): string {
  const parts = DIMENSIONS.toReversed().flatMap((name) => {
    const [first, ...more] = change.parts[name] ?? [];
    if (first === undefined) return [];
    const label = name === 'token' ? first : `${name} ${first}`;
    return more.length === 0 ? label : `${label} (+${more.length})`;
  });
  const what = parts.length === 0 ? 'every request' : parts.join(', ');
  return `${kindOf(change).padEnd(PAD)}${change.before} -> ${change.after}   ${change.listener}: ${what}`;
}
