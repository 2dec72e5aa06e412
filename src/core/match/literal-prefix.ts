import { toByteString } from './byte-string.ts';
import type { PathKey } from './path-index.ts';

/** What stands for itself, or is escaped to do so, unless it is repeated. */
const LITERALS = /^\^?((?:(?:[^\\.+*?()[\]{}|^$]|\\[!-/:-@[-`{-~])(?![*?{+]))*)/s;

/**
 * How every text begins that an expression over bytes matches as a whole. No more than a first look: it ends at the first group, class,
 * repetition or named character, and is empty where there are alternatives.
 */
export function literalPrefix(pattern: string): string {
  if (pattern.includes('|')) return '';
  const literals = LITERALS.exec(toByteString(pattern))?.[1] ?? '';
  return literals.replace(/\\(.)/gs, '$1');
}

/** What an index finds an expression for whole paths by; null where it does not begin with a text. */
export function keysOfPattern(pattern: string): readonly PathKey[] | null {
  const text = literalPrefix(pattern);
  return text === '' ? null : [{ kind: 'prefix', text, ignoreCase: false }];
}
