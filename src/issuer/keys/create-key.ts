import { createHash, createPrivateKey, createPublicKey, generateKeyPair, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import { encodeBase64url } from '../../base/index.ts';
import { createUuid, type Random } from '../random.ts';
import type { ComponentRepresentation } from '../realm/representation.ts';
import type { KeyState, StoredKey } from '../store/store.ts';
import { createCertificate } from './certificate.ts';

const generate = promisify(generateKeyPair);

interface NewKey {
  readonly realm: string;
  readonly algorithm: string;
  readonly state: KeyState;
  readonly nowMs: number;
}

/** RSA, 2048 bits, made on the thread pool. */
export async function createRsaKey(wanted: NewKey): Promise<StoredKey> {
  const { privateKey } = await generate('rsa', { modulusLength: 2048 });
  return wrapRsaKey(wanted, privateKey.export({ type: 'pkcs8', format: 'der' }), null);
}

/** As many bytes as the digest is long for HS256, Keycloak's 128 for HS512. */
export function createHmacKey(wanted: NewKey, random: Random): StoredKey {
  const { realm, algorithm, state, nowMs } = wanted;
  const secret = random.bytes(algorithm === 'HS512' ? 128 : 64);
  const kid = createUuid(random);
  return { realm, kid, use: 'sig', algorithm, state, createdMs: nowMs, secret, certificate: null };
}

/**
 * The key that a realm export holds; null for a kind of provider that has no use here (AES, for cookies).
 * @throws Error when the material cannot be read.
 */
export async function importKey(
  realm: string,
  provider: ComponentRepresentation,
  nowMs: number,
): Promise<StoredKey | null> {
  const setting = (name: string) => provider.config?.[name]?.[0];
  const state: KeyState =
    setting('enabled') === 'false' ? 'retired' : setting('active') === 'false' ? 'passive' : 'active';
  const privateKey = setting('privateKey');
  if (privateKey !== undefined) {
    const algorithm = setting('algorithm') ?? (setting('keyUse') === 'ENC' ? 'RSA-OAEP' : 'RS256');
    const certificate = setting('certificate');
    return wrapRsaKey(
      { realm, algorithm, state, nowMs },
      readPrivateKey(privateKey),
      certificate === undefined ? null : new X509Certificate(Buffer.from(certificate, 'base64')).raw,
    );
  }
  const secret = setting('secret');
  const kid = setting('kid');
  const algorithm = setting('algorithm');
  if (secret === undefined || kid === undefined || !algorithm?.startsWith('HS')) return null;
  const bytes = Buffer.from(secret, 'base64url');
  return { realm, kid, use: 'sig', algorithm, state, createdMs: nowMs, secret: bytes, certificate: null };
}

async function wrapRsaKey(wanted: NewKey, pkcs8: Buffer, certificate: Buffer | null): Promise<StoredKey> {
  const { realm, algorithm, state, nowMs } = wanted;
  const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);
  return {
    realm,
    kid: kidOf(publicKey.export({ type: 'spki', format: 'der' })),
    use: algorithm.startsWith('RSA-') ? 'enc' : 'sig',
    algorithm,
    state,
    createdMs: nowMs,
    secret: pkcs8,
    certificate: certificate ?? (await createCertificate(realm, publicKey, privateKey, nowMs)),
  };
}

/** Keycloak's `kid`: SHA-256 of the SubjectPublicKeyInfo, not the RFC 7638 thumbprint. */
function kidOf(spki: Buffer): string {
  return encodeBase64url(createHash('sha256').update(spki).digest());
}

/** Exports hold PKCS #1 or PKCS #8. */
function readPrivateKey(base64: string): Buffer {
  const key = Buffer.from(base64, 'base64');
  const types = ['pkcs1', 'pkcs8'] as const;
  for (const type of types) {
    try {
      return createPrivateKey({ key, format: 'der', type }).export({ type: 'pkcs8', format: 'der' });
    } catch {}
  }
  throw new Error('`privateKey` is neither PKCS #1 nor PKCS #8 in base64');
}
