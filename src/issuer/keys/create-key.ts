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

/** @returns why a provider's key material cannot be used; null when it can, or when there is none. */
export function checkKeyProvider(provider: ComponentRepresentation): string | null {
  const { privateKey, certificate, algorithm, secret } = settingsOf(provider);
  if (privateKey !== undefined && readPrivateKey(privateKey) === null) {
    return '`privateKey` is neither PKCS #1 nor PKCS #8 in base64';
  }
  if (certificate !== undefined && readCertificate(certificate) === null) {
    return '`certificate` is no certificate in base64';
  }
  if (secret !== undefined && algorithm?.startsWith('HS') && !isHmacSecret(secret)) {
    return `\`secret\` is not base64url of ${HMAC_BYTES_MIN} bytes or more`;
  }
  return null;
}

/**
 * The key that a realm export holds, its material found good by `checkKeyProvider`; null for a kind of provider that has no use
 * here (AES, for cookies).
 */
export async function importKey(
  realm: string,
  provider: ComponentRepresentation,
  nowMs: number,
): Promise<StoredKey | null> {
  const settings = settingsOf(provider);
  const { state, kid, secret } = settings;
  const privateKey = settings.privateKey === undefined ? null : readPrivateKey(settings.privateKey);
  if (privateKey !== null) {
    const algorithm = settings.algorithm ?? (settings.keyUse === 'ENC' ? 'RSA-OAEP' : 'RS256');
    const certificate = settings.certificate === undefined ? null : readCertificate(settings.certificate);
    return wrapRsaKey({ realm, algorithm, state, nowMs }, privateKey, certificate);
  }
  const { algorithm } = settings;
  if (secret === undefined || kid === undefined || !algorithm?.startsWith('HS')) return null;
  const bytes = Buffer.from(secret, 'base64url');
  return { realm, kid, use: 'sig', algorithm, state, createdMs: nowMs, secret: bytes, certificate: null };
}

/** Where a provider stands among those of its realm: of one algorithm the highest signs. Default: 0. */
export function priorityOf(provider: ComponentRepresentation): number {
  return settingsOf(provider).priority;
}

function settingsOf(provider: ComponentRepresentation) {
  const setting = (name: string) => provider.config?.[name]?.[0];
  const isEnabled = setting('enabled') !== 'false';
  const signs = isEnabled && setting('active') !== 'false';
  const state: KeyState = signs ? 'active' : isEnabled ? 'passive' : 'retired';
  return {
    state,
    privateKey: setting('privateKey'),
    certificate: setting('certificate'),
    keyUse: setting('keyUse'),
    algorithm: setting('algorithm'),
    kid: setting('kid'),
    secret: setting('secret'),
    priority: Number(setting('priority') ?? 0) || 0,
  };
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

/** The shortest that Keycloak makes. A masked one (`**********`) would decode to nothing, and anybody could sign with it. */
const HMAC_BYTES_MIN = 16;

function isHmacSecret(text: string): boolean {
  return /^[\w-]+=*$/.test(text) && Buffer.from(text, 'base64url').length >= HMAC_BYTES_MIN;
}

/** Exports hold PKCS #1 or PKCS #8. @returns PKCS #8 of an RSA key; null for anything else. */
function readPrivateKey(base64: string): Buffer | null {
  const key = Buffer.from(base64, 'base64');
  for (const type of ['pkcs1', 'pkcs8'] as const) {
    try {
      const read = createPrivateKey({ key, format: 'der', type });
      if (read.asymmetricKeyType === 'rsa') return read.export({ type: 'pkcs8', format: 'der' });
    } catch {}
  }
  return null;
}

function readCertificate(base64: string): Buffer | null {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64')).raw;
  } catch {
    return null;
  }
}
