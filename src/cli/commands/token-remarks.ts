import { memberOf, type ParsedToken } from '../../core/jwt/index.ts';
import { distanceText } from './token-times.ts';

/** What a careful reader would point out in a token, most weighty first. */
export function remarksOn(token: ParsedToken, nowMs: number): string[] {
  const remarks = [
    token.fault === null ? null : `${token.fault.reason}: jotgate refuses it`,
    audienceRemark(token),
    expiryRemark(token, nowMs),
    beginRemark(token, nowMs),
    token.header.alg.kty === 'oct'
      ? `${token.header.alg.name} is symmetric: whoever can verify this token can make such tokens too`
      : null,
    ...keyRemarks(token),
  ];
  return remarks.filter((remark) => remark !== null);
}

/** RFC 7519 §4.1.3. */
function audienceRemark({ payload, claims }: ParsedToken): string | null {
  if (claims.aud.length > 0) return null;
  return Object.hasOwn(payload, 'audience')
    ? 'the claim `audience` is not the registered `aud`: a provider that names audiences refuses this token, and no other looks at it'
    : 'it has no `aud`, so a provider that names audiences refuses it; a claim called `audience` would not count, it is not the registered `aud`';
}

function expiryRemark({ claims }: ParsedToken, nowMs: number): string | null {
  if (claims.exp === 0) return 'it has no `exp`: it never expires';
  return claims.exp * 1000 < nowMs ? `it is expired: \`exp\` was ${distanceText(claims.exp, nowMs)}` : null;
}

function beginRemark({ claims }: ParsedToken, nowMs: number): string | null {
  return claims.nbf * 1000 > nowMs
    ? `it is not valid yet: \`nbf\` is ${distanceText(claims.nbf, nowMs)}`
    : null;
}

/** A header that brings or names a key is no reason to trust it: keys come from configuration only. */
function keyRemarks({ header }: ParsedToken): string[] {
  return ['jwk', 'jku', 'x5u', 'x5c']
    .filter((name) => memberOf(header.json, name) !== undefined)
    .map((name) => `the header's \`${name}\` is ignored: keys come from the configuration alone`);
}
