import type { ScalarNode } from '../../control/config/index.ts';
import type { Position } from '../../resources/index.ts';
import type { AskedOf, PolicyCase } from './policy-test.ts';
import { parseStatus } from './read-expectation.ts';
import type { Problems } from './read-node.ts';

/** Where bearer tokens stand. */
export const BEARER = { kind: 'header', name: 'authorization', prefix: 'Bearer ' } as const;

/** One row of a text: its words, each with its place. */
interface Row {
  words: { text: string; at: Position }[];
  at: Position;
}

/**
 * A table of who gets in: tokens (or `none`) across, `request` above the first column or nothing, requests down, a status in each cell (`-`: not asked).
 * @param lines of the file, to find places by
 */
export function readTable(
  node: ScalarNode,
  lines: readonly string[],
  nowMs: number,
  problems: Problems,
): PolicyCase[] {
  const [first, ...rows] = rowsOf(node, lines);
  const head = first === undefined ? undefined : withoutCorner(first);
  if (head === undefined) {
    problems.add(node.at, 'the table is empty');
    return [];
  }
  return rows.flatMap((row) => readRow(row, head, nowMs, problems));
}

/** The column of requests may have a name. */
function withoutCorner(head: Row): Row {
  return head.words[0]?.text === 'request' ? { ...head, words: head.words.slice(1) } : head;
}

function readRow(row: Row, head: Row, nowMs: number, problems: Problems): PolicyCase[] {
  const [method, url, ...cells] = row.words;
  if (method === undefined || url === undefined || cells.length !== head.words.length) {
    problems.add(row.at, `a row is a method, a path and ${head.words.length} cells: one for each name above`);
    return [];
  }
  return cells.flatMap((cell, index) => {
    if (cell.text === '-') return [];
    const status = parseStatus(cell.text);
    const column = head.words[index] as Row['words'][number];
    if (status === undefined) {
      problems.add(cell.at, `\`${cell.text}\` is no status: write 200, 4xx, pass, deny or -`);
      return [];
    }
    const request = plainRequest(method.text, url.text, column.text === 'none' ? null : column.text);
    const name = `${method.text} ${url.text} as ${column.text}`;
    return [
      { name, at: cell.at, request, nowMs, repeat: 1, expect: { status }, expectLast: undefined },
    ] satisfies PolicyCase[];
  });
}

export function plainRequest(method: string, url: string, as: string | null): AskedOf {
  return { method, url, as, tokenIn: BEARER, headers: [], peer: undefined, listener: undefined };
}

/** A block's rows with their places in the file; comments and empty lines are none. */
function rowsOf({ text, at }: ScalarNode, lines: readonly string[]): Row[] {
  const isBlock = /[|>]/.test(lines[at.line - 1]?.slice(at.column - 1) ?? '');
  const first = isBlock ? at.line + 1 : at.line;
  return text.split('\n').flatMap((content, index) => {
    if (content.trim() === '' || content.trimStart().startsWith('#')) return [];
    const line = first + index;
    const shift = Math.max(0, lines[line - 1]?.indexOf(content) ?? 0);
    const words = [...content.matchAll(/\S+/g)].map((found) => ({
      text: found[0],
      at: { file: at.file, line, column: shift + found.index + 1, length: found[0].length },
    }));
    return [{ words, at: (words[0] as Row['words'][number]).at }];
  });
}
