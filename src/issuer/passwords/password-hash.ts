import { argon2, pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** A stored password. `plain` is what a realm file says in so many words; it is hashed before the issuer opens. */
export type PasswordHash =
  | { readonly kind: 'plain'; readonly value: string }
  | {
      readonly kind: 'pbkdf2';
      readonly digest: 'sha1' | 'sha256' | 'sha512';
      readonly iterations: number;
      readonly salt: Buffer;
      readonly hash: Buffer;
    }
  | {
      readonly kind: 'argon2';
      readonly type: 'argon2d' | 'argon2i' | 'argon2id';
      readonly passes: number;
      readonly memoryKib: number;
      readonly parallelism: number;
      readonly salt: Buffer;
      readonly hash: Buffer;
    };

const runPbkdf2 = promisify(pbkdf2);
const runArgon2 = promisify(argon2);

/** Keycloak's own policy since 25: argon2id, 5 passes over 7 MiB. */
export async function hashPassword(password: string, salt: Buffer): Promise<PasswordHash> {
  const shape = {
    kind: 'argon2',
    type: 'argon2id',
    passes: 5,
    memoryKib: 7168,
    parallelism: 1,
    salt,
  } as const;
  return { ...shape, hash: await deriveArgon2(shape, password, 32) };
}

/** A hash that no password has, with the costs of `like`. */
export function createDecoy(like: PasswordHash | undefined, bytes: (count: number) => Buffer): PasswordHash {
  if (like?.kind === 'pbkdf2') return { ...like, salt: bytes(16), hash: bytes(like.hash.length) };
  const costs = like?.kind === 'argon2' ? like : { passes: 5, memoryKib: 7168, parallelism: 1 };
  return {
    kind: 'argon2',
    type: 'argon2id',
    passes: costs.passes,
    memoryKib: costs.memoryKib,
    parallelism: costs.parallelism,
    salt: bytes(16),
    hash: bytes(32),
  };
}

/** Works on the thread pool; the comparison takes the same time wherever the first difference is. */
export async function verifyPassword(stored: PasswordHash, password: string): Promise<boolean> {
  if (stored.kind === 'plain') return false;
  const derived =
    stored.kind === 'pbkdf2'
      ? await runPbkdf2(password, stored.salt, stored.iterations, stored.hash.length, stored.digest)
      : await deriveArgon2(stored, password, stored.hash.length);
  return timingSafeEqual(derived, stored.hash);
}

type Argon2Costs = Pick<
  Extract<PasswordHash, { kind: 'argon2' }>,
  'type' | 'passes' | 'memoryKib' | 'parallelism' | 'salt'
>;

async function deriveArgon2(costs: Argon2Costs, password: string, tagLength: number): Promise<Buffer> {
  return runArgon2(costs.type, {
    message: Buffer.from(password),
    nonce: costs.salt,
    passes: costs.passes,
    memory: costs.memoryKib,
    parallelism: costs.parallelism,
    tagLength,
  });
}
