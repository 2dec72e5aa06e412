import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** One insertion into a proto file: fields of a message (or of a oneof in it), or whole messages at file level. */
export interface OverlayEntry {
  file: string;
  /** Message to insert into; nested ones with dots. Absent: file level. */
  message?: string;
  oneof?: string;
  /** Envoy version that brought the fields. */
  since: string;
  imports?: string[];
  /** Exact text of that message, or of the file, to change first, as where a newer Envoy relaxed a rule. */
  replace?: Record<string, string>;
  fields: string;
}

export function loadOverlay(folder: string): OverlayEntry[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return files.flatMap((name) => parse(readFileSync(join(folder, name), 'utf8')) as OverlayEntry[]);
}

/** Inserts what the overlay says about one file. An entry whose place is not found is an error: the protos have moved on. */
export function applyOverlay(path: string, text: string, overlay: OverlayEntry[]): string {
  return overlay.filter((entry) => entry.file === path).reduce(insert, text);
}

function insert(text: string, entry: OverlayEntry): string {
  let result = text;
  for (const [from, to] of Object.entries(entry.replace ?? {})) {
    const [start, end] = entry.message === undefined ? [0, result.length] : bodyOf(result, entry);
    const found = result.indexOf(from, start);
    if (found < 0 || found + from.length > end) {
      throw new Error(`overlay: \`${from}\` is not in ${entry.message ?? 'any message'} of ${entry.file}`);
    }
    result = `${result.slice(0, found)}${to}${result.slice(found + from.length)}`;
  }
  for (const name of entry.imports ?? []) {
    if (!result.includes(`import "${name}"`)) {
      result = result.replace(/^import /m, `import "${name}";\nimport `);
    }
  }
  const note = `\n  // since Envoy ${entry.since}\n`;
  if (entry.message === undefined) return `${result}${note}${entry.fields}\n`;
  const at = bodyEnd(result, entry);
  return `${result.slice(0, at)}${note}  ${entry.fields}\n${result.slice(at)}`;
}

/** Where the entry's message begins and its closing brace stands. */
function bodyOf(text: string, entry: OverlayEntry): [start: number, end: number] {
  let start = 0;
  let end = text.length;
  for (const name of (entry.message as string).split('.')) {
    [start, end] = block(text, new RegExp(`message ${name} \\{`, 'g'), start, end, entry);
  }
  return [start, end];
}

/** Where the closing brace of the entry's message (or oneof) stands. */
function bodyEnd(text: string, entry: OverlayEntry): number {
  const [start, end] = bodyOf(text, entry);
  if (entry.oneof === undefined) return end;
  return block(text, new RegExp(`oneof ${entry.oneof} \\{`, 'g'), start, end, entry)[1];
}

function block(
  text: string,
  opening: RegExp,
  from: number,
  to: number,
  entry: OverlayEntry,
): [number, number] {
  opening.lastIndex = from;
  const match = opening.exec(text);
  if (match === null || match.index > to) {
    throw new Error(`overlay: no place for ${entry.message ?? ''}.${entry.oneof ?? ''} in ${entry.file}`);
  }
  const start = match.index + match[0].length;
  return [start, closingBrace(text, start)];
}

/** Braces in comments and strings do not count. */
function closingBrace(text: string, start: number): number {
  let depth = 1;
  const token = /\/\/[^\n]*|"(?:[^"\\]|\\.)*"|[{}]/g;
  token.lastIndex = start;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    if (match[0] === '{') depth++;
    if (match[0] === '}' && --depth === 0) return match.index;
  }
  throw new Error('overlay: unbalanced braces');
}
