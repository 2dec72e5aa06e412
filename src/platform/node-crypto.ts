import {
  constants,
  createHash,
  createHmac,
  createPublicKey,
  createSecretKey,
  type KeyObject,
  sign as signBytes,
  timingSafeEqual,
  type VerifyKeyObjectInput,
  verify as verifyBytes,
  X509Certificate,
} from 'node:crypto';
import type { Algorithm, CryptoPort, KeyHandle, PublicKeyMaterial } from '../core/jwt/index.ts';
import { VerifyPool } from './verify-pool.ts';

const pool = new VerifyPool({ inFlightMax: 2, waitingMax: 1024 });

/** `CryptoPort` by node:crypto. Key handles are `KeyObject`s, made once. */
export const nodeCrypto: CryptoPort = {
  importPublicKey,
  importSecret: (bytes) => createSecretKey(bytes),
  readCertificate,
  verify,
  verifyInPool,
  sign,
  sha256: (text) => createHash('sha256').update(text).digest(),
};

function importPublicKey(material: PublicKeyMaterial): KeyHandle | null {
  try {
    return createPublicKey({ key: material, format: 'jwk' });
  } catch {
    return null;
  }
}

function readCertificate(pem: string): { n: string; e: string } | 'notRsa' | null {
  try {
    const key = new X509Certificate(pem).publicKey;
    if (key.asymmetricKeyType !== 'rsa') return 'notRsa';
    const { n, e } = key.export({ format: 'jwk' });
    return n === undefined || e === undefined ? null : { n, e };
  } catch {
    return null;
  }
}

function verify(algorithm: Algorithm, key: KeyHandle, signedText: string, signature: Uint8Array): boolean {
  const keyObject = key as KeyObject;
  if (algorithm.scheme === 'hmac') {
    const mac = createHmac(algorithm.hash, keyObject).update(signedText, 'latin1').digest();
    return mac.length === signature.length && timingSafeEqual(mac, signature);
  }
  if (hasWrongLength(algorithm, keyObject, signature)) return false;
  const bytes = Buffer.from(signedText, 'latin1');
  return verifyBytes(algorithm.hash || null, bytes, keyInput(algorithm, keyObject), signature);
}

function verifyInPool(
  algorithm: Algorithm,
  key: KeyHandle,
  signedText: string,
  signature: Uint8Array,
): Promise<boolean> {
  if (algorithm.scheme === 'hmac') return Promise.resolve(verify(algorithm, key, signedText, signature));
  if (hasWrongLength(algorithm, key as KeyObject, signature)) return Promise.resolve(false);
  const bytes = Buffer.from(signedText, 'latin1');
  const input = keyInput(algorithm, key as KeyObject);
  return pool.run((done) => verifyBytes(algorithm.hash || null, bytes, input, signature, done));
}

function sign(algorithm: Algorithm, key: KeyHandle, signedText: string): Uint8Array {
  const keyObject = key as KeyObject;
  if (algorithm.scheme === 'hmac') {
    return createHmac(algorithm.hash, keyObject).update(signedText, 'latin1').digest();
  }
  const bytes = Buffer.from(signedText, 'latin1');
  return signBytes(algorithm.hash || null, bytes, keyInput(algorithm, keyObject));
}

/**
 * RFC 8017 §8.1.2: an RSA signature is as long as the modulus. OpenSSL does not look at that for PSS, so that a signature that begins with
 * a zero byte would have a second spelling.
 */
function hasWrongLength({ scheme }: Algorithm, key: KeyObject, { length }: Uint8Array): boolean {
  return scheme === 'rsa-pss' && length * 8 !== roundedUp(key.asymmetricKeyDetails?.modulusLength ?? 0);
}

const roundedUp = (bits: number) => Math.ceil(bits / 8) * 8;

/** RFC 7518 §3.4: ECDSA signatures are r‖s; §3.5: the PSS salt is as long as the hash. PKCS #1 v1.5 is what an RSA key does unasked. */
function keyInput(algorithm: Algorithm, key: KeyObject): KeyObject | VerifyKeyObjectInput {
  if (algorithm.scheme === 'rsa-pkcs1') return key;
  if (algorithm.scheme === 'rsa-pss') {
    return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  }
  return algorithm.scheme === 'ecdsa' ? { key, dsaEncoding: 'ieee-p1363' } : { key };
}
