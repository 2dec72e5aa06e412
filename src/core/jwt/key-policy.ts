import { selectAlgorithm } from './algorithms.ts';
import type { KeyMaterial } from './decode-key-material.ts';
import { type JsonObject, memberOf } from './json-value.ts';
import { hasRocaFingerprint } from './roca.ts';

/** RFC 7518 §3.3 and §3.5. */
const RSA_BITS_MIN = 2048;
const HMAC_BYTES_MIN = 32;

/**
 * Why a key that Envoy would use is never used here, or null. Each reason is a row of docs/divergences.md. A key whose `alg` is no
 * signature algorithm needs no reason: no token matches it.
 */
export function refuseKey(jwk: JsonObject, alg: string, material: KeyMaterial): string | null {
  if (alg !== '' && selectAlgorithm(alg) === undefined) return null;
  return refuseUse(jwk) ?? refuseMaterial(alg, material);
}

/** RFC 7517 §4.2 and §4.3: what the key is for. */
function refuseUse(jwk: JsonObject): string | null {
  const use = memberOf(jwk, 'use');
  if (use !== undefined && use !== 'sig') return '`use` says that it is not for signatures';
  const operations = memberOf(jwk, 'key_ops');
  if (operations === undefined) return null;
  const mayVerify = Array.isArray(operations) && operations.includes('verify');
  return mayVerify ? null : '`key_ops` does not list `verify`';
}

/** Is the key too weak to prove anything? For certificates too, which say nothing about use. */
export function refuseMaterial(alg: string, material: KeyMaterial): string | null {
  if (material.kty === 'oct') return refuseSecret(alg, material.secret);
  if (material.kty !== 'RSA') return null;
  if (material.bits < RSA_BITS_MIN)
    return `RSA of ${material.bits} bits is too short, ${RSA_BITS_MIN} are needed`;
  return hasRocaFingerprint(material.modulus)
    ? 'its modulus is of the breakable ROCA kind (CVE-2017-15361)'
    : null;
}

function refuseSecret(alg: string, secret: Buffer): string | null {
  const bytesMin = selectAlgorithm(alg)?.hashBytes ?? HMAC_BYTES_MIN;
  if (secret.length >= bytesMin) return null;
  return `HMAC key of ${secret.length} bytes is too short, ${bytesMin} are needed`;
}
