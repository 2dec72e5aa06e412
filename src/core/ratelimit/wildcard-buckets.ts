import { detached } from '../match/index.ts';
import type { BucketStore } from './bucket-store.ts';
import type { BucketLimit, TokenBucket } from './token-bucket.ts';

/**
 * The buckets of a descriptor that takes any value: one for each value seen, the least lately used given to the next newcomer when
 * there are as many as may be. Who was put out starts again with a full bucket, as in Envoy.
 */
export class WildcardBuckets {
  readonly #limit: BucketLimit;
  readonly #max: number;
  readonly #store: BucketStore;
  /** The least lately used first. */
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(limit: BucketLimit, max: number, store: BucketStore) {
    this.#limit = limit;
    this.#max = max;
    this.#store = store;
  }

  /** @param key a text of one character per byte that says which values these are */
  take(key: string, nowMs: number): TokenBucket {
    const known = this.#buckets.get(key);
    if (known !== undefined) {
      this.#buckets.delete(key);
      this.#buckets.set(key, known);
      return known;
    }
    const bucket = this.#reuse(nowMs) ?? this.#store.create(this.#limit, nowMs);
    this.#buckets.set(detached(key), bucket);
    return bucket;
  }

  #reuse(nowMs: number): TokenBucket | null {
    if (this.#buckets.size < this.#max) return null;
    const [oldest, bucket] = this.#buckets.entries().next().value as [string, TokenBucket];
    this.#buckets.delete(oldest);
    bucket.fill(nowMs);
    return bucket;
  }
}
