declare global {
  interface Buffer<TArrayBuffer extends ArrayBufferLike = ArrayBufferLike> {
    /** What `toString('latin1', start, end)` comes down to; on the path of every header field the way there counts. */
    latin1Slice(start?: number, end?: number): string;
  }
}

/** The bytes as a string of their own, one character per byte. A slice of a longer string would keep that one alive. */
export function latin1(bytes: Buffer, start: number, end: number): string {
  return bytes.latin1Slice(start, end);
}
