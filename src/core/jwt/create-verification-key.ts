import { type AlgorithmName, algorithms } from './algorithms.ts';
import type { CryptoPort, KeyHandle } from './crypto-port.ts';
import type { KeyMaterial } from './decode-key-material.ts';
import type { VerificationKey } from './key-set.ts';
import { STATUS, type Status } from './status.ts';
import { thumbprintOf } from './thumbprint.ts';

/** A key as its document describes it. */
export interface KeyDescription {
  readonly index: number;
  readonly kid: string;
  readonly alg: string;
  readonly material: KeyMaterial;
  /** Why it is kept only to know Envoy's answer; null for a good key. */
  readonly refusal: string | null;
}

/** Makes a key ready for use; a status when its numbers are no key, such as a point that is not on the curve. */
export function createVerificationKey(given: KeyDescription, crypto: CryptoPort): VerificationKey | Status {
  const { index, kid, alg, material, refusal } = given;
  const handle = importKey(material, crypto);
  if (handle === null) return material.kty === 'RSA' ? STATUS.jwksRsaBadNumbers : STATUS.jwksEcBadPoint;
  const thumbprint = thumbprintOf(material, crypto);
  return {
    index,
    kid,
    alg,
    kty: material.kty,
    thumbprint,
    identity: JSON.stringify([thumbprint, kid, alg]),
    accepts: refusal === null ? acceptedAlgorithms(alg, material) : new Set(),
    refusal,
    slow: isSlow(material),
    handle: refusal === null ? handle : null,
  };
}

function importKey(material: KeyMaterial, crypto: CryptoPort): KeyHandle | null {
  return material.kty === 'oct'
    ? crypto.importSecret(material.secret)
    : crypto.importPublicKey(material.publicKey);
}

/** A key without `alg` verifies what fits its type, its curve and, for HMAC, its length. */
function acceptedAlgorithms(alg: string, material: KeyMaterial): ReadonlySet<AlgorithmName> {
  const fitting = algorithms.filter(
    (row) =>
      row.kty === material.kty &&
      (alg === '' || alg === row.name) &&
      (row.crv === '' || row.crv === material.crv) &&
      (material.kty !== 'oct' || material.secret.length >= row.hashBytes),
  );
  return new Set(fitting.map((row) => row.name));
}

/** About a millisecond or more: ES384, ES512 and RSA of more than 4096 bits (design: the hot path). */
function isSlow(material: KeyMaterial): boolean {
  if (material.kty === 'RSA') return material.bits > 4096;
  return material.crv === 'P-384' || material.crv === 'P-521';
}
