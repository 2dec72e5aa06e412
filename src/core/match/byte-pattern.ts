import { RE2JS } from 're2js';
import { toByteString } from './byte-string.ts';

/** An expression over bytes, compiled. */
export interface BytePattern {
  /** What the engine made its program of. */
  source: string;
  program: RE2JS;
  error?: undefined;
}

/**
 * Compiles an expression as RE2 reads it over bytes (RE2: parse.cc, Latin-1), where the engine reads it otherwise: `\C` is any byte, groups
 * may share a name, and there is no character beyond the last byte.
 * @returns the program, or RE2's own words for what is wrong with the expression, as Envoy prints them
 */
export function compileBytePattern(pattern: string): BytePattern | { error: string } {
  const { source, beyond } = translate(toByteString(pattern));
  try {
    const program = RE2JS.compile(source);
    return beyond === null ? { source, program } : { error: `invalid escape sequence: ${beyond}` };
  } catch (error) {
    return { error: inWordsOfRe2((error as Error).message) };
  }
}

/** A character by its number, quoted text, another escape, the edges of a class, the head of a named group. */
const PIECES = /\\x\{([0-9A-Fa-f]+)|\\Q.*?(?:\\E|$)|\\.|\[:\^?\w+:\]|\[\^?\]?|\]|\(\?P?<(\w+)>/gs;

/** @returns the expression for the engine, and the first escape in it of a character beyond the last byte */
function translate(bytes: string): { source: string; beyond: string | null } {
  const names = new Set<string>();
  let inClass = false;
  let beyond: string | null = null;
  const source = bytes.replace(PIECES, (piece: string, digits?: string, name?: string) => {
    if (digits !== undefined) beyond ??= escapeBeyondBytes(digits);
    else if (piece === ']') inClass = false;
    else if (piece.startsWith('[') && !piece.endsWith(':]')) inClass = !inClass || !piece.endsWith(']');
    else if (piece === '\\C' && !inClass) return '(?s:.)';
    else if (name !== undefined && !inClass) return names.size === names.add(name).size ? '(' : piece;
    return piece;
  });
  return { source, beyond };
}

/** @returns the escape up to the digit that makes it larger than a byte, which is what RE2 names */
function escapeBeyondBytes(digits: string): string | null {
  for (let end = 1; end <= digits.length; end++) {
    const read = digits.slice(0, end);
    if (Number.parseInt(read, 16) > 0xff) return `\\x{${read}`;
  }
  return null;
}

/** The engine's complaints are worded as Go's; Envoy prints those of the C++ library. */
const WORDS: readonly (readonly [go: string, cpp: string])[] = [
  ['missing closing ]', 'missing ]'],
  ['missing closing )', 'missing )'],
  ['invalid or unsupported Perl syntax', 'invalid perl operator'],
  ['invalid nested repetition operator', 'bad repetition operator'],
  ['missing argument to repetition operator', 'no argument for repetition operator'],
  ['invalid repeat count', 'invalid repetition size'],
  ['trailing backslash at end of expression', 'trailing \\'],
  ['invalid named capture', 'invalid named capture group'],
];

/** @param message the engine's complaint about an expression; any other message stays as it is */
export function inWordsOfRe2(message: string): string {
  const text = message.replace(/^error parsing regexp: /, '').replace(/: `([\s\S]*)`$/, ': $1');
  const lookBehind = /^invalid named capture: (\(\?<[=!])/.exec(text)?.[1];
  if (lookBehind !== undefined) return `invalid perl operator: ${lookBehind}`;
  for (const [go, cpp] of WORDS) {
    if (text.startsWith(go)) return cpp + text.slice(go.length);
  }
  return text;
}
