import { create } from '@bufbuild/protobuf';
import {
  type HeaderMatcher,
  HeaderMatcherSchema,
} from '#schema/envoy/config/route/v3/route_components_pb.js';
import { wildcardMatcher } from './string-matcher.ts';

/** A header's value in Istio's wildcard forms; `*` asks only that the header is there. */
export function headerMatcher(name: string, text: string, letters?: 'ignore case'): HeaderMatcher {
  if (text === '*') {
    return create(HeaderMatcherSchema, { name, headerMatchSpecifier: { case: 'presentMatch', value: true } });
  }
  const value = wildcardMatcher(text);
  if (letters === 'ignore case') value.ignoreCase = true;
  return create(HeaderMatcherSchema, { name, headerMatchSpecifier: { case: 'stringMatch', value } });
}
