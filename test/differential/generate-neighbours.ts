import type { Json, JsonObject } from './case.ts';
import type { Choose } from './choose.ts';
import type { FeatureName } from './features.ts';
import { generateExtAuthz } from './generate-authz.ts';
import { generateLocalRateLimit } from './generate-limits.ts';
import { generateString } from './generate-matchers.ts';
import { VALUES } from './words.ts';

const TYPE = 'type.googleapis.com/envoy.extensions.filters.http';

/** Filters that stand beside jwt_authn and rbac, as far as jotgate has them. */
export function generateNeighbours(
  choose: Choose,
  id: string,
  features: ReadonlySet<FeatureName>,
  payloadKeys: readonly string[],
): JsonObject[] {
  const makers: [FeatureName, () => JsonObject][] = [
    ['cors', () => filter('cors', 'cors.v3.Cors', {})],
    ['header_to_metadata', () => filter('htm', 'header_to_metadata.v3.Config', headerToMetadata(choose))],
    ['set_metadata', () => filter('sm', 'set_metadata.v3.Config', setMetadata(choose))],
    [
      'header_mutation',
      () => filter('hm', 'header_mutation.v3.HeaderMutation', mutation(choose, payloadKeys)),
    ],
    ['ext_authz', () => ({ name: 'authz', typed_config: generateExtAuthz(choose) })],
    [
      'local_ratelimit',
      () => ({ name: 'limit', typed_config: generateLocalRateLimit(choose, id, payloadKeys) }),
    ],
  ];
  return makers.filter(([name]) => features.has(name) && choose.chance(0.08)).map(([, make]) => make());
}

const filter = (name: string, type: string, config: JsonObject): JsonObject => ({
  name,
  typed_config: { '@type': `${TYPE}.${type}`, ...config },
});

function headerToMetadata(choose: Choose): JsonObject {
  const rule = (): JsonObject => {
    const source = choose.chance(0.8)
      ? { header: choose.pick(['x-a', 'x-user', 'x-role', ':path']) }
      : { cookie: 'a' };
    const target = {
      ...choose.field(0.6, 'metadata_namespace', () => choose.pick(['envoy.filters.http.jwt_authn', 'mine'])),
      key: choose.pick(['payload', 'k', 'failed']),
    };
    return {
      ...source,
      ...choose.weighted<JsonObject>([
        [4, () => ({ on_header_present: { ...target, ...targetValue(choose) } })],
        [1, () => ({ on_header_missing: { ...target, value: choose.pick(['none', 'alice']) } })],
      ]),
      ...('header' in source && source.header !== ':path' ? choose.field(0.3, 'remove', () => true) : {}),
    };
  };
  return { request_rules: choose.list(1, 2, rule) };
}

function targetValue(choose: Choose): JsonObject {
  return {
    ...choose.weighted<JsonObject>([
      [3, () => ({})],
      [1, () => ({ value: choose.pick(['fixed', 'alice']) })],
      [1, () => ({ regex_value_rewrite: { pattern: { regex: '^(a)(.*)$' }, substitution: '\\2\\1' } })],
    ]),
    ...choose.field(0.3, 'type', () => choose.pick(['STRING', 'NUMBER'])),
  };
}

function setMetadata(choose: Choose): JsonObject {
  const entry = (): JsonObject => ({
    metadata_namespace: choose.pick(['envoy.filters.http.jwt_authn', 'mine']),
    value: choose.pick<JsonObject>([
      { payload: { sub: 'alice', groups: ['dev'] } },
      { k: 'v' },
      { p: { level: 3 }, k: null },
      {},
    ]),
    ...choose.field(0.5, 'allow_overwrite', () => choose.chance(0.7)),
  });
  return { metadata: choose.list(1, 2, entry) };
}

function mutation(choose: Choose, payloadKeys: readonly string[]): JsonObject {
  const payload = choose.pick([...payloadKeys, 'payload']);
  const one = (): JsonObject =>
    choose.chance(0.3)
      ? { remove: choose.pick(['x-a', 'x-user', 'authorization']) }
      : {
          append: {
            header: {
              key: choose.pick(['x-a', 'x-user', 'accept', 'x-new']),
              value: choose.pick([
                'v',
                '%REQ(x-b)%',
                `%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:${payload}:sub)%`,
              ]),
            },
            append_action: choose.pick([
              'APPEND_IF_EXISTS_OR_ADD',
              'ADD_IF_ABSENT',
              'OVERWRITE_IF_EXISTS_OR_ADD',
            ]),
          },
        };
  return {
    mutations: {
      request_mutations: choose.list(1, 3, one),
      ...choose.field<Json>(0.5, 'response_mutations', () => choose.list(1, 2, one)),
    },
  };
}

/** A route's CORS policy. */
export function generateCorsPolicy(choose: Choose): JsonObject {
  return {
    '@type': `${TYPE}.cors.v3.CorsPolicy`,
    ...choose.field<Json>(0.9, 'allow_origin_string_match', () =>
      choose.list(1, 2, () => generateString(choose, ['http://o.test', '*', 'http://p.test'])),
    ),
    ...choose.field(0.6, 'allow_methods', () => 'GET, POST'),
    ...choose.field(0.5, 'allow_headers', () => choose.pick(['x-a', '*'])),
    ...choose.field(0.4, 'expose_headers', () => 'x-b'),
    ...choose.field(0.3, 'max_age', () => '60'),
    ...choose.field(0.4, 'allow_credentials', () => choose.chance(0.7)),
    ...choose.field(0.2, 'forward_not_matching_preflights', () => choose.chance(0.5)),
  };
}

const TEMPLATES = [
  '/api/*',
  '/api/*/users',
  '/a/{x}',
  '/**',
  '/{a}/{b}',
  '/public/**',
  '/{x=a}/**',
  '/admin/*.json',
];

/** A match of the path by a template, as an extension. */
export function generateUriTemplate(choose: Choose, paths: string[]): JsonObject {
  paths.push('/api/v1/users', '/a/b');
  return {
    name: 'envoy.path.match.uri_template.uri_template_matcher',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig',
      path_template: choose.pick(TEMPLATES),
    },
  };
}

/** What a route asks of metadata. */
export function generateMetadataMatch(choose: Choose, payloadKeys: readonly string[]): JsonObject {
  return {
    filter: choose.pick(['envoy.filters.http.jwt_authn', 'mine']),
    path: [choose.pick([...payloadKeys, 'payload', 'k']), ...choose.some(0, 1, ['sub', 'role'])].map(
      (key) => ({ key }),
    ),
    value: choose.chance(0.5)
      ? { present_match: true }
      : { string_match: generateString(choose, [...VALUES, 'alice']) },
    ...choose.field(0.2, 'invert', () => true),
  };
}
