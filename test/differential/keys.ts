import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { createRsaPair, createSelfSigned } from '../e2e/certificates.ts';
import type { JsonObject } from './case.ts';

/** A key that signs, and its public half. */
export interface PoolKey {
  name: string;
  /** The algorithms that it can sign with; the first is its own. */
  algorithms: readonly string[];
  /** Public JWK without `kid`, `alg` and `use`. */
  jwk: JsonObject;
  sign(text: string, algorithm: string): Buffer;
  /** RSA-PSS with SHA-256 and a salt of so many bytes. */
  signPss?(text: string, saltLength: number): Buffer;
}

const HASHES: Record<string, string> = { '256': 'sha256', '384': 'sha384', '512': 'sha512' };
const hashOf = (algorithm: string) => HASHES[algorithm.slice(2)] ?? 'sha256';

function asymmetric(
  name: string,
  algorithms: readonly string[],
  pair: { privateKey: KeyObject; publicKey: KeyObject },
): PoolKey {
  return {
    name,
    algorithms,
    jwk: { ...pair.publicKey.export({ format: 'jwk' }) } as JsonObject,
    sign(text, algorithm) {
      const bytes = Buffer.from(text);
      const { privateKey: key } = pair;
      if (key.asymmetricKeyType === 'ed25519') return sign(null, bytes, key);
      if (key.asymmetricKeyType === 'ec') {
        return sign(hashOf(algorithm), bytes, { key, dsaEncoding: 'ieee-p1363' });
      }
      const pss = algorithm.startsWith('PS') ? { padding: 6, saltLength: -1 } : {};
      return sign(hashOf(algorithm), bytes, { key, ...pss });
    },
    signPss: (text, saltLength) =>
      sign('sha256', Buffer.from(text), { key: pair.privateKey, padding: 6, saltLength }),
  };
}

function symmetric(name: string, algorithm: string, length: number): PoolKey {
  const secret = randomBytes(length);
  return {
    name,
    algorithms: [algorithm],
    jwk: { kty: 'oct', k: secret.toString('base64url') },
    sign: (text, other) => createHmac(hashOf(other), secret).update(text).digest(),
  };
}

const RSA = ['RS256', 'PS256', 'RS384', 'RS512', 'PS384', 'PS512'];
const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength });
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });

/** The keys of a run. They are new in each: nothing about them is in the seed but which one is used. */
export interface KeyPool {
  published: readonly PoolKey[];
  /** Signs and is never published. */
  strangers: readonly PoolKey[];
  /** Published now and then; jotgate does not take them (K2, K3). */
  weak: readonly PoolKey[];
  /** Published in a certificate; the second is no RSA key, which no set of certificates may have. */
  certified: readonly CertifiedPoolKey[];
}

export interface CertifiedPoolKey extends PoolKey {
  /** The certificate. */
  pem: string;
}

const { leaf } = await createRsaPair('keys.test', {});
const certified = [
  { ...leaf, name: 'cert', algorithms: RSA },
  { ...(await createSelfSigned('keys.test')), name: 'cert-es', algorithms: ['ES256'] },
].map(({ name, algorithms, certificate, privateKey }): CertifiedPoolKey => {
  const pair = { privateKey: createPrivateKey(privateKey), publicKey: createPublicKey(certificate) };
  return { ...asymmetric(name, algorithms, pair), pem: certificate };
});

export function createKeyPool(): KeyPool {
  return {
    published: [
      asymmetric('es', ['ES256'], ec('P-256')),
      asymmetric('es2', ['ES256'], ec('P-256')),
      asymmetric('ed', ['EdDSA'], generateKeyPairSync('ed25519')),
      symmetric('hs', 'HS256', 32),
      symmetric('hs512', 'HS512', 64),
      asymmetric('rs', RSA, rsa(2048)),
      asymmetric('rs2', RSA, rsa(2048)),
      asymmetric('es384', ['ES384'], ec('P-384')),
      asymmetric('es512', ['ES512'], ec('P-521')),
    ],
    strangers: [
      asymmetric('stranger-es', ['ES256'], ec('P-256')),
      asymmetric('stranger-rs', RSA, rsa(2048)),
      symmetric('stranger-hs', 'HS256', 32),
      asymmetric('stranger-ed', ['EdDSA'], generateKeyPairSync('ed25519')),
    ],
    weak: [asymmetric('weak-rs', ['RS256', 'PS256'], rsa(1024)), symmetric('weak-hs', 'HS256', 5)],
    certified,
  };
}
