import { toByteString } from './byte-string.ts';

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

/** The same as what an index finds paths by, null where there is none. */
export function prefixToFind(pattern: string): { kind: 'prefix'; text: string; ignoreCase: false } | null {
  const text = literalPrefix(pattern);
  return text === '' ? null : { kind: 'prefix', text, ignoreCase: false };
}
