import type { Json, JsonObject } from './case.ts';
import type { Choose } from './choose.ts';
import { generateHeaderChanges } from './generate-formats.ts';
import { generateRateLimits } from './generate-limits.ts';
import { generatePerFilter, type PerFilterWords } from './generate-per-filter.ts';
import { type ActionWords, generateAction } from './generate-route-actions.ts';
import { generateMatch } from './generate-route-match.ts';
import { DOMAINS } from './words.ts';

export interface RouteWords extends PerFilterWords {
  paths: string[];
  tls: boolean;
}

type Words = RouteWords & ActionWords;

/** One to three virtual hosts; the last one usually takes every host. */
export function generateRoutes(choose: Choose, given: RouteWords): JsonObject {
  const validates = choose.chance(0.3) ? choose.chance(0.35) : null;
  const words = { ...given, unknownClusters: validates === false };
  return {
    ...choose.field(0.1, 'name', () => 'routes'),
    virtual_hosts: virtualHosts(choose, words),
    ...generateHeaderChanges(choose, words, 0.1),
    ...choose.field(0.15, 'most_specific_header_mutations_wins', () => true),
    ...choose.field(0.15, 'ignore_port_in_host_matching', () => true),
    ...choose.field(0.1, 'ignore_path_parameters_in_path_matching', () => true),
    // A body that is longer than allowed is an error of both.
    ...choose.field(0.05, 'max_direct_response_body_size_bytes', () => choose.pick([1, 6, 4096])),
    ...(validates === null ? {} : { validate_clusters: validates }),
    ...generatePerFilter(choose, words, 0.05),
  };
}

function virtualHosts(choose: Choose, words: Words): JsonObject[] {
  const domains = choose.some(0, 4, DOMAINS);
  const hosts: JsonObject[] = [];
  if (domains.length > 0) {
    const cut = choose.between(1, domains.length);
    hosts.push(virtualHost(choose, words, 'first', domains.slice(0, cut)));
    if (cut < domains.length) hosts.push(virtualHost(choose, words, 'second', domains.slice(cut)));
  }
  if (hosts.length === 0 || choose.chance(0.85)) hosts.push(virtualHost(choose, words, 'all', ['*']));
  return hosts;
}

function virtualHost(choose: Choose, words: Words, name: string, domains: string[]): JsonObject {
  const routes = choose.list(0, 3, (index) => route(choose, words, `${name}-${index}`));
  if (routes.length === 0 || choose.chance(0.8)) {
    routes.push({
      match: { prefix: '/' },
      route: { cluster: 'origin' },
      ...generateHeaderChanges(choose, words, 0.4),
    });
  }
  const isLimited = words.filters.includes('limit');
  return {
    name,
    domains,
    routes,
    // Who is internal is not asked (row Q23), so that it is one with ALL.
    ...choose.field(0.03, 'require_tls', () => choose.pick(['NONE', 'ALL', 'EXTERNAL_ONLY'])),
    ...choose.field<Json>(isLimited ? 0.3 : 0, 'rate_limits', () =>
      generateRateLimits(choose, words.payloadKeys),
    ),
    ...choose.field(0.1, 'include_request_attempt_count', () => true),
    ...choose.field(0.1, 'include_attempt_count_in_response', () => true),
    ...choose.field<Json>(0.05, 'metadata', () => ({ filter_metadata: { mine: { plan: 'host' } } })),
    ...generateHeaderChanges(choose, words, 0.15),
    ...generatePerFilter(choose, words, 0.08),
  };
}

function route(choose: Choose, words: Words, name: string): JsonObject {
  const named = choose.field(0.5, 'name', () => name);
  const match = generateMatch(choose, words);
  return {
    ...named,
    match,
    ...choose.field<Json>(words.features.has('sourced_metadata') ? 0.3 : 0, 'metadata', () =>
      routeMetadata(choose),
    ),
    ...generateAction(choose, words, templateOf(match)),
    ...generateHeaderChanges(choose, words, 0.5),
    ...generatePerFilter(choose, words, 0.2),
    ...choose.field<Json>(0.1, 'decorator', () => ({
      operation: choose.pick(['op', 'é f']),
      ...choose.field(0.2, 'propagate', () => choose.chance(0.5)),
    })),
  };
}

/** What the path of a route is matched by, if it is a template. */
function templateOf({ path_match_policy: policy }: JsonObject): string | null {
  const { typed_config: config } = (policy ?? {}) as { typed_config?: { path_template: string } };
  return config?.path_template ?? null;
}

function routeMetadata(choose: Choose): JsonObject {
  const plan = choose.pick<Json>(['gold', { tier: 'gold' }, { tier: 'free' }, 3]);
  const typed = { '@type': 'type.googleapis.com/google.protobuf.StringValue', value: 'typed' };
  return {
    filter_metadata: { mine: { plan } },
    ...choose.field<Json>(0.1, 'typed_filter_metadata', () => ({ mine: typed })),
  };
}
