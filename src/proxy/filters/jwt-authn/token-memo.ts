import type { AlgorithmName, Claims, KeySet, VerificationKey } from '../../../core/jwt/index.ts';
import { detached } from '../../../core/match/index.ts';
import { Doorkeeper } from './doorkeeper.ts';
import type { TokenOutputs } from './outputs.ts';
import { signatureMark } from './signature-mark.ts';

/** A token whose signature a key of the provider has verified. */
export interface VerifiedToken {
  claims: Claims;
  outputs: TokenOutputs;
  /** The set that was last found to hold the key. */
  keySet: KeySet;
  key: VerificationKey;
  algorithm: AlgorithmName;
}

interface Entry {
  readonly text: string;
  readonly token: VerifiedToken;
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
  /** By the mark of their signatures: V8 would keep every text that is looked up. Of two with one mark the later has the place. */
  #young = new Map<number, Entry>();
  #old = new Map<number, Entry>();
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
    const known = this.#known(text);
    if (known === undefined || known.keySet === keySet) return known;
    if (!keySet.has(known.key.identity) || mayStopEarlier(known, keySet)) return undefined;
    known.keySet = keySet;
    return known;
  }

  remember(text: string, token: VerifiedToken): void {
    if (this.#doorkeeper?.knows(text) === false) return;
    this.#keep(signatureMark(text), { text: detached(text), token: detachedToken(token) });
  }

  #known(text: string): VerifiedToken | undefined {
    const mark = signatureMark(text);
    const young = this.#young.get(mark);
    if (young?.text === text) return young.token;
    const old = this.#old.get(mark);
    if (old?.text !== text) return undefined;
    this.#keep(mark, old);
    return old.token;
  }

  #keep(mark: number, entry: Entry): void {
    const bytes = sizeOf(entry.text, entry.token);
    if (bytes > this.#halfBytesMax) return;
    if (this.#youngBytes + bytes > this.#halfBytesMax) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngBytes = 0;
    }
    this.#young.set(mark, entry);
    this.#youngBytes += bytes;
  }
}

/** What is kept shares no memory with the request that it came with. */
function detachedToken(token: VerifiedToken): VerifiedToken {
  const { outputs } = token;
  return { ...token, outputs: { ...outputs, values: outputs.values.map(detached) } };
}

/** The parsed payload takes some times its text, which is part of the token's. */
function sizeOf(text: string, { outputs }: VerifiedToken): number {
  return ENTRY_BYTES + text.length * 5 + outputs.values.reduce((sum, value) => sum + value.length, 0);
}

/** An Ed25519 key before the one that fits ends Envoy's search with 23 for a token of any other algorithm (envoy.md §4.3). */
function mayStopEarlier(token: VerifiedToken, keySet: KeySet): boolean {
  return token.algorithm !== 'EdDSA' && keySet.keys.some((key) => key.kty === 'OKP');
}
