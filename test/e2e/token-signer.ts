import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** Makes tokens for tests without the code under test. */
export interface TokenSigner {
  /** The key set to publish, as text. */
  readonly jwks: string;
  sign(claims: object, header?: object): string;
}

const KID = 'test-key';
export const EXPIRES_LATE = 4_000_000_000;

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A new RS256 or ES256 key; headers and claims of its tokens are as given, whether sensible or not. */
export function createTokenSigner(alg: 'RS256' | 'ES256'): TokenSigner {
  const { privateKey, publicKey } =
    alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = {
    ...createPublicKey(publicKey.export({ format: 'pem', type: 'spki' })).export({ format: 'jwk' }),
  };
  const jwks = JSON.stringify({ keys: [{ ...jwk, kid: KID, alg, use: 'sig' }] });
  return {
    jwks,
    sign: (claims, header) => signToken(privateKey, { alg, kid: KID, typ: 'JWT', ...header }, claims),
  };
}

function signToken(key: KeyObject, header: object, claims: object): string {
  const text = `${encode(header)}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}
