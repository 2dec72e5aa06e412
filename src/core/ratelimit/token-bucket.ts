/** How much a bucket holds and how fast it fills. */
export interface BucketLimit {
  maxTokens: number;
  tokensPerFill: number;
  fillIntervalMs: number;
}

/** Parts of a token that the arithmetic of doubles may lose: a bucket that is full to within this much is full. */
const LOST_TOKENS = 1e-6;

/** A double's bits, for cells that only integers can be exchanged in. */
const asDouble = new Float64Array(1);
const asBits = new BigInt64Array(asDouble.buffer);

/**
 * A token bucket that fills continuously. All its state is one double: the moment at which it was, or would have been, empty, in
 * milliseconds after the store's start (Envoy: AtomicTokenBucketImpl). It lies in shared memory and is exchanged atomically, so that
 * threads can share the bucket.
 */
export class TokenBucket {
  readonly limit: BucketLimit;
  readonly #tokensPerMs: number;
  readonly #cells: BigInt64Array;
  readonly #index: number;
  readonly #startMs: number;

  /** @param startMs the moment that the cells count from */
  constructor(limit: BucketLimit, cells: BigInt64Array, index: number, startMs: number) {
    this.limit = limit;
    this.#tokensPerMs = limit.tokensPerFill / limit.fillIntervalMs;
    this.#cells = cells;
    this.#index = index;
    this.#startMs = startMs;
  }

  /** Makes it full. */
  fill(nowMs: number): void {
    const emptyAt = nowMs - this.#startMs - this.limit.maxTokens / this.#tokensPerMs;
    Atomics.store(this.#cells, this.#index, bitsOf(emptyAt));
  }

  /** Takes tokens. @returns false, taking nothing, where there are fewer, or where none are asked for */
  consume(nowMs: number, wanted = 1): boolean {
    if (wanted < 1) return false;
    const now = nowMs - this.#startMs;
    for (;;) {
      const before = Atomics.load(this.#cells, this.#index);
      const tokens = this.#tokensAt(now, before);
      if (tokens + LOST_TOKENS < wanted) return false;
      const emptyAt = now - Math.max(0, tokens - wanted) / this.#tokensPerMs;
      if (Atomics.compareExchange(this.#cells, this.#index, before, bitsOf(emptyAt)) === before) return true;
    }
  }

  /** All that it remembers. */
  get state(): bigint {
    return Atomics.load(this.#cells, this.#index);
  }

  set state(state: bigint) {
    Atomics.store(this.#cells, this.#index, state);
  }

  /** Whole tokens in it. */
  remaining(nowMs: number): number {
    return Math.floor(this.#tokensNow(nowMs) + LOST_TOKENS);
  }

  /** Time until there is a token; 0 where there is one. */
  nextTokenMs(nowMs: number): number {
    const tokens = this.#tokensNow(nowMs);
    return tokens + LOST_TOKENS >= 1 ? 0 : Math.ceil((1 - tokens) / this.#tokensPerMs - LOST_TOKENS);
  }

  #tokensNow(nowMs: number): number {
    return this.#tokensAt(nowMs - this.#startMs, this.state);
  }

  /** A clock that was put back finds the bucket empty, never in debt. */
  #tokensAt(now: number, bits: bigint): number {
    asBits[0] = bits;
    const tokens = (now - (asDouble[0] as number)) * this.#tokensPerMs;
    return Math.min(this.limit.maxTokens, Math.max(0, tokens));
  }
}

function bitsOf(value: number): bigint {
  asDouble[0] = value;
  return asBits[0] as bigint;
}
