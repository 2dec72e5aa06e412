import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  type webcrypto,
} from 'node:crypto';
import type { Algorithm, JsonObject, SigningKey } from '../core/jwt/index.ts';

/** A private or secret key from a JWK; null when it is not one of the algorithm's kind. */
export function importSigningJwk(jwk: JsonObject, alg: Algorithm): SigningKey | null {
  if (jwk['kty'] !== alg.kty) return null;
  if (alg.kty === 'oct') {
    const k = jwk['k'];
    return typeof k === 'string' && k !== ''
      ? { alg, handle: createSecretKey(Buffer.from(k, 'base64url')) }
      : null;
  }
  return createSigner(() => createPrivateKey({ key: jwk as webcrypto.JsonWebKey, format: 'jwk' }), alg);
}

/** The same from PEM: PKCS #8, PKCS #1 or SEC 1. */
export function importSigningPem(pem: string, alg: Algorithm): SigningKey | null {
  return createSigner(() => createPrivateKey(pem), alg);
}

/** The same from the bytes of a shared secret. */
export function importSigningSecret(secret: Uint8Array, alg: Algorithm): SigningKey | null {
  return alg.kty === 'oct' ? { alg, handle: createSecretKey(secret) } : null;
}

function createSigner(create: () => KeyObject, alg: Algorithm): SigningKey | null {
  try {
    const handle = create();
    return fits(handle, alg) ? { alg, handle } : null;
  } catch {
    return null;
  }
}

const CURVES: ReadonlyMap<string, string> = new Map([
  ['P-256', 'prime256v1'],
  ['P-384', 'secp384r1'],
  ['P-521', 'secp521r1'],
]);

function fits(key: KeyObject, alg: Algorithm): boolean {
  if (alg.kty === 'oct') return false;
  if (alg.kty === 'RSA') return key.asymmetricKeyType === 'rsa';
  if (alg.kty === 'OKP') return key.asymmetricKeyType === 'ed25519';
  return key.asymmetricKeyDetails?.namedCurve === CURVES.get(alg.crv);
}

/** The public JWK of a signing key, without `kid`, `use` and `alg`; of a secret key the secret itself. */
export function exportPublicJwk(key: SigningKey): JsonObject {
  const handle = key.handle as KeyObject;
  const publicKey = handle.type === 'private' ? createPublicKey(handle) : handle;
  return publicKey.export({ format: 'jwk' }) as JsonObject;
}

/** The whole key as JWK, for the one place that keeps it. */
export function exportPrivateJwk(key: SigningKey): JsonObject {
  return (key.handle as KeyObject).export({ format: 'jwk' }) as JsonObject;
}

/** A fresh key for the algorithm: RSA of 2048 bits, the algorithm's curve, a secret as long as the hash. */
export function generateSigningKey(alg: Algorithm): SigningKey {
  if (alg.kty === 'RSA')
    return { alg, handle: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey };
  if (alg.kty === 'oct') return { alg, handle: createSecretKey(randomBytes(alg.hashBytes)) };
  if (alg.kty === 'OKP') return { alg, handle: generateKeyPairSync('ed25519').privateKey };
  return { alg, handle: generateKeyPairSync('ec', { namedCurve: alg.crv }).privateKey };
}
