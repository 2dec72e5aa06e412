import { create } from '@bufbuild/protobuf';
import {
  CorsPolicySchema,
  CorsSchema,
  type CorsPolicy as EnvoyPolicy,
} from '#schema/envoy/extensions/filters/http/cors/v3/cors_pb.js';
import {
  type HttpFilter,
  HttpFilterSchema,
} from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import {
  type CorsPolicy,
  CorsPolicy_UnmatchedPreflights as Preflights,
} from '#schema/istio/networking_pb.js';
import { packAny } from '../../../resources/index.ts';
import { exactMatcher } from '../authz/string-matcher.ts';
import { parseGoDuration } from '../go-duration.ts';
import { textMatcher } from './text-match.ts';

export const CORS_FILTER = 'envoy.filters.http.cors';

const NANOSECONDS = 1_000_000_000n;

/** A route's `corsPolicy` as Envoy's; preflights that no origin matches go on, unless they are to be left alone. */
export function buildCorsPolicy(policy: CorsPolicy): EnvoyPolicy {
  const origins = policy.allowOrigins.map(textMatcher).filter((matcher) => matcher !== null);
  return create(CorsPolicySchema, {
    allowOriginStringMatch:
      origins.length > 0 ? origins : policy.allowOrigin.map((text) => exactMatcher(text)),
    allowMethods: policy.allowMethods.join(),
    allowHeaders: policy.allowHeaders.join(),
    exposeHeaders: policy.exposeHeaders.join(),
    maxAge: policy.maxAge === undefined ? '' : String((parseGoDuration(policy.maxAge) ?? 0n) / NANOSECONDS),
    ...(policy.allowCredentials === undefined ? {} : { allowCredentials: policy.allowCredentials }),
    filterEnabled: { defaultValue: { numerator: 100 } },
    forwardNotMatchingPreflights: policy.unmatchedPreflights !== Preflights.IGNORE,
  });
}

/** Stands behind the policies, so that their refusals carry no CORS headers, as in Istio (istio.md §2.3). */
export function corsFilter(): HttpFilter {
  return create(HttpFilterSchema, {
    name: CORS_FILTER,
    configType: { case: 'typedConfig', value: packAny(CorsSchema, create(CorsSchema)) },
  });
}
