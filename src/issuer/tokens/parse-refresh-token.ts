import type { JsonObject } from '../../core/jwt/index.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { parseHmacToken } from './parse-hmac-token.ts';

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

/**
 * Checks form and signature of a refresh token, nothing else. Its key is found by `kid` among the realm's own HMAC keys, and
 * the header's `alg` must be that key's.
 * @returns null for whatever is not a refresh token signed here.
 */
export function parseRefreshToken(text: string, keys: KeyRing): RefreshToken | null {
  const token = parseHmacToken(text);
  const key = token === null ? undefined : keys.verifier(token.kid);
  if (token === null || key === undefined || key.publicKey !== null) return null;
  if (token.algorithm !== key.stored.algorithm || !token.isSignedWith(key.stored.secret)) return null;
  return decodeClaims(token.claims);
}

function decodeClaims(claims: JsonObject): RefreshToken | null {
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
