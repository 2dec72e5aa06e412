import type { Algorithm } from './algorithms.ts';
import type { KeyHandle } from './crypto-port.ts';
import type { KeySet, VerificationKey } from './key-set.ts';
import { STATUS, type Status } from './status.ts';
import type { SpellingFault } from './token.ts';

/** What a signature is judged on: a parsed token or a raw JWS. */
export interface SignedObject {
  readonly header: { readonly alg: Algorithm; readonly kid: string };
  readonly signedText: string;
  readonly signature: Uint8Array;
  readonly fault: SpellingFault | null;
}

/** What came of trying a set's keys. */
export interface Verification {
  readonly status: Status;
  /** The key that verified the signature; null when none did. */
  readonly key: VerificationKey | null;
}

/** After so many tries (about a millisecond) others get a turn. */
const TRIES_AT_ONCE_MAX = 16;

const NO_KEYS: Verification = { status: STATUS.jwksWithoutValidKey, key: null };
const NO_MATCH: Verification = { status: STATUS.jwksWithoutMatchingKey, key: null };
const FAILS: Verification = { status: STATUS.jwtVerificationFails, key: null };
const WRONG_LENGTH: Verification = { status: STATUS.jwtEd25519SignatureWrongLength, key: null };

/**
 * Tries the keys of the set in document order; the first that verifies wins (envoy.md §4.3; Envoy: verify.cc). A pure function of
 * token and keys, on this thread, whatever it takes.
 * @returns 26 when keys were tried and none fits, 32 when none was to be tried, 31 for an empty set, 23 as Envoy does. A spelling
 *   fault of the token takes the place of `ok`.
 */
export function verifySignature(jws: SignedObject, keySet: KeySet): Verification {
  if (keySet.keys.length === 0) return NO_KEYS;
  let tried = false;
  for (const key of keySet.candidates(jws.header.kid)) {
    if (!isTried(jws, key)) continue;
    tried = true;
    if (hasWrongLength(jws, key)) return WRONG_LENGTH;
    const handle = usableHandle(jws, key);
    if (handle !== null && keySet.crypto.verify(jws.header.alg, handle, jws.signedText, jws.signature)) {
      return verified(jws, key);
    }
  }
  return tried ? FAILS : NO_MATCH;
}

/** May `verifySignature` be called on a busy loop: no slow key and few tries? */
export function verifiesAtOnce(jws: SignedObject, keySet: KeySet): boolean {
  let tries = 0;
  for (const key of keySet.candidates(jws.header.kid)) {
    if (!isTried(jws, key) || usableHandle(jws, key) === null) continue;
    if (key.slow || ++tries > TRIES_AT_ONCE_MAX) return false;
  }
  return true;
}

/**
 * The same verdict as `verifySignature`, slow keys on the pool and a pause after each handful of tries.
 * @param pause lets the loop go on with others; resolves when it is this one's turn again.
 */
export async function verifySignatureInTurns(
  jws: SignedObject,
  keySet: KeySet,
  pause: () => Promise<void>,
): Promise<Verification> {
  if (keySet.keys.length === 0) return NO_KEYS;
  let tries = 0;
  for (const key of keySet.candidates(jws.header.kid)) {
    if (!isTried(jws, key)) continue;
    if (hasWrongLength(jws, key)) return WRONG_LENGTH;
    const handle = usableHandle(jws, key);
    if (handle !== null && (await verifyWithKey(jws, key, handle, keySet))) return verified(jws, key);
    if (++tries % TRIES_AT_ONCE_MAX === 0) await pause();
  }
  return tries > 0 ? FAILS : NO_MATCH;
}

function verifyWithKey(
  jws: SignedObject,
  key: VerificationKey,
  handle: KeyHandle,
  { crypto }: KeySet,
): boolean | Promise<boolean> {
  const { header, signedText, signature } = jws;
  return key.slow
    ? crypto.verifyInPool(header.alg, handle, signedText, signature)
    : crypto.verify(header.alg, handle, signedText, signature);
}

function verified(jws: SignedObject, key: VerificationKey): Verification {
  return jws.fault === null ? { status: STATUS.ok, key } : { status: jws.fault.status, key: null };
}

/** Envoy's choice among the candidates of a kid. Whether the key then fits the algorithm is ours to say. */
function isTried(jws: SignedObject, key: VerificationKey): boolean {
  return key.alg === '' || key.alg === jws.header.alg.name;
}

/** Envoy stops here, whatever the token's algorithm is and whatever keys are left. */
function hasWrongLength(jws: SignedObject, key: VerificationKey): boolean {
  return key.kty === 'OKP' && jws.signature.length !== 64;
}

/** null when the key cannot have made this signature: refused, of another kind, or a signature of another length. */
function usableHandle(jws: SignedObject, key: VerificationKey): KeyHandle | null {
  const { alg } = jws.header;
  if (!key.accepts.has(alg.name)) return null;
  return alg.signatureBytes === 0 || alg.signatureBytes === jws.signature.length ? key.handle : null;
}
