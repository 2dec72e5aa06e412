import type { Json, JsonObject } from './case.ts';
import type { Choose } from './choose.ts';
import type { FeatureName } from './features.ts';
import { generateRouteMatch } from './generate-matchers.ts';
import { generateCorsPolicy, generateMetadataMatch, generateUriTemplate } from './generate-neighbours.ts';
import { CLAIM_PATHS, DOMAINS, HOSTS } from './words.ts';

export interface RouteWords {
  payloadKeys: readonly string[];
  paths: string[];
  features: ReadonlySet<FeatureName>;
  /** Names of filters in the chain with the requirements that a route can ask for. */
  requirementNames: readonly string[];
  /** Makes an `RBAC` for a route. */
  rbac: () => JsonObject;
}

const JWT = 'type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.PerRouteConfig';
const RBAC = 'type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBACPerRoute';
const FILTER_CONFIG = 'type.googleapis.com/envoy.config.route.v3.FilterConfig';
const ADDED = ['x-added', 'x-a', 'x-user', 'X-Added-2', 'accept', 'user-agent', 'cookie'];
const RBAC_KEYS = [
  'shadow_engine_result',
  'shadow_effective_policy_id',
  's_shadow_engine_result',
  's_shadow_effective_policy_id',
  'enforced_engine_result',
  'enforced_effective_policy_id',
  'r_enforced_engine_result',
];
const APPEND = [
  'APPEND_IF_EXISTS_OR_ADD',
  'ADD_IF_ABSENT',
  'OVERWRITE_IF_EXISTS_OR_ADD',
  'OVERWRITE_IF_EXISTS',
] as const;

/** One to three virtual hosts; the last one usually takes every host. */
export function generateRoutes(choose: Choose, words: RouteWords): JsonObject {
  const domains = choose.some(0, 4, DOMAINS);
  const hosts: JsonObject[] = [];
  if (domains.length > 0) {
    const cut = choose.between(1, domains.length);
    hosts.push(virtualHost(choose, words, 'first', domains.slice(0, cut)));
    if (cut < domains.length) hosts.push(virtualHost(choose, words, 'second', domains.slice(cut)));
  }
  if (hosts.length === 0 || choose.chance(0.85)) hosts.push(virtualHost(choose, words, 'all', ['*']));
  return {
    virtual_hosts: hosts,
    ...headerChanges(choose, words, 0.1),
    ...choose.field(0.15, 'most_specific_header_mutations_wins', () => true),
    ...choose.field(0.15, 'ignore_port_in_host_matching', () => true),
    ...perFilter(choose, words, 0.05),
  };
}

function virtualHost(choose: Choose, words: RouteWords, name: string, domains: string[]): JsonObject {
  const routes = choose.list(0, 3, (index) => route(choose, words, `${name}-${index}`));
  if (routes.length === 0 || choose.chance(0.8)) {
    routes.push({
      match: { prefix: '/' },
      route: { cluster: 'origin' },
      ...headerChanges(choose, words, 0.4),
    });
  }
  return {
    name,
    domains,
    routes,
    ...headerChanges(choose, words, 0.15),
    ...perFilter(choose, words, 0.08),
  };
}

function route(choose: Choose, words: RouteWords, name: string): JsonObject {
  return {
    ...choose.field(0.5, 'name', () => name),
    match: generateMatch(choose, words),
    ...choose.field<Json>(words.features.has('sourced_metadata') ? 0.3 : 0, 'metadata', () => ({
      filter_metadata: { mine: { plan: choose.pick<Json>(['gold', { tier: 'gold' }, { tier: 'free' }, 3]) } },
    })),
    ...generateAction(choose, words),
    ...headerChanges(choose, words, 0.5),
    ...perFilter(choose, words, 0.2),
  };
}

