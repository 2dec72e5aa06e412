import type { Algorithm } from './algorithms.ts';
import type { CryptoPort, KeyHandle } from './crypto-port.ts';
import type { JsonObject } from './json-value.ts';

/** A key to sign by, and its one algorithm. */
export interface SigningKey {
  readonly alg: Algorithm;
  /** Private or secret. */
  readonly handle: KeyHandle;
}

/**
 * Signs claims as a compact JWS (RFC 7515 §7.1).
 * @param header what the JOSE header has besides `alg`, which comes first and is the key's; members in the order given.
 */
export function signToken(
  header: JsonObject,
  payload: JsonObject,
  key: SigningKey,
  crypto: CryptoPort,
): string {
  const joseHeader: JsonObject = { alg: key.alg.name, ...header };
  joseHeader['alg'] = key.alg.name;
  const signedText = `${encodeJson(joseHeader)}.${encodeJson(payload)}`;
  const signature = Buffer.from(crypto.sign(key.alg, key.handle, signedText));
  return `${signedText}.${signature.toString('base64url')}`;
}

const encodeJson = (value: JsonObject): string => Buffer.from(JSON.stringify(value)).toString('base64url');
