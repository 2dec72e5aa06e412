/** What Envoy's reader of YAML refuses in a scalar, and the parser takes. */
export interface ScalarFault {
  offset: number;
  message: string;
}

/** Half a character is none, written as bytes or as an escape. */
export function halfCharacterIn(value: string, start: number): ScalarFault | undefined {
  if (value.isWellFormed()) return undefined;
  return { offset: start, message: 'half of a surrogate pair is no character' };
}

const ESCAPED_HALF = /(?:^|[^\\])(?:\\\\)*\\u[dD][89a-fA-F]/;

/** Of two escapes Envoy makes no one character. The text from `start` to `end` is in double quotes. */
export function escapedPairIn(text: string, start: number, end: number): ScalarFault | undefined {
  if (!ESCAPED_HALF.test(text.slice(start, end))) return undefined;
  const message = 'YAML has no pairs of `\\u` escapes: write the character itself, or `\\U` and eight digits';
  return { offset: start, message };
}

/** The rest of a line and the blank lines behind it, up to where something is written. */
const BLANK_LINES = /[ \t]*\r?\n[ \t\r\n]*/y;

/**
 * Looking for more lines of a scalar without quotes, Envoy finds a tab where only blanks may indent.
 * @param column of the block that the scalar, which ends at `end`, stands in; counted from 0
 */
export function tabBehind(text: string, end: number, column: number): ScalarFault | undefined {
  BLANK_LINES.lastIndex = end;
  const blank = BLANK_LINES.exec(text)?.[0] ?? '';
  for (const { 0: line, index } of blank.matchAll(/(?<=\n) *\t/g)) {
    if (line.length - 1 > column) continue;
    const message = 'a tab where blanks indent, behind a value without quotes: remove it';
    return { offset: end + index + line.length - 1, message };
  }
  return undefined;
}
