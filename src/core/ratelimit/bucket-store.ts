import { type BucketLimit, TokenBucket } from './token-bucket.ts';

const CELLS_PER_BLOCK = 256;

/** The memory of token buckets: blocks of shared cells, one cell a bucket. */
export class BucketStore {
  readonly #startMs: number;
  readonly #free: { cells: BigInt64Array; index: number }[] = [];

  /** @param startMs the moment that all its buckets count from: small numbers keep doubles exact */
  constructor(startMs: number) {
    this.#startMs = startMs;
  }

  /** A full bucket. */
  create(limit: BucketLimit, nowMs: number): TokenBucket {
    if (this.#free.length === 0) this.#grow();
    const { cells, index } = this.#free.pop() as { cells: BigInt64Array; index: number };
    const bucket = new TokenBucket(limit, cells, index, this.#startMs);
    bucket.fill(nowMs);
    return bucket;
  }

  #grow(): void {
    const cells = new BigInt64Array(new SharedArrayBuffer(CELLS_PER_BLOCK * BigInt64Array.BYTES_PER_ELEMENT));
    for (let index = CELLS_PER_BLOCK - 1; index >= 0; index--) this.#free.push({ cells, index });
  }
}
