import { createHmac, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { encodeBase64url } from '../../base/index.ts';
import type { RingKey } from '../keys/key-ring.ts';

const signAsync = promisify(sign);

/**
 * Signs a payload as compact JWS (RFC 7515 §7.1). The header's bytes, with their blanks, are those that Keycloak writes.
 * RSA works on the thread pool.
 */
export async function encodeToken(payload: string, key: RingKey): Promise<string> {
  const { algorithm, kid } = key.stored;
  const header = `{"alg":"${algorithm}","typ" : "JWT","kid" : "${kid}"}`;
  const signed = `${encodeBase64url(header)}.${encodeBase64url(payload)}`;
  return `${signed}.${encodeBase64url(await signBytes(signed, key))}`;
}

function signBytes(text: string, key: RingKey): Promise<Buffer> | Buffer {
  const digest = `sha${key.stored.algorithm.slice(2)}`;
  if (key.publicKey === null)
    return createHmac(digest, key.signingKey as Buffer)
      .update(text)
      .digest();
  return signAsync(digest, Buffer.from(text), key.signingKey as KeyObject);
}
