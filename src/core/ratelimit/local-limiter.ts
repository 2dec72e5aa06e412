import { BucketStore } from './bucket-store.ts';
import { type Descriptor, descriptorKey, isWildcard, matchesWildcard } from './descriptor.ts';
import type { Takings } from './takings.ts';
import type { BucketLimit, TokenBucket } from './token-bucket.ts';
import { WildcardBuckets } from './wildcard-buckets.ts';

/** One configured descriptor and its limit. */
export interface DescriptorLimit {
  entries: Descriptor;
  limit: BucketLimit;
  /** The configuration message it was compiled from. */
  origin: object;
}

/** The limits of one configuration. */
export interface LimiterRules {
  /** The bucket of requests that no descriptor matches; null: they are not limited. */
  defaultLimit: BucketLimit | null;
  /** The default bucket is asked too where a descriptor matches. */
  alwaysConsumesDefault: boolean;
  descriptors: readonly DescriptorLimit[];
  /** Buckets that each descriptor with an empty value may have at a time. */
  wildcardBucketsMax: number;
}

/** What a request is counted under, and how many tokens it takes there. */
export interface Count {
  descriptor: Descriptor;
  /** 0 is more than any bucket has (Envoy). */
  hits: number;
}

/** A bucket that was asked, and why. */
export interface MatchedBucket {
  bucket: TokenBucket;
  /** What the request was counted under; null: the default bucket. */
  descriptor: Descriptor | null;
  /** The configured descriptor; null: the default bucket. */
  rule: DescriptorLimit | null;
  hits: number;
}

/** What the buckets say to one request. */
export interface Admission {
  isAllowed: boolean;
  /** Buckets that gave what was asked of them, in the order they were asked. */
  consumed: readonly MatchedBucket[];
  /** The one that had too little. */
  exhausted: MatchedBucket | null;
  /** The one that the response headers tell of; null: none was asked. */
  told: MatchedBucket | null;
}

/**
 * The buckets of one rate-limit configuration (Envoy: LocalRateLimiterImpl): the descriptors' that match, the slowest to fill first,
 * then the default one. The first that has too little refuses; what the ones before it gave is not given back.
 */
export class LocalLimiter {
  readonly #store: BucketStore;
  readonly #rules: LimiterRules;
  readonly #default: MatchedBucket | null;
  readonly #fixed = new Map<string, { bucket: TokenBucket; rule: DescriptorLimit }>();
  readonly #wildcards: { rule: DescriptorLimit; buckets: WildcardBuckets }[] = [];

  constructor(rules: LimiterRules, nowMs: number) {
    this.#store = new BucketStore(nowMs);
    this.#rules = rules;
    const { defaultLimit } = rules;
    this.#default =
      defaultLimit === null
        ? null
        : { bucket: this.#store.create(defaultLimit, nowMs), descriptor: null, rule: null, hits: 1 };
    for (const rule of rules.descriptors) {
      if (isWildcard(rule.entries)) {
        const buckets = new WildcardBuckets(rule.limit, rules.wildcardBucketsMax, this.#store);
        this.#wildcards.push({ rule, buckets });
      } else {
        const bucket = this.#store.create(rule.limit, nowMs);
        this.#fixed.set(descriptorKey(rule.entries), { bucket, rule });
      }
    }
  }

  /** Takes a request's tokens. @param takings keeps them, where they are to be given back */
  admit(counts: readonly Count[], nowMs: number, takings: Takings | null = null): Admission {
    const matched = this.#match(counts, nowMs);
    if (this.#default !== null && (matched.length === 0 || this.#rules.alwaysConsumesDefault)) {
      matched.push(this.#default);
    }
    const consumed: MatchedBucket[] = [];
    for (const one of matched) {
      if (takings !== null) takings.note(one.bucket);
      if (!one.bucket.consume(nowMs, one.hits)) return refusal(one, consumed);
      consumed.push(one);
    }
    return { isAllowed: true, consumed, exhausted: null, told: consumed[0] ?? null };
  }

  #match(counts: readonly Count[], nowMs: number): MatchedBucket[] {
    const matched: MatchedBucket[] = [];
    for (const count of counts) {
      const one = this.#find(count, nowMs);
      if (one !== null) matched.push(one);
    }
    return matched.length < 2 ? matched : matched.sort((a, b) => fillRate(a) - fillRate(b));
  }

  #find({ descriptor, hits }: Count, nowMs: number): MatchedBucket | null {
    const key = descriptorKey(descriptor);
    const fixed = this.#fixed.get(key);
    if (fixed !== undefined) return { ...fixed, descriptor, hits };
    for (const { rule, buckets } of this.#wildcards) {
      if (matchesWildcard(rule.entries, descriptor)) {
        return { bucket: buckets.take(key, nowMs), descriptor, rule, hits };
      }
    }
    return null;
  }
}

/** Nothing is told of a default bucket that can hold no token: Envoy makes none. */
export const isMade = ({ rule, bucket }: MatchedBucket): boolean =>
  rule !== null || bucket.limit.maxTokens > 0;

const refusal = (exhausted: MatchedBucket, consumed: readonly MatchedBucket[]): Admission => ({
  isAllowed: false,
  consumed,
  exhausted,
  told: isMade(exhausted) ? exhausted : null,
});

const fillRate = ({ bucket: { limit } }: MatchedBucket) => limit.tokensPerFill / limit.fillIntervalMs;