function generateMatch(choose: Choose, { features, paths, payloadKeys }: RouteWords): JsonObject {
  const match = generateRouteMatch(choose, paths);
  if (features.has('uri_template') && choose.chance(0.06)) {
    const { headers } = match;
    return {
      path_match_policy: generateUriTemplate(choose, paths),
      ...(headers === undefined ? {} : { headers }),
    };
  }
  const asks = choose.field<Json>(features.has('route_metadata') ? 0.05 : 0, 'dynamic_metadata', () => [
    generateMetadataMatch(choose, payloadKeys),
  ]);
  return { ...match, ...asks };
}

function generateAction(choose: Choose, words: RouteWords): JsonObject {
  const { features } = words;
  return choose.weighted<JsonObject>([
    [8, () => ({ route: clusterAction(choose, words) })],
    [1, () => ({ direct_response: directResponse(choose) })],
    [features.has('redirect') ? 1.5 : 0, () => ({ redirect: redirect(choose) })],
  ]);
}

/** Envoy sends a body with 204 and 304 too, which no client can make sense of: not asked. */
function directResponse(choose: Choose): JsonObject {
  const status = choose.pick([200, 201, 204, 301, 304, 403, 404, 503]);
  const isBodiless = status === 204 || status === 304;
  return {
    status,
    ...choose.field<Json>(isBodiless ? 0 : 0.6, 'body', () => ({
      inline_string: choose.pick(['direct', '', 'é']),
    })),
  };
}

function clusterAction(choose: Choose, { features }: RouteWords): JsonObject {
  const rewrite = choose.weighted<JsonObject>([
    [6, () => ({})],
    [
      features.has('prefix_rewrite') ? 2 : 0,
      () => ({ prefix_rewrite: choose.pick(['/', '/new', '/n/', '', 'x']) }),
    ],
    [features.has('regex_rewrite') ? 2 : 0, () => ({ regex_rewrite: regexRewrite(choose) })],
  ]);
  const host = choose.weighted<JsonObject>([
    [6, () => ({})],
    [1, () => ({ host_rewrite_literal: choose.pick(HOSTS) })],
    [
      features.has('host_rewrite_header') ? 1 : 0,
      () => ({ host_rewrite_header: choose.pick(['x-a', 'x-role']) }),
    ],
    [
      features.has('host_rewrite_path_regex') ? 1 : 0,
      () => ({ host_rewrite_path_regex: regexRewrite(choose) }),
    ],
  ]);
  return { cluster: 'origin', ...rewrite, ...host, ...choose.field(0.1, 'timeout', () => '5s') };
}

function regexRewrite(choose: Choose): JsonObject {
  const regex = choose.pick([
    '^/([^/]+)',
    '/a',
    '(/api)/(v1)',
    '[aeiou]',
    '^/public/(.*)$',
    '(?i)/API',
    'x*',
  ]);
  return { pattern: { regex }, substitution: choose.pick(['/new', '\\1', '/\\1/x', '\\0', '', '/\\\\']) };
}

function redirect(choose: Choose): JsonObject {
  return {
    ...choose.field(0.4, 'host_redirect', () => choose.pick(HOSTS)),
    ...choose.field(0.3, 'port_redirect', () => choose.pick([80, 443, 8080])),
    ...choose.weighted<JsonObject>([
      [2, () => ({})],
      [1, () => ({ https_redirect: choose.chance(0.8) })],
      [1, () => ({ scheme_redirect: choose.pick(['https', 'http', 'HTTPS']) })],
    ]),
    ...choose.weighted<JsonObject>([
      [2, () => ({})],
      [1, () => ({ path_redirect: choose.pick(['/to', '/to?x=1', '/to#f']) })],
      [1, () => ({ prefix_rewrite: choose.pick(['/new', '/', '']) })],
      [1, () => ({ regex_rewrite: regexRewrite(choose) })],
    ]),
    ...choose.field(0.3, 'response_code', () =>
      choose.pick(['MOVED_PERMANENTLY', 'FOUND', 'SEE_OTHER', 'TEMPORARY_REDIRECT', 'PERMANENT_REDIRECT']),
    ),
    ...choose.field(0.3, 'strip_query', () => choose.chance(0.8)),
  };
}

