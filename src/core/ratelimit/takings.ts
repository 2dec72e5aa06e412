import type { TokenBucket } from './token-bucket.ts';

/** What a request that is only played takes of buckets, so that the next one finds it there again. */
export class Takings {
  /** How the buckets were before; once it is given back, how they were after. */
  readonly #states = new Map<TokenBucket, bigint>();

  /** A bucket is about to be asked. */
  note(bucket: TokenBucket): void {
    if (!this.#states.has(bucket)) this.#states.set(bucket, bucket.state);
  }

  giveBack(): void {
    this.#swap();
  }

  /** After it was given back: the request has come to pass. */
  takeAgain(): void {
    this.#swap();
  }

  #swap(): void {
    for (const [bucket, state] of this.#states) {
      this.#states.set(bucket, bucket.state);
      bucket.state = state;
    }
  }
}
