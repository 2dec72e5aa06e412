import { AllMatches } from './all-matches.ts';
import { compileBytePattern } from './byte-pattern.ts';
import { toByteString } from './byte-string.ts';
import type { Refuse } from './refusal.ts';

/** Replaces every match of a regular expression in a byte string (Envoy: regex.cc, RE2's GlobalReplace). */
export interface RegexRewrite {
  readonly wants: string;
  replaceAll(bytes: string): string;
}

type Piece = string | number;

/**
 * Compiles `RegexMatchAndSubstitute`: `\1` stands for the first group, `\0` for the match, `\\` for a backslash. A substitution with
 * a group that the expression does not have replaces nothing, as in RE2.
 */
export function compileRegexRewrite(
  config: { pattern?: { regex: string } | undefined; substitution: string },
  refuse: Refuse,
): RegexRewrite | null {
  const regex = config.pattern?.regex ?? '';
  const compiled = compileBytePattern(regex);
  if (compiled.error !== undefined) {
    refuse(`bad regular expression \`${regex}\`: ${compiled.error}`, config.pattern ?? config, 'regex');
    return null;
  }
  const { program } = compiled;
  const pieces = parseSubstitution(toByteString(config.substitution));
  const group = Math.max(0, ...pieces.filter((piece) => typeof piece === 'number'));
  const wants = `regex "${regex}" -> "${config.substitution}"`;
  return group > program.groupCount()
    ? { wants, replaceAll: (bytes) => bytes }
    : new CompiledRewrite(wants, new AllMatches(program), pieces);
}

class CompiledRewrite implements RegexRewrite {
  readonly wants: string;
  readonly #matches: AllMatches;
  readonly #pieces: readonly Piece[];

  constructor(wants: string, matches: AllMatches, pieces: readonly Piece[]) {
    this.wants = wants;
    this.#matches = matches;
    this.#pieces = pieces;
  }

  replaceAll(bytes: string): string {
    const next = this.#matches.of(bytes);
    if (next === null) return bytes;
    let result = '';
    let done = 0;
    for (let match = next(0); match !== null; ) {
      const [start, end] = match as unknown as [number, number];
      if (end > start || start > done || start === 0) {
        result += bytes.slice(done, start) + this.#substitute(bytes, match);
        done = end;
      }
      match = next(end > start ? end : end + 1);
    }
    return result + bytes.slice(done);
  }

  #substitute(bytes: string, match: Int32Array): string {
    let result = '';
    for (const piece of this.#pieces) {
      result += typeof piece === 'string' ? piece : bytes.slice(match[2 * piece], match[2 * piece + 1]);
    }
    return result;
  }
}

/** A backslash before anything but a digit or another ends it: RE2 gives up there and what it has written stays. */
function parseSubstitution(text: string): Piece[] {
  const pieces: Piece[] = [];
  for (const [, escaped, literal] of text.matchAll(/\\([\s\S]?)|([^\\]+)/g)) {
    if (literal !== undefined) pieces.push(literal);
    else if (escaped === '\\') pieces.push('\\');
    else if (escaped !== undefined && /\d/.test(escaped)) pieces.push(Number(escaped));
    else break;
  }
  return pieces;
}
