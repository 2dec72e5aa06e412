import type { Message } from '@bufbuild/protobuf';
import type { LocalRateLimitDescriptor } from '#schema/envoy/extensions/common/ratelimit/v3/ratelimit_pb.js';
import {
  type LocalRateLimit,
  LocalRateLimitSchema,
} from '#schema/envoy/extensions/filters/http/local_ratelimit/v3/local_rate_limit_pb.js';
import type { TokenBucket } from '#schema/envoy/type/v3/token_bucket_pb.js';
import { toByteString } from '../../../core/match/index.ts';
import {
  type BucketLimit,
  type DescriptorLimit,
  descriptorKey,
  type LimiterRules,
} from '../../../core/ratelimit/index.ts';
import { durationMs } from '../../duration.ts';
import { refuseField } from '../../refusals.ts';
import { compileHeaderMutations } from '../../route/header-mutation.ts';
import type { FactoryContext, HttpFilter, HttpFilterFactory } from '../filter.ts';
import { compileFraction } from '../fraction.ts';
import { routeConfigOf } from '../route-config.ts';
import { LocalRateLimitFilter } from './filter.ts';
import { Limit } from './limit.ts';
import { compileRecipes } from './recipe.ts';
import { createLocalRateLimitStats } from './stats.ts';

/** `envoy.filters.http.local_ratelimit`, and what routes say to it. */
export const localRateLimitFactory: HttpFilterFactory = {
  schema: LocalRateLimitSchema,
  compile(config: Message, context: FactoryContext): HttpFilter | null {
    const limit = compileLimit(config as LocalRateLimit, context);
    if (limit === null) return null;
    return new LocalRateLimitFilter(
      limit,
      (route) => routeConfigOf(route, context.name, localRateLimitFactory) as Limit | undefined,
    );
  },
  perRoute: { schema: LocalRateLimitSchema, compile: compilePerRoute },
};

function compilePerRoute(config: Message, context: FactoryContext): Limit | null {
  const limit = config as LocalRateLimit;
  if (limit.tokenBucket !== undefined) return compileLimit(limit, context);
  const message = 'local rate limit token bucket must be set for per filter configs';
  refuse(message, limit, context);
  return null;
}

function compileLimit(config: LocalRateLimit, context: FactoryContext): Limit | null {
  const { findings } = context;
  const before = findings.list.length;
  if (config.localClusterRateLimit !== undefined) refuseField(findings, config, 'local_cluster_rate_limit');
  const limit = new Limit(
    {
      origin: config,
      rules: compileRules(config, context),
      recipes: compileRecipes(config.rateLimits, context),
      enabled: compileFraction(config.filterEnabled, 'none'),
      enforced: compileFraction(config.filterEnforced, 'none'),
      status: statusOf(config),
      responseHeaders: compileHeaderMutations(config.responseHeadersToAdd, null, findings),
      requestHeadersWhenNotEnforced: compileHeaderMutations(
        config.requestHeadersToAddWhenNotEnforced,
        null,
        findings,
      ),
      tellsHeaders: config.enableXRatelimitHeaders !== 0,
      stats: createLocalRateLimitStats(context.rootStats, config.statPrefix),
    },
    context.clock.now(),
  );
  const hasErrors = findings.list.slice(before).some(({ severity }) => severity === 'error');
  return hasErrors ? null : limit;
}

const TOO_MANY_REQUESTS = 429;

/** A status that is no error would let a refusal look like an answer. */
function statusOf({ status }: LocalRateLimit): number {
  const code: number = status?.code ?? TOO_MANY_REQUESTS;
  return code < 400 ? TOO_MANY_REQUESTS : code;
}

const WILDCARD_BUCKETS = 20;

function compileRules(config: LocalRateLimit, context: FactoryContext): LimiterRules {
  const { tokenBucket, descriptors } = config;
  return {
    defaultLimit: tokenBucket === undefined ? null : compileBucket(tokenBucket, '', context),
    alwaysConsumesDefault: config.alwaysConsumeDefaultTokenBucket ?? true,
    descriptors: compileDescriptors(descriptors, context),
    wildcardBucketsMax: config.maxDynamicDescriptors ?? WILDCARD_BUCKETS,
  };
}

function compileDescriptors(
  configs: readonly LocalRateLimitDescriptor[],
  context: FactoryContext,
): DescriptorLimit[] {
  const seen = new Set<string>();
  return configs.map((origin) => {
    const entries = origin.entries.map(({ key, value }) => ({
      key: toByteString(key),
      value: toByteString(value),
    }));
    const id = descriptorKey(entries);
    if (seen.has(id)) {
      const text = origin.entries.map(({ key, value }) => `${key}=${value}`).join(', ');
      refuse(`duplicate descriptor in the local rate descriptor: ${text}`, origin, context);
    }
    seen.add(id);
    return { entries, limit: compileBucket(origin.tokenBucket, 'descriptor ', context), origin };
  });
}

const FILL_INTERVAL_MS_MIN = 50;

function compileBucket(config: TokenBucket | undefined, what: string, context: FactoryContext): BucketLimit {
  const fillIntervalMs = config?.fillInterval === undefined ? 0 : durationMs(config.fillInterval);
  const maxTokens = config?.maxTokens ?? 0;
  if (maxTokens > 0 && fillIntervalMs < FILL_INTERVAL_MS_MIN) {
    const message = `local rate limit ${what}token bucket fill timer must be >= 50ms`;
    refuse(message, config ?? context, context);
  }
  return {
    maxTokens,
    tokensPerFill: config?.tokensPerFill ?? 1,
    fillIntervalMs: Math.max(fillIntervalMs, FILL_INTERVAL_MS_MIN),
  };
}

function refuse(message: string, about: object, { findings }: FactoryContext): void {
  findings.report({ code: 'E122', severity: 'error', message, envoy: 'refuses', about });
}
