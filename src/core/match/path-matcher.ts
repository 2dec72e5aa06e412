import { lowerAscii, toByteString } from './byte-string.ts';
import { keysOfPattern } from './literal-prefix.ts';
import type { PathKey } from './path-index.ts';
import type { Refuse } from './refusal.ts';
import { compileRegexMatcher, type StringMatcher } from './string-matcher.ts';

/** How a path is compared with a text (`envoy.config.route.v3.RouteMatch`). */
type PlainPathKind = 'path' | 'prefix' | 'path_separated_prefix';

/** A compiled test of a path that has neither query nor fragment. */
export interface PathMatcher {
  /** `prefix "/api"`, for a person. */
  readonly wants: string;
  matches(path: string): boolean;
  /** It can only match where one of these does; null: it always has to be tried. */
  readonly keys: readonly PathKey[] | null;
}

/**
 * A test of a path's text.
 * @param value as the configuration spells it; paths are compared byte by byte
 * @param ignoreCase of ASCII letters
 */
export function createPathMatcher(kind: PlainPathKind, value: string, ignoreCase: boolean): PathMatcher {
  const bytes = toByteString(value);
  const text = ignoreCase ? lowerAscii(bytes) : bytes;
  return new PlainPathMatcher(kind, text, ignoreCase, `${kind} "${value}"${ignoreCase ? ' (any case)' : ''}`);
}

/** `safe_regex` must match the whole path; case sensitivity does not touch it (envoy.md §6.2). */
export function compileRegexPathMatcher(config: { regex: string }, refuse: Refuse): PathMatcher | null {
  const regex = compileRegexMatcher(config, refuse);
  return regex === null ? null : new RegexPathMatcher(regex, keysOfPattern(config.regex));
}

class PlainPathMatcher implements PathMatcher {
  readonly wants: string;
  readonly keys: readonly PathKey[];
  readonly #kind: PlainPathKind;
  readonly #text: string;
  readonly #ignoreCase: boolean;

  /** @param text in lower case where case does not count */
  constructor(kind: PlainPathKind, text: string, ignoreCase: boolean, wants: string) {
    this.keys = [{ kind: kind === 'path' ? 'exact' : 'prefix', text, ignoreCase }];
    this.wants = wants;
    this.#kind = kind;
    this.#text = text;
    this.#ignoreCase = ignoreCase;
  }

  matches(path: string): boolean {
    const text = this.#text;
    const subject = this.#ignoreCase ? lowerAscii(path) : path;
    switch (this.#kind) {
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
  readonly keys: readonly PathKey[] | null;
  readonly #regex: StringMatcher;

  constructor(regex: StringMatcher, keys: readonly PathKey[] | null) {
    this.#regex = regex;
    this.keys = keys;
    this.wants = `safe_${regex.wants}`;
  }

  matches(path: string): boolean {
    return this.#regex.matches(path);
  }
}
