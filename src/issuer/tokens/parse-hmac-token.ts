import { createHmac, timingSafeEqual } from 'node:crypto';
import { type JsonObject, type ParsedToken, parseToken } from '../../core/jwt/index.ts';

const LENGTH_MAX = 16_384;

export interface HmacToken {
  /** JWS `alg`, one that core/jwt knows; HMAC or not is for the caller to say. */
  readonly algorithm: string;
  readonly kid: string;
  readonly claims: JsonObject;
  /** Compares the signature with the one that the secret makes, in the same time wherever they differ. */
  isSignedWith(secret: Buffer | string): boolean;
}

/** Reads a compact JWS strictly. @returns null for every text that is not in the one canonical form. */
export function parseHmacToken(text: string): HmacToken | null {
  const token = text.length > LENGTH_MAX ? null : parseToken(text);
  if (token === null || typeof token === 'number' || token.fault !== null) return null;
  const algorithm = token.header.alg.name;
  return {
    algorithm,
    kid: token.header.kid,
    claims: token.payload,
    isSignedWith: (secret) => /^HS\d+$/.test(algorithm) && compareSignature(token, secret),
  };
}

function compareSignature({ header, signedText, signature }: ParsedToken, secret: Buffer | string): boolean {
  const wanted = createHmac(`sha${header.alg.name.slice(2)}`, secret)
    .update(signedText)
    .digest();
  return wanted.length === signature.length && timingSafeEqual(wanted, signature);
}
