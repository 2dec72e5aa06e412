import { redactTokens } from '../../core/match/index.ts';
import type { Replay, ReplayRow } from './replay-log.ts';

/** Counts of what a log's requests are answered, the most frequent first. */
export function renderReplay({ rows, lines, bad }: Replay, log: string): string {
  const width = String(Math.max(0, ...rows.map(({ count }) => count))).length + 2;
  const margin = ' '.repeat(width);
  const out = rows.flatMap((row) => [
    `${String(row.count).padStart(width)}  ${row.answer.replaceAll('\n', `\n${margin}`)}`,
    `${margin}  first: ${log}:${row.first.line} ${redactTokens(row.first.text)}${otherwiseText(row)}`,
  ]);
  const read = lines - bad.count;
  out.push(`${read} ${read === 1 ? 'request' : 'requests'} of ${log}`);
  if (bad.count > 0) out.push(badLines(bad, log));
  return `${out.join('\n')}\n`;
}

function otherwiseText({ otherwise, firstOtherwise }: ReplayRow): string {
  if (firstOtherwise === null) return '';
  const { line, status } = firstOtherwise;
  return `; ${otherwise} had another status when they were logged (line ${line}: ${status})`;
}

function badLines({ count, first }: Replay['bad'], log: string): string {
  const places = first.map((line) => `${log}:${line}`).join(', ');
  const more = count > first.length ? ` and ${count - first.length} more` : '';
  return `${count} ${count === 1 ? 'line is' : 'lines are'} of no known format: ${places}${more}`;
}

export function describeReplay({ rows, lines, bad }: Replay): object {
  return {
    lines,
    unread: bad,
    answers: rows.map(({ answer, count, otherwise, first, firstOtherwise }) => ({
      answer,
      count,
      otherwise,
      first: { ...first, text: redactTokens(first.text) },
      firstOtherwise:
        firstOtherwise === null ? null : { line: firstOtherwise.line, status: firstOtherwise.status },
    })),
  };
}
