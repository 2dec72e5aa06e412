import type { MetadataMatcher } from '#schema/envoy/type/matcher/v3/metadata_pb.js';
import type { StringMatcher } from '#schema/envoy/type/matcher/v3/string_pb.js';
import { JWT_FILTER, metadataMatcher, PAYLOAD_KEY, stringValue } from './metadata-matcher.ts';
import { ANY_TEXT, exactMatcher, regexMatcher, wildcardMatcher } from './string-matcher.ts';

/** The two halves of a request principal, `ISSUER/SUBJECT`, as matchers of the claims `iss` and `sub`. */
export interface RequestPrincipal {
  issuer: StringMatcher;
  subject: StringMatcher;
}

/**
 * Splits at the last slash. A star counts only at the very start or the very end of the whole text; without a slash a leading star
 * leaves the subject, any other text the issuer (istio.md §2.6.2).
 */
export function parseRequestPrincipal(text: string): RequestPrincipal {
  const slash = text.lastIndexOf('/');
  const issuer = slash < 0 ? text : text.slice(0, slash);
  const subject = slash < 0 ? '' : text.slice(slash + 1);
  const any = () => regexMatcher(ANY_TEXT);
  if (text === '*') return { issuer: any(), subject: any() };
  if (text.startsWith('*')) {
    if (slash < 0) return { issuer: any(), subject: wildcardMatcher(text) };
    return { issuer: wildcardMatcher(issuer), subject: exactMatcher(subject) };
  }
  if (text.endsWith('*')) {
    if (slash < 0) return { issuer: wildcardMatcher(text), subject: any() };
    return { issuer: exactMatcher(issuer), subject: wildcardMatcher(subject) };
  }
  return { issuer: exactMatcher(issuer), subject: exactMatcher(subject) };
}

export function issuerClaim(matcher: StringMatcher): MetadataMatcher {
  return metadataMatcher(JWT_FILTER, [PAYLOAD_KEY, 'iss'], stringValue(matcher));
}

export function subjectClaim(matcher: StringMatcher): MetadataMatcher {
  return metadataMatcher(JWT_FILTER, [PAYLOAD_KEY, 'sub'], stringValue(matcher));
}
