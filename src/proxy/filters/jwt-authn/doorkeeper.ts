/** Slots of four bytes: some 64 kB for each provider. */
const SLOTS = 1 << 14;

/**
 * Knows which tokens were here lately, without keeping them. A token that comes once would only push out others and cost the collector
 * its parsed payload; so the memo takes a token the second time. A wrong guess costs one verification, or one place in the memo.
 */
export class Doorkeeper {
  readonly #seen = new Uint32Array(SLOTS);

  /** Whether the token was here before, as far as is known; from now on it was. Only for verified tokens: nobody can choose their ends. */
  knows(text: string): boolean {
    const mark = fingerprint(text);
    const slot = mark & (SLOTS - 1);
    if (this.#seen[slot] === mark) return true;
    this.#seen[slot] = mark;
    return false;
  }
}

/** A signature's last characters are as good as random; the very last may carry few bits. Never 0, which is an empty slot. */
function fingerprint(text: string): number {
  const end = text.length - 2;
  let mark = 0x811c9dc5;
  for (let at = end; at > end - 8; at--) mark = Math.imul(mark ^ text.charCodeAt(at), 0x01000193);
  return ((mark ^ (mark >>> 15)) | 1) >>> 0;
}
