import { CR, LF } from './bytes.ts';

/** Values from this length on are worth remembering. */
export const LONG_BYTES = 128;
/** Longer ones are not kept, so that ten thousand connections do not hold much. */
const KEPT_BYTES_MAX = 4096;

/**
 * The last long field value of a connection. A client sends the same token with every request: comparing it with the one before
 * is far cheaper than judging a thousand bytes again and making a string of them.
 */
export class LongValue {
  #bytes: Buffer | null = null;
  #text = '';
  /** The last value that came once only, and may never come again. */
  #once = '';

  /** The remembered value, when its very bytes and the line's end stand at `start`; else null. */
  match(bytes: Buffer, start: number, end: number): string | null {
    const kept = this.#bytes;
    if (kept === null) return null;
    const valueEnd = start + kept.length;
    if (valueEnd + 1 >= end || bytes[valueEnd] !== CR || bytes[valueEnd + 1] !== LF) return null;
    return bytes.compare(kept, 0, kept.length, start, valueEnd) === 0 ? this.#text : null;
  }

  /** Remembers a value that was judged, if it came before: bytes from `start` to the line's end, and the text made of them. */
  keep(bytes: Buffer, start: number, end: number, text: string): void {
    if (end - start > KEPT_BYTES_MAX) return;
    if (text !== this.#once) {
      this.#once = text;
      return;
    }
    this.#bytes = Buffer.from(bytes.subarray(start, end));
    this.#text = text;
  }
}
