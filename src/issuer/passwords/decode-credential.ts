import type { CredentialRepresentation } from '../realm/representation.ts';
import type { PasswordHash } from './password-hash.ts';

/** Costs above these are taken for a mistake: one login would hold a thread for seconds. */
const ITERATIONS_MAX = 5_000_000;
const MEMORY_KIB_MAX = 1_048_576;
/** RFC 9106 §3.1: less is refused when a password is checked, so that its user would be told from those that there are not. */
const ARGON2_MIN = { saltBytes: 8, hashBytes: 4, memoryKibPerLane: 8 };

/** @returns the stored password, or why the credential cannot be used. */
export function decodeCredential(credential: CredentialRepresentation): PasswordHash | string {
  if (credential.value !== undefined) return { kind: 'plain', value: credential.value };
  const secret = parseObject(credential.secretData);
  const data = parseObject(credential.credentialData);
  if (secret === null) return 'has neither `value` nor a readable `secretData`';
  if (data === null) return 'has no readable `credentialData`';
  const hash = decodeBase64(secret['value']);
  const salt = decodeBase64(secret['salt']);
  if (hash === null || salt === null) return '`secretData` needs `value` and `salt` in base64';
  const iterations = data['hashIterations'];
  if (!isCount(iterations, ITERATIONS_MAX)) {
    return `\`hashIterations\` must be a number from 1 to ${ITERATIONS_MAX}`;
  }
  return decodeAlgorithm(data, iterations, salt, hash);
}

const PBKDF2_DIGESTS: Readonly<Record<string, 'sha1' | 'sha256' | 'sha512'>> = {
  pbkdf2: 'sha1',
  'pbkdf2-sha256': 'sha256',
  'pbkdf2-sha512': 'sha512',
};

function decodeAlgorithm(
  data: Record<string, unknown>,
  iterations: number,
  salt: Buffer,
  hash: Buffer,
): PasswordHash | string {
  const algorithm = String(data['algorithm']);
  if (algorithm === 'argon2') return decodeArgon2(data, iterations, salt, hash);
  const digest = Object.hasOwn(PBKDF2_DIGESTS, algorithm) ? PBKDF2_DIGESTS[algorithm] : undefined;
  if (digest === undefined) return `\`${algorithm}\` is no password algorithm known here`;
  return { kind: 'pbkdf2', digest, iterations, salt, hash };
}

function decodeArgon2(
  data: Record<string, unknown>,
  passes: number,
  salt: Buffer,
  hash: Buffer,
): PasswordHash | string {
  const more = (data['additionalParameters'] ?? {}) as Record<string, unknown>;
  const parameter = (name: string) => String((more[name] as unknown[] | undefined)?.[0] ?? '');
  const memoryKib = Number(parameter('memory'));
  const parallelism = Number(parameter('parallelism'));
  const type = `argon2${parameter('type')}`;
  if (!isCount(memoryKib, MEMORY_KIB_MAX) || !isCount(parallelism, 64)) {
    return 'argon2 needs `memory` and `parallelism`';
  }
  if (memoryKib < ARGON2_MIN.memoryKibPerLane * parallelism)
    return 'argon2 needs 8 KiB of `memory` for each lane';
  if (salt.length < ARGON2_MIN.saltBytes || hash.length < ARGON2_MIN.hashBytes) {
    return 'argon2 needs a `salt` of 8 bytes and a `value` of 4, or more';
  }
  if (type !== 'argon2d' && type !== 'argon2i' && type !== 'argon2id') {
    return `\`${parameter('type')}\` is no argon2 type`;
  }
  if (parameter('version') !== '1.3') return 'argon2 is supported in version 1.3 only';
  return { kind: 'argon2', type, passes, memoryKib, parallelism, salt, hash };
}

function parseObject(text: string | undefined): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function decodeBase64(text: unknown): Buffer | null {
  if (typeof text !== 'string' || text === '') return null;
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === 0 ? null : bytes;
}

function isCount(value: unknown, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= max;
}
