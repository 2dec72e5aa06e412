import type { AlgorithmName, Claims, KeySet, VerificationKey } from '../../../core/jwt/index.ts';
import { detached } from '../../../core/match/index.ts';
import { Doorkeeper } from './doorkeeper.ts';
import type { TokenOutputs } from './outputs.ts';

/** A token whose signature a key of the provider has verified. */
export interface VerifiedToken {
  claims: Claims;
  outputs: TokenOutputs;
  /** The set that was last found to hold the key. */
  keySet: KeySet;
  key: VerificationKey;
  algorithm: AlgorithmName;
}

/** Roughly what an entry takes beside its strings. */
const ENTRY_BYTES = 1024;

/**
 * Remembers verified signatures of one provider: a pure function of token and key, so nobody can tell it from verifying again. All
 * other checks run for every request. Bounded in bytes: when the younger half is full the older one is dropped.
 */
export class TokenMemo {
  #halfBytesMax: number;
  readonly #doorkeeper: Doorkeeper | null;
  #young = new Map<string, VerifiedToken>();
  #old = new Map<string, VerifiedToken>();
  #youngBytes = 0;

  /** @param from the time that a token has to come to be kept: the `first`, or the `second` */
  constructor(bytesMax: number, from: 'first' | 'second') {
    this.#halfBytesMax = bytesMax / 2;
    this.#doorkeeper = from === 'first' ? null : new Doorkeeper();
  }

  /** Sets the bound anew; what is more than that goes with the next token that is kept. */
  bound(bytesMax: number): void {
    this.#halfBytesMax = bytesMax / 2;
  }

  /**
   * @param keySet the provider's keys as they are now: what another set verified counts only if this one has the same key for the
   *   same use, and would come to try it
   */
  find(text: string, keySet: KeySet): VerifiedToken | undefined {
    const known = this.#young.get(text) ?? this.#promote(text);
    if (known === undefined || known.keySet === keySet) return known;
    if (!keySet.has(known.key.identity) || mayStopEarlier(known, keySet)) return undefined;
    known.keySet = keySet;
    return known;
  }

  remember(text: string, token: VerifiedToken): void {
    if (this.#doorkeeper?.knows(text) !== false) this.#keep(detached(text), token);
  }

  #promote(text: string): VerifiedToken | undefined {
    const known = this.#old.get(text);
    if (known !== undefined) this.#keep(detached(text), known);
    return known;
  }

  #keep(text: string, token: VerifiedToken): void {
    const bytes = sizeOf(text, token);
    if (bytes > this.#halfBytesMax) return;
    if (this.#youngBytes + bytes > this.#halfBytesMax) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngBytes = 0;
    }
    this.#young.set(text, token);
    this.#youngBytes += bytes;
  }
}

/** The parsed payload takes some times its text, which is part of the token's. */
function sizeOf(text: string, { outputs }: VerifiedToken): number {
  return ENTRY_BYTES + text.length * 5 + outputs.values.reduce((sum, value) => sum + value.length, 0);
}

/** An Ed25519 key before the one that fits ends Envoy's search with 23 for a token of any other algorithm (envoy.md §4.3). */
function mayStopEarlier(token: VerifiedToken, keySet: KeySet): boolean {
  return token.algorithm !== 'EdDSA' && keySet.keys.some((key) => key.kty === 'OKP');
}
