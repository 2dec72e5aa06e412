import { signatureMark } from './signature-mark.ts';

/** Slots of four bytes: some 64 kB for each provider. */
const SLOTS = 1 << 14;

/**
 * Knows which tokens were here lately, without keeping them. A token that comes once would only push out others and cost the collector
 * its parsed payload; so the memo takes a token the second time. A wrong guess costs one verification, or one place in the memo.
 */
export class Doorkeeper {
  readonly #seen = new Int32Array(SLOTS);

  /** Whether the token was here before, as far as is known; from now on it was. Only for verified tokens: nobody can choose their ends. */
  knows(text: string): boolean {
    const mark = signatureMark(text);
    const slot = mark & (SLOTS - 1);
    if (this.#seen[slot] === mark) return true;
    this.#seen[slot] = mark;
    return false;
  }
}
