import { STATUS, type Status } from './status.ts';
import type { Claims } from './token.ts';

const UINT64_RANGE = 2n ** 64n;

/**
 * `nbf` and `exp` against the time, in whole seconds; equal is in time on both sides (RFC 7519 §4.1.4–5; Envoy: jwt.cc).
 * @param nowMs milliseconds since 1970.
 * @param skewSeconds allowed difference of clocks; callers pass 60 for Envoy's unset or 0.
 */
export function checkTime(claims: Claims, nowMs: number, skewSeconds: number): Status {
  const now = Math.floor(nowMs / 1000);
  if (now + skewSeconds < claims.nbf) return STATUS.jwtNotYetValid;
  if (claims.exp !== 0 && now > latestSecond(claims.exp, skewSeconds)) return STATUS.jwtIsExpired;
  return STATUS.ok;
}

/** Envoy adds in 64 bits: an `exp` near 2^64 wraps round and is long past. */
function latestSecond(exp: number, skewSeconds: number): number {
  if (exp < Number.MAX_SAFE_INTEGER) return exp + skewSeconds;
  return Number((BigInt(exp) + BigInt(skewSeconds)) % UINT64_RANGE);
}

/** Exact equality; an empty configured issuer takes any token, one without `iss` too (envoy.md §1.2). */
export function checkIssuer(claims: Claims, issuer: string): Status {
  return issuer === '' || claims.iss === issuer ? STATUS.ok : STATUS.jwtIssuerNotConfigured;
}

/**
 * Any of the token's audiences is any of the configured ones (Envoy: check_audience.cc).
 * @param audiences configured, already through `normalizeAudience`; an empty set checks nothing.
 */
export function checkAudience(claims: Claims, audiences: ReadonlySet<string>): Status {
  if (audiences.size === 0) return STATUS.ok;
  for (const audience of claims.aud) {
    if (audiences.has(normalizeAudience(audience))) return STATUS.ok;
  }
  return STATUS.jwtAudienceNotAllowed;
}

/** Drops one leading `http://` or `https://` and one trailing `/`; case counts. */
export function normalizeAudience(audience: string): string {
  let start = 0;
  if (audience.startsWith('http://')) start = 7;
  else if (audience.startsWith('https://')) start = 8;
  return audience.slice(start, audience.endsWith('/') && audience.length > start ? -1 : undefined);
}

/** `subjects` of a provider: its matcher looks at `sub`, the empty string when absent. */
export function checkSubject(claims: Claims, matches: ((sub: string) => boolean) | null): Status {
  return matches === null || matches(claims.sub) ? STATUS.ok : STATUS.jwtVerificationFails;
}

/**
 * `require_expiration` and `max_lifetime` of a provider: what is left of the life must be less than the most allowed. No skew.
 * @param maxLifetimeMs null when not configured; where it is, `requireExpiration` counts no more.
 */
export function checkLifetime(
  claims: Claims,
  nowMs: number,
  requireExpiration: boolean,
  maxLifetimeMs: number | null,
): Status {
  if (maxLifetimeMs === null) {
    return requireExpiration && claims.exp === 0 ? STATUS.jwtVerificationFails : STATUS.ok;
  }
  if (claims.exp === 0) return STATUS.jwtVerificationFails;
  return claims.exp * 1000 - nowMs < maxLifetimeMs ? STATUS.ok : STATUS.jwtVerificationFails;
}
