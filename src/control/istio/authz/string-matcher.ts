import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { type StringMatcher, StringMatcherSchema } from '#schema/envoy/type/matcher/v3/string_pb.js';

/** Any value that is there at all. */
export const ANY_TEXT = '.+';

/** Escapes what RE2 gives a meaning to, as Go's `regexp.QuoteMeta` does. */
export function escapeRegex(text: string): string {
  return text.replaceAll(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}

export function regexMatcher(regex: string): StringMatcher {
  return create(StringMatcherSchema, { matchPattern: { case: 'safeRegex', value: { regex } } });
}

/**
 * Istio's wildcard forms: `*` any value, `*x` suffix, `x*` prefix, anything else exact; a star in front wins over one at the end.
 * @param before text that the compared value starts with and the author leaves out (`spiffe://`).
 */
export function wildcardMatcher(text: string, before = ''): StringMatcher {
  if (text === '*') return regexMatcher(ANY_TEXT);
  if (text.startsWith('*')) return suffixMatcher(text.slice(1), before);
  if (text.endsWith('*')) return matcherOf({ case: 'prefix', value: before + text.slice(0, -1) });
  return exactMatcher(before + text);
}

export function exactMatcher(text: string): StringMatcher {
  return matcherOf({ case: 'exact', value: text });
}

function suffixMatcher(text: string, before: string): StringMatcher {
  if (before === '') return matcherOf({ case: 'suffix', value: text });
  return regexMatcher(`${before}.*${escapeRegex(text)}`);
}

function matcherOf(
  matchPattern: NonNullable<MessageInitShape<typeof StringMatcherSchema>['matchPattern']>,
): StringMatcher {
  return create(StringMatcherSchema, { matchPattern });
}
