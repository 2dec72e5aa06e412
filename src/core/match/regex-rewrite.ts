import { RE2JS } from 're2js';
import { toByteString } from './byte-string.ts';
import type { Refuse } from './refusal.ts';

/** Replaces every match of a regular expression in a byte string (Envoy: regex.cc, RE2's GlobalReplace). */
export interface RegexRewrite {
  readonly wants: string;
  replaceAll(bytes: string): string;
}

type Piece = string | number;

/** Compiles `RegexMatchAndSubstitute`: `\1` stands for the first group, `\0` for the match, `\\` for a backslash. */
export function compileRegexRewrite(
  config: { pattern?: { regex: string } | undefined; substitution: string },
  refuse: Refuse,
): RegexRewrite | null {
  const regex = config.pattern?.regex ?? '';
  let program: RE2JS;
  try {
    program = RE2JS.compile(toByteString(regex));
  } catch (error) {
    refuse((error as Error).message, config.pattern ?? config, 'regex');
    return null;
  }
  const pieces = parseSubstitution(toByteString(config.substitution), program.groupCount());
  if (pieces === null) {
    refuse(`\`${config.substitution}\` is no substitution for \`${regex}\``, config, 'substitution');
    return null;
  }
  return new CompiledRewrite(`regex "${regex}" -> "${config.substitution}"`, program, pieces);
}

class CompiledRewrite implements RegexRewrite {
  readonly wants: string;
  readonly #program: RE2JS;
  readonly #pieces: readonly Piece[];

  constructor(wants: string, program: RE2JS, pieces: readonly Piece[]) {
    this.wants = wants;
    this.#program = program;
    this.#pieces = pieces;
  }

  replaceAll(bytes: string): string {
    const matcher = this.#program.matcher(bytes);
    let result = '';
    let end = 0;
    while (matcher.find()) {
      result += bytes.slice(end, matcher.start());
      for (const piece of this.#pieces) {
        result += typeof piece === 'string' ? piece : (matcher.group(piece) ?? '');
      }
      end = matcher.end();
    }
    return result + bytes.slice(end);
  }
}

function parseSubstitution(text: string, groups: number): Piece[] | null {
  const pieces: Piece[] = [];
  for (const [, escaped, literal] of text.matchAll(/\\([\s\S]?)|([^\\]+)/g)) {
    if (literal !== undefined) pieces.push(literal);
    else if (escaped === '\\') pieces.push('\\');
    else if (escaped !== undefined && /\d/.test(escaped) && Number(escaped) <= groups)
      pieces.push(Number(escaped));
    else return null;
  }
  return pieces;
}
