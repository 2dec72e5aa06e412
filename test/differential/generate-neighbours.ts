import type { Json, JsonObject } from './case.ts';
import type { Choose } from './choose.ts';
import type { FeatureName } from './features.ts';
import { generateExtAuthz } from './generate-authz.ts';
import { type FormatWords, generateFormat } from './generate-formats.ts';
import { generateSureFraction } from './generate-fractions.ts';
import { generateLocalRateLimit } from './generate-limits.ts';
import { generateString } from './generate-matchers.ts';
import { generateHeaderToMetadata, generateSetMetadata } from './generate-metadata-filters.ts';
import { generateHeaderMutation } from './generate-mutations.ts';

const TYPE = 'type.googleapis.com/envoy.extensions.filters.http';

/** Filters that stand beside jwt_authn and rbac, as far as jotgate has them. */
export function generateNeighbours(choose: Choose, words: FormatWords & { id: string }): JsonObject[] {
  const { id, features, payloadKeys } = words;
  const makers: [FeatureName, () => JsonObject][] = [
    ['cors', () => filter('cors', 'cors.v3.Cors', {})],
    [
      'header_to_metadata',
      () => filter('htm', 'header_to_metadata.v3.Config', generateHeaderToMetadata(choose)),
    ],
    ['set_metadata', () => filter('sm', 'set_metadata.v3.Config', generateSetMetadata(choose))],
    [
      'header_mutation',
      () => filter('hm', 'header_mutation.v3.HeaderMutation', generateHeaderMutation(choose, words)),
    ],
    ['ext_authz', () => ({ name: 'authz', typed_config: generateExtAuthz(choose, words) })],
    [
      'local_ratelimit',
      () => ({ name: 'limit', typed_config: generateLocalRateLimit(choose, id, payloadKeys) }),
    ],
  ];
  const made = makers.filter(([name]) => features.has(name) && choose.chance(0.08)).map(([, make]) => make());
  return choose.chance(0.12) ? [...made, stateSetter(choose, words)] : made;
}

/** Leaves texts under the keys that principals, routes, matchers and formats ask for. */
function stateSetter(choose: Choose, words: FormatWords): JsonObject {
  const value = (): JsonObject => ({
    object_key: choose.pick(['k', 'k', 'other']),
    factory_key: 'envoy.string',
    format_string: {
      text_format_source: {
        inline_string: choose.chance(0.5)
          ? choose.pick(['v', '%REQ(x-a)%', '127.0.0.1'])
          : generateFormat(choose, words),
      },
      ...choose.field(0.3, 'omit_empty_values', () => true),
    },
    ...choose.field(0.2, 'read_only', () => true),
    ...choose.field(0.3, 'skip_if_empty', () => true),
  });
  return filter('sfs', 'set_filter_state.v3.Config', {
    on_request_headers: choose.list(1, 2, value),
    ...choose.field(0.4, 'clear_route_cache', () => true),
  });
}

const filter = (name: string, type: string, config: JsonObject): JsonObject => ({
  name,
  typed_config: { '@type': `${TYPE}.${type}`, ...config },
});

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
    ...choose.field(0.15, 'filter_enabled', () => generateSureFraction(choose)),
    ...choose.field(0.15, 'shadow_enabled', () => generateSureFraction(choose)),
    ...choose.field(0.25, 'allow_private_network_access', () => choose.chance(0.7)),
  };
}
