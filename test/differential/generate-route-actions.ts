import type { Json, JsonObject } from './case.ts';
import type { Choose } from './choose.ts';
import { generateFormat, generateHeaderChanges } from './generate-formats.ts';
import { generateRateLimits } from './generate-limits.ts';
import { generatePerFilter, type PerFilterWords } from './generate-per-filter.ts';
import { CLUSTER_HEADER, HOSTS } from './words.ts';

export interface ActionWords extends PerFilterWords {
  /** Routes may name clusters that are not there. */
  unknownClusters: boolean;
}

/** @param template what the path is matched by, if it is one, which a rewriting can use */
export function generateAction(choose: Choose, words: ActionWords, template: string | null): JsonObject {
  return choose.weighted<JsonObject>([
    [8, () => ({ route: clusterAction(choose, words, template) })],
    [1, () => ({ direct_response: directResponse(choose) })],
    [words.features.has('redirect') ? 1.5 : 0, () => ({ redirect: redirect(choose) })],
  ]);
}

/** Envoy sends a body with 204 and 304 too, which no client can make sense of: not asked. */
function directResponse(choose: Choose): JsonObject {
  const status = choose.pick([200, 201, 204, 301, 304, 403, 404, 503]);
  const isBodiless = status === 204 || status === 304;
  return {
    status,
    ...choose.field<Json>(isBodiless ? 0 : 0.6, 'body', () =>
      choose.chance(0.1) ? { inline_bytes: '4wAK' } : { inline_string: choose.pick(['direct', '', 'é']) },
    ),
  };
}

function clusterAction(choose: Choose, words: ActionWords, template: string | null): JsonObject {
  return {
    ...destination(choose, words),
    ...pathRewrite(choose, words, template),
    ...hostRewrite(choose, words),
    ...choose.field(0.1, 'append_x_forwarded_host', () => true),
    ...choose.field(0.1, 'timeout', () => choose.pick(['60s', '0s', '45.5s'])),
    ...choose.field(0.1, 'cluster_not_found_response_code', () =>
      choose.pick(['NOT_FOUND', 'SERVICE_UNAVAILABLE', 'INTERNAL_SERVER_ERROR']),
    ),
    ...(words.filters.includes('limit')
      ? {
          ...choose.field<Json>(0.5, 'rate_limits', () => generateRateLimits(choose, words.payloadKeys)),
          ...choose.field(0.3, 'include_vh_rate_limits', () => choose.chance(0.7)),
        }
      : {}),
  };
}

function destination(choose: Choose, words: ActionWords): JsonObject {
  return choose.weighted<JsonObject>([
    [12, () => ({ cluster: 'origin' })],
    [1, () => ({ cluster_header: CLUSTER_HEADER })],
    [1.5, () => ({ weighted_clusters: weightedClusters(choose, words) })],
    [words.unknownClusters ? 1 : 0, () => ({ cluster: 'nowhere' })],
  ]);
}

/** One of them has all the weight, so that chance has no say. */
function weightedClusters(choose: Choose, words: ActionWords): JsonObject {
  const sure = choose.below(2);
  const clusters = choose.list<JsonObject>(1, 3, () => clusterWeight(choose, words));
  const chosen = sure % clusters.length;
  return {
    clusters: clusters.map((one, index) => ({
      ...one,
      weight: index === chosen ? choose.pick([1, 7, 100]) : 0,
    })),
    ...choose.field(0.1, 'runtime_key_prefix', () => 'not.there'),
    ...choose.field(0.15, 'header_name', () => choose.pick(['x-a', 'x-role'])),
  };
}

function clusterWeight(choose: Choose, words: ActionWords): JsonObject {
  return {
    ...choose.weighted<JsonObject>([
      [8, () => ({ name: 'origin' })],
      [1, () => ({ cluster_header: CLUSTER_HEADER })],
      [words.unknownClusters ? 1 : 0, () => ({ name: 'nowhere' })],
    ]),
    ...generateHeaderChanges(choose, words, 0.5),
    ...choose.field(0.2, 'host_rewrite_literal', () => choose.pick(HOSTS)),
    ...generatePerFilter(choose, words, 0.2),
  };
}

