import { create } from '@bufbuild/protobuf';
import { type MetadataMatcher, MetadataMatcherSchema } from '#schema/envoy/type/matcher/v3/metadata_pb.js';
import type { StringMatcher } from '#schema/envoy/type/matcher/v3/string_pb.js';
import { type ValueMatcher, ValueMatcherSchema } from '#schema/envoy/type/matcher/v3/value_pb.js';

/** Where jwt_authn leaves the payload of a verified token. */
export const JWT_FILTER = 'envoy.filters.http.jwt_authn';
export const PAYLOAD_KEY = 'payload';

export function metadataMatcher(
  filter: string,
  keys: readonly string[],
  value: ValueMatcher,
): MetadataMatcher {
  const path = keys.map((key) => ({ segment: { case: 'key' as const, value: key } }));
  return create(MetadataMatcherSchema, { filter, path, value });
}

export function stringValue(matcher: StringMatcher): ValueMatcher {
  return create(ValueMatcherSchema, { matchPattern: { case: 'stringMatch', value: matcher } });
}

/** One of the alternatives; a single one stands for itself. */
export function orValue(alternatives: ValueMatcher[]): ValueMatcher {
  if (alternatives.length === 1) return alternatives[0] as ValueMatcher;
  return create(ValueMatcherSchema, {
    matchPattern: { case: 'orMatch', value: { valueMatchers: alternatives } },
  });
}

export function listValue(element: ValueMatcher): ValueMatcher {
  return create(ValueMatcherSchema, {
    matchPattern: { case: 'listMatch', value: { matchPattern: { case: 'oneOf', value: element } } },
  });
}

/** A claim that is one of the strings, or a list with one of them in it. Nothing but strings ever matches. */
export function claimMatcher(path: readonly string[], texts: readonly StringMatcher[]): MetadataMatcher {
  const alternatives = () => orValue(texts.map(stringValue));
  const value = orValue([listValue(alternatives()), alternatives()]);
  return metadataMatcher(JWT_FILTER, [PAYLOAD_KEY, ...path], value);
}