/** Header changes of one level, with a probability for each kind. */
function headerChanges(choose: Choose, words: RouteWords, probability: number): JsonObject {
  return {
    ...choose.field<Json>(probability, 'request_headers_to_add', () =>
      choose.list(1, 3, () => addition(choose, words)),
    ),
    ...choose.field<Json>(probability / 3, 'request_headers_to_remove', () =>
      choose.some(1, 2, ['x-a', 'x-B', 'x-user', 'authorization', 'x-sub', 'cookie']),
    ),
    ...choose.field<Json>(probability / 2, 'response_headers_to_add', () =>
      choose.list(1, 2, () => addition(choose, words)),
    ),
    ...choose.field<Json>(probability / 4, 'response_headers_to_remove', () =>
      choose.some(1, 2, ['x-up', 'www-authenticate', 'Content-Type', 'x-added']),
    ),
  };
}

function addition(choose: Choose, words: RouteWords): JsonObject {
  return {
    header: { key: choose.pick(ADDED), value: formatText(choose, words) },
    ...choose.field(0.6, 'append_action', () => choose.pick(APPEND)),
    ...choose.field(0.1, 'keep_empty_value', () => true),
  };
}

function formatText(choose: Choose, { payloadKeys, features }: RouteWords): string {
  const payload = choose.pick([...payloadKeys, ...payloadKeys, 'payload']);
  const claim = choose.pick(CLAIM_PATHS);
  const safeClaim = claim.some((key) => key.includes(':')) ? ['sub'] : claim;
  const metadata = (...path: string[]) =>
    `%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:${path.join(':')})%`;
  return choose.weighted<string>([
    [2, () => choose.pick(['v', '', 'a b', '100%%', 'é'])],
    [5, () => metadata(payload, ...safeClaim)],
    [2, () => metadata(payload)],
    [2, () => metadata('failed')],
    [1, () => metadata('header')],
    [1, () => metadata('failed', 'code')],
    [
      2,
      () => `%REQ(${choose.pick(['x-a', ':path', ':method', ':authority', 'X-B?x-a', 'x-sub', 'missing'])})%`,
    ],
    [1, () => `<%REQ(x-a)%:${metadata(payload, 'sub')}>`],
    [1, () => '%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%'],
    [1, () => '%ROUTE_NAME%'],
    [1, () => `%DYNAMIC_METADATA(envoy.filters.http.rbac:${choose.pick(RBAC_KEYS)})%`],
    [features.has('response_code_details') ? 0.5 : 0, () => '%RESPONSE_CODE_DETAILS%'],
    [features.has('protocol') ? 0.5 : 0, () => '%PROTOCOL%'],
    [0.5, () => `${metadata(payload, 'sub')}`.replace(/%$/, ':3%')],
  ]);
}

/** Changes of filters for a route: disabled, another requirement, other rules. */
function perFilter(choose: Choose, words: RouteWords, probability: number): JsonObject {
  const { features, requirementNames } = words;
  const entries: JsonObject = {};
  if (features.has('jwt_per_route') && choose.chance(probability)) {
    entries['jwt'] = choose.weighted<JsonObject>([
      [1, () => ({ '@type': JWT, disabled: true })],
      [
        2,
        () => ({
          '@type': JWT,
          requirement_name: choose.pick([...requirementNames, ...requirementNames, 'nobody']),
        }),
      ],
    ]);
  }
  if (features.has('rbac_per_route') && choose.chance(probability)) {
    entries['rbac'] = choose.chance(0.25) ? { '@type': RBAC } : { '@type': RBAC, rbac: words.rbac() };
  }
  if (features.has('cors') && choose.chance(probability)) entries['cors'] = generateCorsPolicy(choose);
  if (features.has('filter_config') && choose.chance(probability / 3)) {
    entries[choose.pick(['jwt', 'rbac'])] = { '@type': FILTER_CONFIG, disabled: true };
  }
  return Object.keys(entries).length === 0 ? {} : { typed_per_filter_config: entries };
}
