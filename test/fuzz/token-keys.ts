import {
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  type SigningOptions,
  sign,
} from 'node:crypto';

/** A key that can sign, the algorithm that it is published for, and how to use it under that or another name. */
export interface FuzzKey {
  readonly kid: string;
  readonly alg: 'RS256' | 'ES256' | 'EdDSA' | 'HS256';
  /** Signs as the key's own algorithm does. */
  sign(text: Buffer): Buffer;
}

export interface FuzzKeys {
  readonly keys: readonly FuzzKey[];
  /** Never published. */
  readonly stranger: FuzzKey;
  /** The set to publish. */
  readonly jwks: string;
  /** What an attacker would take for an HMAC secret: the published keys as text. */
  readonly publicTexts: readonly string[];
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function asymmetric(
  kid: string,
  alg: 'RS256' | 'ES256' | 'EdDSA',
  pair: { privateKey: KeyObject; publicKey: KeyObject },
) {
  const pem = pair.publicKey.export({ format: 'pem', type: 'spki' }) as string;
  const options: SigningOptions = alg === 'ES256' ? { dsaEncoding: 'ieee-p1363' } : {};
  const key: FuzzKey = {
    kid,
    alg,
    sign: (text) => sign(alg === 'EdDSA' ? null : 'sha256', text, { key: pair.privateKey, ...options }),
  };
  const jwk = { ...createPublicKey(pem).export({ format: 'jwk' }), kid, alg, use: 'sig' };
  return { key, pem, jwk };
}

/** One new key of each kind. */
export function createFuzzKeys(): FuzzKeys {
  const rsa = asymmetric('rs', 'RS256', generateKeyPairSync('rsa', { modulusLength: 2048 }));
  const ec = asymmetric('es', 'ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' }));
  const okp = asymmetric('ed', 'EdDSA', generateKeyPairSync('ed25519'));
  const secret = randomBytes(32);
  const oct: FuzzKey = {
    kid: 'hs',
    alg: 'HS256',
    sign: (text) => createHmac('sha256', secret).update(text).digest(),
  };
  const octJwk = { kty: 'oct', kid: 'hs', alg: 'HS256', k: secret.toString('base64url') };
  const jwks = JSON.stringify({ keys: [rsa.jwk, ec.jwk, octJwk, okp.jwk] });
  const stranger = asymmetric('es', 'ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' })).key;
  const publicTexts = [rsa.pem, ec.pem, rsa.pem.trim(), JSON.stringify(rsa.jwk), String(rsa.jwk.n), '', jwks];
  return { keys: [rsa.key, ec.key, oct, okp.key], stranger, jwks, publicTexts };
}

/** A token of the texts of header and payload as they are, signed by `key`. */
export function signTexts(key: FuzzKey, header: string, payload: string): string {
  const text = `${Buffer.from(header).toString('base64url')}.${Buffer.from(payload).toString('base64url')}`;
  return `${text}.${key.sign(Buffer.from(text)).toString('base64url')}`;
}

export function signGood(key: FuzzKey, claims: object): string {
  return signTexts(key, JSON.stringify({ alg: key.alg, kid: key.kid, typ: 'JWT' }), JSON.stringify(claims));
}

/** The token's text under a header of one's own, signed with HMAC by whatever text. */
export function signByText(secret: string, header: object, claims: object): string {
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}
