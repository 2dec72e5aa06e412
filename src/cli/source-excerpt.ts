/** A line of a user's file as it may be shown: without control characters, not longer than a screen. */
export interface Excerpt {
  text: string;
  /** Where in `text` the marked column stands, from 1. */
  column: number;
}

const BEFORE_MAX = 80;
const LENGTH_MAX = 200;

/** @param line without secrets @param column of it, from 1 */
export function excerptOf(line: string, column: number): Excerpt {
  const fits = line.length <= LENGTH_MAX || column - 1 <= BEFORE_MAX;
  const start = fits ? 0 : column - 1 - BEFORE_MAX / 2;
  const part = printable(line.slice(start, start + LENGTH_MAX));
  const head = start > 0 ? '…' : '';
  const tail = line.length > start + LENGTH_MAX ? '…' : '';
  return { text: head + part + tail, column: column - start + head.length };
}

/** Characters that a terminal would act on are shown as a replacement of the same width. */
export function printable(text: string): string {
  let out = '';
  for (const character of text) out += isControl(character.charCodeAt(0)) ? '\ufffd' : character;
  return out;
}

const isControl = (code: number) => (code < 32 && code !== 9) || (code >= 127 && code < 160);