const REWRITER = 'envoy.path.rewrite.uri_template.uri_template_rewriter';
const REWRITE_TYPE =
  'type.googleapis.com/envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig';

function pathRewrite(choose: Choose, words: ActionWords, template: string | null): JsonObject {
  const { features } = words;
  const names = [...(template ?? '').matchAll(/\{(\w+)/g)].map(([, name]) => name as string);
  const forms = ['/new', '/', ...names.flatMap((name) => [`/n/{${name}}`, `/{${name}}x/{${name}}`])];
  const rewriter = () => ({
    name: REWRITER,
    typed_config: {
      '@type': REWRITE_TYPE,
      path_template_rewrite: choose.pick([...forms, ...forms, '/{nobody}']),
    },
  });
  return choose.weighted<JsonObject>([
    [6, () => ({})],
    [
      features.has('prefix_rewrite') && template === null ? 2 : 0,
      () => ({ prefix_rewrite: choose.pick(['/', '/new', '/n/', '', 'x']) }),
    ],
    [template === null ? 0 : 6, () => ({ path_rewrite_policy: rewriter() })],
    [1, () => ({ path_rewrite: pathFormat(choose, words) })],
    [features.has('regex_rewrite') ? 2 : 0, () => ({ regex_rewrite: generateRegexRewrite(choose) })],
  ]);
}

function pathFormat(choose: Choose, words: ActionWords): string {
  const inner = generateFormat(choose, words);
  return choose.weighted<string>([
    [2, () => choose.pick(['/new', '/new?x=1', 'new', ''])],
    [
      3,
      () => choose.pick(['/n%PATH(NQ)%', '%PATH(WQ)%', '/n/%REQ(x-a)%', '%REQ(:path)%', '/%QUERY_PARAM(x)%']),
    ],
    [2, () => `/n/${inner}`],
    [1, () => inner],
  ]);
}

function hostRewrite(choose: Choose, words: ActionWords): JsonObject {
  const { features } = words;
  return choose.weighted<JsonObject>([
    [6, () => ({})],
    [1, () => ({ host_rewrite_literal: choose.pick(HOSTS) })],
    [0.5, () => ({ auto_host_rewrite: choose.chance(0.7) })],
    [0.7, () => ({ host_rewrite: hostFormat(choose, words) })],
    [
      features.has('host_rewrite_header') ? 1 : 0,
      () => ({ host_rewrite_header: choose.pick(['x-a', 'x-role']) }),
    ],
    [
      features.has('host_rewrite_path_regex') ? 1 : 0,
      () => ({ host_rewrite_path_regex: generateRegexRewrite(choose) }),
    ],
  ]);
}

const hostFormat = (choose: Choose, words: ActionWords) =>
  choose.weighted<string>([
    [1, () => choose.pick(['new.test', 'new.test:80', ''])],
    [2, () => choose.pick(['%REQ(x-a)%.test', '%REQ(:authority)%', 'new-%REQ(x-role)%', '%REQ(x-missing)%'])],
    [1, () => generateFormat(choose, words)],
  ]);

function generateRegexRewrite(choose: Choose): JsonObject {
  const regex = choose.pick([
    '^/([^/]+)',
    '/a',
    '(/api)/(v1)',
    '[aeiou]',
    '^/public/(.*)$',
    '(?i)/API',
    'x*',
  ]);
  const pattern = { regex, ...choose.field<Json>(0.1, 'google_re2', () => ({})) };
  return { pattern, substitution: choose.pick(['/new', '\\1', '/\\1/x', '\\0', '', '/\\\\']) };
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
      [1, () => ({ regex_rewrite: generateRegexRewrite(choose) })],
    ]),
    ...choose.field(0.3, 'response_code', () =>
      choose.pick(['MOVED_PERMANENTLY', 'FOUND', 'SEE_OTHER', 'TEMPORARY_REDIRECT', 'PERMANENT_REDIRECT']),
    ),
    ...choose.field(0.3, 'strip_query', () => choose.chance(0.8)),
  };
}
