import { readAbsoluteUri } from '../../core/match/index.ts';

/** A first segment without a colon, then whatever may stand in a path or a query. */
const RELATIVE_REFERENCE = /^[\w!$%&'()*+,\-.;=?@~]*(?:\/[\w!$%&'()*+,\-./:;=?@~]*)?$/;
/** A fragment that says something: more than the sign that begins it. */
const FRAGMENT = /#[^#]/;

/**
 * Whether a `referer` may stay in a request: a URI without user information and fragment, or a relative reference (RFC 9110 §10.1.3;
 * Envoy: utility.cc, isValidRefererValue). Any scheme needs a host, so `about:blank` may not.
 */
export function isReferer(value: string): boolean {
  const uri = readAbsoluteUri(value);
  if (uri === null) return RELATIVE_REFERENCE.test(value);
  return uri.userInfo === '' && !uri.address.includes('%') && !FRAGMENT.test(uri.rest);
}
