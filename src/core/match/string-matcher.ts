import { lowerAscii, toByteString } from './byte-string.ts';
import type { Refuse } from './refusal.ts';
import { compileRegex, type Regex } from './regex.ts';

/** The shape of `envoy.type.matcher.v3.StringMatcher`. */
export interface StringMatcherConfig {
  matchPattern:
    | { case: 'exact' | 'prefix' | 'suffix' | 'contains'; value: string }
    | { case: 'safeRegex'; value: { regex: string } }
    | { case: 'custom'; value: object }
    | { case: undefined; value?: undefined };
  ignoreCase: boolean;
}

/** How a string is compared with a text (`envoy.type.matcher.v3.StringMatcher`). */
export type StringMatchKind = 'exact' | 'prefix' | 'suffix' | 'contains';

/** A compiled matcher of byte strings. */
export interface StringMatcher {
  matches(bytes: string): boolean;
  /** What it looks for, for a person: `prefix "/api"`. */
  readonly wants: string;
  /** Set when it compares text plainly, so that lists of matchers can be indexed. */
  readonly plain: { kind: StringMatchKind; text: string; ignoreCase: boolean } | null;
}

/** Compiles a StringMatcher. With a regex `ignore_case` is refused, as Envoy refuses it. */
export function compileStringMatcher(config: StringMatcherConfig, refuse: Refuse): StringMatcher | null {
  const { matchPattern, ignoreCase } = config;
  switch (matchPattern.case) {
    case 'exact':
    case 'prefix':
    case 'suffix':
    case 'contains':
      return createPlainMatcher(matchPattern.case, matchPattern.value, ignoreCase);
    case 'safeRegex':
      if (ignoreCase) refuse('`ignore_case` has no effect for `safe_regex`', config, 'ignore_case');
      return ignoreCase ? null : compileRegexMatcher(matchPattern.value, refuse);
    case 'custom':
      refuse('`custom` string matchers are not supported', config, 'custom', 'accepts');
      return null;
    case undefined:
      refuse('a string matcher needs one of `exact`, `prefix`, `suffix`, `contains`, `safe_regex`', config);
      return null;
  }
}

/**
 * A matcher that compares with a text.
 * @param value as the configuration spells it; strings are compared byte by byte
 * @param ignoreCase of ASCII letters
 */
export function createPlainMatcher(kind: StringMatchKind, value: string, ignoreCase: boolean): StringMatcher {
  const bytes = toByteString(value);
  const text = ignoreCase ? lowerAscii(bytes) : bytes;
  const wants = `${kind} "${value}"${ignoreCase ? ' (any case)' : ''}`;
  return new PlainMatcher({ kind, text, ignoreCase }, wants);
}

/** Compiles a `safe_regex`, which must match the whole string; null where RE2 has no such pattern, which is then refused. */
export function compileRegexMatcher(config: { regex: string }, refuse: Refuse): StringMatcher | null {
  const compiled = compileRegex(config.regex);
  if (compiled.error !== undefined) {
    refuse(`bad regular expression \`${config.regex}\`: ${compiled.error}`, config, 'regex');
    return null;
  }
  return new RegexMatcher(compiled.regex);
}

class PlainMatcher implements StringMatcher {
  readonly wants: string;
  readonly plain: { kind: StringMatchKind; text: string; ignoreCase: boolean };

  constructor(plain: { kind: StringMatchKind; text: string; ignoreCase: boolean }, wants: string) {
    this.plain = plain;
    this.wants = wants;
  }

  matches(bytes: string): boolean {
    const { kind, text, ignoreCase } = this.plain;
    const subject = ignoreCase ? lowerAscii(bytes) : bytes;
    switch (kind) {
      case 'exact':
        return subject === text;
      case 'prefix':
        return subject.startsWith(text);
      case 'suffix':
        return subject.endsWith(text);
      case 'contains':
        return subject.includes(text);
    }
  }
}

class RegexMatcher implements StringMatcher {
  readonly wants: string;
  readonly plain = null;
  readonly #regex: Regex;

  constructor(regex: Regex) {
    this.#regex = regex;
    this.wants = `regex "${regex.pattern}"`;
  }

  matches(bytes: string): boolean {
    return this.#regex.matchesAll(bytes);
  }
}
