import { VhRateLimitsOptions } from '#schema/envoy/extensions/common/ratelimit/v3/ratelimit_pb.js';
import type { LocalRateLimit } from '#schema/envoy/extensions/filters/http/local_ratelimit/v3/local_rate_limit_pb.js';
import type { Recorder } from '../../../base/index.ts';
import {
  type Admission,
  type LimiterRules,
  LocalLimiter,
  type MatchedBucket,
} from '../../../core/ratelimit/index.ts';
import type { HeaderMutations } from '../../route/header-mutation.ts';
import type { FilterStream } from '../filter.ts';
import type { Fraction } from '../fraction.ts';
import { buildCounts, describeDescriptor, type MadeCount, type Recipe } from './recipe.ts';
import type { LocalRateLimitStats } from './stats.ts';

/** One configuration of the filter, compiled: the chain's own, or a route's in its place. */
export interface LimitParts {
  origin: LocalRateLimit;
  rules: LimiterRules;
  recipes: readonly Recipe[];
  enabled: Fraction;
  enforced: Fraction;
  status: number;
  responseHeaders: HeaderMutations | null;
  requestHeadersWhenNotEnforced: HeaderMutations | null;
  tellsHeaders: boolean;
  stats: LocalRateLimitStats;
}

/** A configuration and its buckets: one set for all connections, or one for each. */
export class Limit {
  readonly parts: LimitParts;
  readonly #shared: LocalLimiter;
  readonly #perConnection: WeakMap<object, LocalLimiter> | null;

  constructor(parts: LimitParts, nowMs: number) {
    this.parts = parts;
    this.#shared = new LocalLimiter(parts.rules, nowMs);
    this.#perConnection = parts.origin.localRateLimitPerDownstreamConnection ? new WeakMap() : null;
  }

  /** Takes a request's tokens. Descriptors are made only where the configuration has some to match. */
  admit(stream: FilterStream): Admission {
    const counts =
      this.parts.rules.descriptors.length === 0 ? [] : buildCounts(this.#recipes(stream), stream);
    const nowMs = stream.clock.now();
    const admission = this.#limiter(stream, nowMs).admit(counts, nowMs, stream.takings);
    if (stream.recorder !== null) explain(admission, nowMs, stream.recorder);
    if (!this.#tells(admission.told, counts)) admission.told = null;
    return admission;
  }

  /** Whether response headers tell of a bucket: as the recipe of its descriptor says, else as the configuration. */
  #tells(told: MatchedBucket | null, counts: readonly MadeCount[]): boolean {
    if (told === null) return true;
    const recipe = counts.find(({ descriptor }) => descriptor === told.descriptor)?.recipe;
    return recipe?.tellsHeaders ?? this.parts.tellsHeaders;
  }

  /** The configuration's own, or the route's (Envoy: local_ratelimit.cc, populateDescriptors). */
  #recipes({ route }: FilterStream): readonly Recipe[] {
    const { recipes, origin } = this.parts;
    if (recipes.length > 0 || route === null || route.rateLimits === null) return recipes;
    const { route: own, virtualHost, includesVirtualHost } = route.rateLimits;
    const wantsHost =
      includesVirtualHost ||
      origin.vhRateLimits === VhRateLimitsOptions.INCLUDE ||
      (origin.vhRateLimits === VhRateLimitsOptions.OVERRIDE && own.length === 0);
    return [...own, ...(wantsHost ? virtualHost : [])].filter(({ stage }) => stage === origin.stage);
  }

  #limiter({ connection }: FilterStream, nowMs: number): LocalLimiter {
    if (this.#perConnection === null) return this.#shared;
    let own = this.#perConnection.get(connection);
    if (own === undefined) {
      own = new LocalLimiter(this.parts.rules, nowMs);
      this.#perConnection.set(connection, own);
    }
    return own;
  }
}

function explain({ consumed, exhausted }: Admission, nowMs: number, recorder: Recorder): void {
  for (const one of consumed) explainBucket(one, nowMs, true, recorder);
  if (exhausted !== null) explainBucket(exhausted, nowMs, false, recorder);
  if (consumed.length === 0 && exhausted === null) recorder.note('no bucket is asked');
}

function explainBucket(
  { bucket, descriptor, rule, hits }: MatchedBucket,
  nowMs: number,
  gaveTokens: boolean,
  recorder: Recorder,
): void {
  const { maxTokens, tokensPerFill, fillIntervalMs } = bucket.limit;
  const name = descriptor === null ? 'the default bucket' : describeDescriptor(descriptor);
  recorder.open('bucket', name, rule?.origin);
  recorder.note(`holds ${maxTokens}, ${tokensPerFill} more in ${fillIntervalMs / 1000} s`);
  if (hits !== 1) recorder.note(`this request is worth ${hits}`);
  if (gaveTokens) recorder.close('ok', `${bucket.remaining(nowMs)} left`);
  else if (maxTokens === 0) recorder.close('no', 'it can hold no token');
  else if (hits !== 1) recorder.close('no', `${bucket.remaining(nowMs)} left`);
  else recorder.close('no', `empty, the next token in ${Math.ceil(bucket.nextTokenMs(nowMs) / 1000)} s`);
}
