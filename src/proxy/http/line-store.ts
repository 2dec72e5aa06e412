import { LF } from './bytes.ts';

/** Holds the bytes of a line that has not come whole. */
export interface HeadStore {
  readonly bytes: Buffer;
  readonly length: number;
  append(bytes: Buffer, start: number, end: number): boolean;
  dropBefore(at: number): void;
  clear(): void;
}

/** Below this many kept bytes every piece is looked at at once, so that garbage is refused early. */
const EAGER_BYTES = 512;

/**
 * A buffer that doubles, so that a head fed byte by byte costs its length and not its square. It is made when the first broken
 * line comes and let go with the head.
 */
export class LineStore implements HeadStore {
  bytes: Buffer = EMPTY;
  length = 0;

  /** Copies bytes in. @returns whether a look at them is worth while: they end a line, or are few. */
  append(bytes: Buffer, start: number, end: number): boolean {
    const needed = this.length + end - start;
    if (needed > this.bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(1024, needed, this.bytes.length * 2));
      this.bytes.copy(grown, 0, 0, this.length);
      this.bytes = grown;
    }
    bytes.copy(this.bytes, this.length, start, end);
    const from = this.length;
    this.length = needed;
    if (needed <= EAGER_BYTES) return true;
    const lf = this.bytes.indexOf(LF, from);
    return lf >= 0 && lf < needed;
  }

  /** Forgets what has been read. */
  dropBefore(at: number): void {
    if (at === 0) return;
    this.bytes.copyWithin(0, at, this.length);
    this.length -= at;
  }

  clear(): void {
    this.bytes = EMPTY;
    this.length = 0;
  }
}

const EMPTY = Buffer.alloc(0);
