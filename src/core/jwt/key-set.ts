import type { AlgorithmName, KeyType } from './algorithms.ts';
import type { CryptoPort, KeyHandle } from './crypto-port.ts';
import type { Status } from './status.ts';

/** The keys of one JWKS document, in its order, ready for use. Immutable. */
export interface KeySet {
  readonly keys: readonly VerificationKey[];
  /** What was skipped, refused or dropped, and why. */
  readonly findings: readonly KeyFinding[];
  /** Those of `keys` to be tried for a token's `kid`: same kid or none; for the empty kid all. In document order. */
  candidates(kid: string): readonly VerificationKey[];
  /** Is the key of this `identity` in the set and fit for use? A remembered signature is worth something only while it is. */
  has(identity: string): boolean;
  readonly crypto: CryptoPort;
}

/** A public or secret key of a set, ready to verify by. */
export interface VerificationKey {
  /** Place in the document, from 0. */
  readonly index: number;
  /** Empty when the key has none; so too `alg`. */
  readonly kid: string;
  readonly alg: string;
  readonly kty: KeyType;
  /** RFC 7638, SHA-256, base64url. Of an oct key it is a digest of the secret: not for logs. */
  readonly thumbprint: string;
  /** Thumbprint, kid and alg: equal exactly when a later document brings the same key for the same use. */
  readonly identity: string;
  /** Algorithms that this key may verify by its type, curve, length and `alg`. Empty for a refused key. */
  readonly accepts: ReadonlySet<AlgorithmName>;
  /** Why the key is never used although Envoy would; null for a good key. */
  readonly refusal: string | null;
  /** Verification takes about a millisecond or more, so it belongs in the pool. */
  readonly slow: boolean;
  /** null only for a refused key. */
  readonly handle: KeyHandle | null;
}

/** Something to be said of one key of a document. */
export interface KeyFinding {
  /** Place of the key in the document, from 0. */
  readonly index: number;
  readonly kid: string;
  /**
   * skipped: Envoy skips it too. refused: Envoy would use it. dropped: private members were left out of a used key.
   * doubted: used as Envoy does, although the set should not have it.
   */
  readonly kind: 'skipped' | 'refused' | 'dropped' | 'doubted';
  /** Envoy's error for a skipped key, else `ok`. */
  readonly status: Status;
  readonly reason: string;
}

/**
 * Puts keys together that were parsed from one document.
 * @param keys in document order
 * @param findings what there is to say of the document's keys, those that were left out among them
 */
export function createKeySet(
  keys: readonly VerificationKey[],
  findings: readonly KeyFinding[],
  crypto: CryptoPort,
): KeySet {
  return new IndexedKeySet(keys, findings, crypto);
}

/** Finds keys by kid without looking at all of them. */
class IndexedKeySet implements KeySet {
  readonly keys: readonly VerificationKey[];
  readonly findings: readonly KeyFinding[];
  readonly crypto: CryptoPort;
  readonly #unnamed: readonly VerificationKey[];
  readonly #byKid: ReadonlyMap<string, readonly VerificationKey[]>;
  readonly #identities: ReadonlySet<string>;

  constructor(keys: readonly VerificationKey[], findings: readonly KeyFinding[], crypto: CryptoPort) {
    this.keys = keys;
    this.findings = findings;
    this.crypto = crypto;
    this.#unnamed = keys.filter((key) => key.kid === '');
    this.#byKid = Map.groupBy(keys, (key) => key.kid);
    this.#identities = new Set(keys.filter((key) => key.refusal === null).map((key) => key.identity));
  }

  candidates(kid: string): readonly VerificationKey[] {
    if (kid === '') return this.keys;
    const named = this.#byKid.get(kid);
    if (named === undefined) return this.#unnamed;
    if (this.#unnamed.length === 0) return named;
    return [...named, ...this.#unnamed].sort((a, b) => a.index - b.index);
  }

  has(identity: string): boolean {
    return this.#identities.has(identity);
  }
}
