import { RE2JS } from 're2js';
import { toByteString } from './byte-string.ts';

/** An expression over bytes, compiled. */
export interface BytePattern {
  /** What the engine made its program of. */
  source: string;
  program: RE2JS;
}

/** A character by its number, quoted text, another escape, the edges of a class, the head of a named group. */
const PIECES = /\\x\{([0-9A-Fa-f]+)|\\Q.*?(?:\\E|$)|\\.|\[:\^?\w+:\]|\[\^?\]?|\]|\(\?P?<\w+>/gs;

/**
 * Compiles an expression as RE2 reads it over bytes (RE2: parse.cc, Latin-1), where the engine reads it otherwise: `\C` is any byte, groups
 * may share a name, and there is no character beyond the last byte.
 * @throws Error that says in the engine's words or RE2's what is wrong
 */
export function compileBytePattern(pattern: string): BytePattern {
  const names = new Set<string>();
  let inClass = false;
  let beyond: string | null = null;
  const source = toByteString(pattern).replace(PIECES, (piece: string, digits?: string) => {
    if (digits !== undefined) beyond ??= escapeBeyondBytes(digits);
    else if (piece === ']') inClass = false;
    else if (piece.startsWith('[') && !piece.endsWith(':]')) inClass = !inClass || !piece.endsWith(']');
    else if (piece === '\\C' && !inClass) return '(?s:.)';
    else if (piece.startsWith('(') && !inClass) return names.size === names.add(piece).size ? '(' : piece;
    return piece;
  });
  const program = RE2JS.compile(source);
  if (beyond !== null) throw new Error(`invalid escape sequence: ${beyond}`);
  return { source, program };
}

/** @returns the escape up to the digit that makes it larger than a byte, which is what RE2 names */
function escapeBeyondBytes(digits: string): string | null {
  for (let end = 1; end <= digits.length; end++) {
    const read = digits.slice(0, end);
    if (Number.parseInt(read, 16) > 0xff) return `\\x{${read}`;
  }
  return null;
}
