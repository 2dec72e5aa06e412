import { createHmac, timingSafeEqual } from 'node:crypto';
import { decodeBase64url } from '../../base/index.ts';
import type { KeyRing } from '../keys/key-ring.ts';

/** A refresh token whose signature is this realm's. */
export interface RefreshToken {
  readonly jti: string;
  readonly iss: string;
  readonly isOffline: boolean;
  readonly clientId: string;
  readonly sid: string;
  readonly scope: string;
  readonly iat: number;
  readonly exp: number | null;
  readonly reuseId: string | undefined;
}

const LENGTH_MAX = 16_384;

/**
 * Checks form and signature of a refresh token, nothing else. Its key is found by `kid` among the realm's own HMAC keys, and
 * the header's `alg` must be that key's.
 * @returns null for whatever is not a refresh token signed here.
 */
export function parseRefreshToken(text: string, keys: KeyRing): RefreshToken | null {
  if (text.length > LENGTH_MAX) return null;
  const [header, payload, signature, ...more] = text.split('.');
  if (header === undefined || payload === undefined || signature === undefined || more.length > 0)
    return null;
  const head = parseObject(header);
  const kid = head?.['kid'];
  if (typeof kid !== 'string') return null;
  const key = keys.verifier(kid);
  if (key === undefined || key.publicKey !== null || head?.['alg'] !== key.stored.algorithm) return null;
  const given = decodeBase64url(signature);
  const digest = `sha${key.stored.algorithm.slice(2)}`;
  const wanted = createHmac(digest, key.stored.secret).update(`${header}.${payload}`).digest();
  if (given === null || given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null;
  return decodeClaims(parseObject(payload));
}

function decodeClaims(claims: Record<string, unknown> | null): RefreshToken | null {
  if (claims === null) return null;
  const { jti, iss, typ, azp, sid, scope, iat, exp, reuse_id: reuseId } = claims;
  if (typ !== 'Refresh' && typ !== 'Offline') return null;
  if (typeof jti !== 'string' || typeof iss !== 'string' || typeof azp !== 'string') return null;
  if (typeof sid !== 'string' || typeof scope !== 'string' || typeof iat !== 'number') return null;
  return {
    jti,
    iss,
    isOffline: typ === 'Offline',
    clientId: azp,
    sid,
    scope,
    iat,
    exp: typeof exp === 'number' ? exp : null,
    reuseId: typeof reuseId === 'string' ? reuseId : undefined,
  };
}

function parseObject(segment: string): Record<string, unknown> | null {
  const bytes = decodeBase64url(segment);
  if (bytes === null) return null;
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
