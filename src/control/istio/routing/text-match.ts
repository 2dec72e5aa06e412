import { create } from '@bufbuild/protobuf';
import { type StringMatcher, StringMatcherSchema } from '#schema/envoy/type/matcher/v3/string_pb.js';
import type { StringMatch } from '#schema/istio/networking_pb.js';
import { exactMatcher, regexMatcher } from '../authz/string-matcher.ts';

/** A VirtualService's text match as Envoy's; null where it only asks for presence: nothing is written, or the regex `*`. */
export function textMatcher({ matchType }: StringMatch): StringMatcher | null {
  switch (matchType.case) {
    case 'exact':
      return exactMatcher(matchType.value);
    case 'prefix':
      return create(StringMatcherSchema, { matchPattern: { case: 'prefix', value: matchType.value } });
    case 'regex':
      return matchType.value === '*' ? null : regexMatcher(matchType.value);
    case undefined:
      return null;
  }
}
