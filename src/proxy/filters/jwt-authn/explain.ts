import type { Recorder } from '../../../base/index.ts';
import type { ParsedToken, Verification, VerificationKey } from '../../../core/jwt/index.ts';
import { type Claims, type CryptoPort, STATUS, type Status, statusText } from '../../../core/jwt/index.ts';
import type { Provider } from './provider.ts';

/** What a check looked at and found, told to a recorder. Called only where there is one. */

const FINGERPRINT_LENGTH = 6;

/** Enough to tell one token from another, and nothing of the token. */
export function fingerprint(text: string, crypto: CryptoPort): string {
  return Buffer.from(crypto.sha256(text)).toString('hex').slice(0, FINGERPRINT_LENGTH);
}

/** One check as a step of its own, about one field of the provider. */
export function explainCheck(
  recorder: Recorder,
  name: string,
  text: string,
  status: Status,
  provider: Provider,
  field?: string,
): void {
  recorder.open('check', name, provider.origin, field);
  recorder.note(text);
  recorder.close(status === STATUS.ok ? 'ok' : 'no', status === STATUS.ok ? undefined : statusText(status));
}

/** `iss = "a", wants "b"`. */
export function describeIssuer(claims: Claims, { issuer }: Provider): string {
  const found = `iss = ${quoted(claims.iss)}`;
  if (issuer === '') return `${found}, any issuer will do`;
  return claims.iss === issuer ? found : `${found}, wants ${quoted(issuer)}`;
}

/** The moment and the token's times as ISO 8601, each with how far away it is: `now …, exp … (5m ago), 60 s of skew`. */
export function describeTime({ nbf, exp }: Claims, nowMs: number, skewSeconds: number): string {
  const now = Math.floor(nowMs / 1000);
  const parts = [`now ${isoTime(now)}`];
  if (nbf !== 0) parts.push(`nbf ${isoTime(nbf)} (${distance(nbf - now)})`);
  parts.push(exp === 0 ? 'no exp' : `exp ${isoTime(exp)} (${distance(exp - now)})`);
  parts.push(`${skewSeconds} s of skew`);
  return parts.join(', ');
}

/** `aud = "a", wants "b" or "c"`. */
export function describeAudience(claims: Claims, audiences: ReadonlySet<string>): string {
  const found = claims.aud.length === 0 ? 'no aud' : `aud = ${claims.aud.map(quoted).join(', ')}`;
  const wanted =
    audiences.size === 0 ? 'any audience will do' : `wants ${[...audiences].map(quoted).join(' or ')}`;
  return `${found}, ${wanted}`;
}

/** `sub = "a", wants …`. */
export function describeSubject(claims: Claims, provider: Provider): string {
  return `sub = ${quoted(claims.sub)}, wants ${provider.subject?.wants ?? 'anything'}`;
}

/** How long the token is still valid, and how long it may be (`max_lifetime`, `require_expiration`). */
export function describeLifetime({ exp }: Claims, nowMs: number, { maxLifetimeMs }: Provider): string {
  const left = exp === 0 ? 'no exp' : `${Math.round(exp - nowMs / 1000)} s left`;
  return maxLifetimeMs === null
    ? `${left}, an expiry is required`
    : `${left}, wants less than ${maxLifetimeMs / 1000} s`;
}

/** What the token asks for, and the key that verified it, by its place in the set: `alg RS256, kid "a": verified by key 0 (RSA "a")`. */
export function describeKey(token: ParsedToken, verification: Verification): string {
  const wanted = `alg ${token.header.alg.name}, ${kidText(token.header.kid)}`;
  return verification.key === null ? wanted : `${wanted}: verified by ${keyText(verification.key)}`;
}

const kidText = (kid: string) => (kid === '' ? 'no kid' : `kid ${quoted(kid)}`);

function keyText(key: VerificationKey): string {
  return `key ${key.index} (${key.kty}${key.kid === '' ? '' : ` ${quoted(key.kid)}`})`;
}

const quoted = (text: string) => JSON.stringify(text);

const LATEST_SECOND = 8_640_000_000_000;

function isoTime(seconds: number): string {
  if (seconds > LATEST_SECOND) return String(seconds);
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** `in 4m51s`, `2d3h ago`. */
function distance(seconds: number): string {
  const text = spanText(Math.abs(seconds));
  return seconds < 0 ? `${text} ago` : `in ${text}`;
}

function spanText(seconds: number): string {
  const units: [string, number][] = [
    ['y', 31_536_000],
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
    ['s', 1],
  ];
  let rest = seconds;
  const parts: string[] = [];
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${count}${unit}`);
    rest -= count * size;
  }
  return parts.slice(0, 2).join('') || '0s';
}
