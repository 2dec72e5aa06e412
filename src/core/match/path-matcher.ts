import { lowerAscii, toByteString } from './byte-string.ts';
import { prefixToFind } from './literal-prefix.ts';
import type { Refuse } from './refusal.ts';
import { compileRegexMatcher, type StringMatcher } from './string-matcher.ts';

/** How a path is compared with a text (`envoy.config.route.v3.RouteMatch`). */
export type PlainPathKind = 'path' | 'prefix' | 'path_separated_prefix';

/** A compiled test of a path that has neither query nor fragment. */
export interface PathMatcher {
  /** `prefix "/api"`, for a person. */
  readonly wants: string;
  matches(path: string): boolean;
  /** What the path index can find it by; null: it has to be tried. */
  readonly plain: { kind: PlainPathKind; text: string; ignoreCase: boolean } | null;
}

/**
 * A test of a path's text.
 * @param value as the configuration spells it; paths are compared byte by byte
 * @param ignoreCase of ASCII letters
 */
export function createPathMatcher(kind: PlainPathKind, value: string, ignoreCase: boolean): PathMatcher {
  const bytes = toByteString(value);
  const text = ignoreCase ? lowerAscii(bytes) : bytes;
  return new PlainPathMatcher(
    { kind, text, ignoreCase },
    `${kind} "${value}"${ignoreCase ? ' (any case)' : ''}`,
  );
}

/** `safe_regex` must match the whole path; case sensitivity does not touch it (envoy.md §6.2). */
export function compileRegexPathMatcher(config: { regex: string }, refuse: Refuse): PathMatcher | null {
  const regex = compileRegexMatcher(config, refuse);
  return regex === null ? null : new RegexPathMatcher(regex, prefixToFind(config.regex));
}

class PlainPathMatcher implements PathMatcher {
  readonly wants: string;
  readonly plain: { kind: PlainPathKind; text: string; ignoreCase: boolean };

  constructor(plain: { kind: PlainPathKind; text: string; ignoreCase: boolean }, wants: string) {
    this.plain = plain;
    this.wants = wants;
  }

  matches(path: string): boolean {
    const { kind, text, ignoreCase } = this.plain;
    const subject = ignoreCase ? lowerAscii(path) : path;
    switch (kind) {
      case 'path':
        return subject === text;
      case 'prefix':
        return subject.startsWith(text);
      case 'path_separated_prefix':
        return (
          subject.startsWith(text) &&
          (subject.length === text.length || subject.charCodeAt(text.length) === SLASH)
        );
    }
  }
}

const SLASH = 47;

class RegexPathMatcher implements PathMatcher {
  readonly wants: string;
  readonly plain: PathMatcher['plain'];
  readonly #regex: StringMatcher;

  constructor(regex: StringMatcher, plain: PathMatcher['plain']) {
    this.#regex = regex;
    this.plain = plain;
    this.wants = `safe_${regex.wants}`;
  }

  matches(path: string): boolean {
    return this.#regex.matches(path);
  }
}
