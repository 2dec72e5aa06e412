import type { Json, JsonObject } from './case.ts';
import type { Choose } from './choose.ts';
import { ADDED } from './generate-formats.ts';
import { generateSureFraction } from './generate-fractions.ts';
import { generateQueryMatcher } from './generate-matchers.ts';
import { APPEND_ACTIONS, HEADERS, PARAMETER_VALUES, PARAMETERS, PATHS, SUBJECTS, VALUES } from './words.ts';

const TYPE = 'type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit';

/** Never filled while a case is played. */
const bucket = (choose: Choose): JsonObject => ({
  max_tokens: choose.pick([1, 2, 5, 20]),
  ...choose.field(0.3, 'tokens_per_fill', () => 1),
  fill_interval: '3600s',
});

/** The fields of a `local_ratelimit` filter whose buckets are empty soon. */
export function generateLocalRateLimit(
  choose: Choose,
  id: string,
  payloadKeys: readonly string[],
): JsonObject {
  const hasDescriptors = choose.chance(0.7);
  return {
    '@type': TYPE,
    stat_prefix: `${id}.limit`,
    token_bucket: bucket(choose),
    ...choose.field(0.9, 'filter_enabled', () => generateSureFraction(choose, 0.9)),
    ...choose.field(0.9, 'filter_enforced', () => generateSureFraction(choose, 0.9)),
    ...choose.field<Json>(0.2, 'status', () => ({
      code: choose.pick(['ServiceUnavailable', 'Forbidden', 'OK']),
    })),
    ...choose.field<Json>(0.2, 'response_headers_to_add', () => choose.list(1, 2, () => addition(choose))),
    ...choose.field<Json>(0.2, 'request_headers_to_add_when_not_enforced', () => [header('x-soft', '1')]),
    ...choose.field(0.2, 'always_consume_default_token_bucket', () => choose.chance(0.5)),
    ...choose.field(0.15, 'stage', () => choose.between(0, 2)),
    ...choose.field(0.15, 'enable_x_ratelimit_headers', () => choose.pick(['OFF', DRAFT, DRAFT])),
    ...choose.field(0.1, 'enable_retry_after_header', () => true),
    ...choose.field(0.2, 'vh_rate_limits', () => choose.pick(['OVERRIDE', 'INCLUDE', 'IGNORE'])),
    ...choose.field(0.1, 'rate_limited_as_resource_exhausted', () => true),
    // local_rate_limit_per_downstream_connection: when a connection ends is not the same on both sides (row Q13).
    ...(hasDescriptors
      ? {
          descriptors: choose.list<Json>(1, 3, () => descriptor(choose)),
          ...(choose.chance(0.5)
            ? {}
            : { rate_limits: choose.list<Json>(1, 2, () => ownLimit(choose, payloadKeys)) }),
          ...choose.field(0.1, 'max_dynamic_descriptors', () => choose.pick([1, 2, 50])),
        }
      : {}),
  };
}

/** Names that routes add too. */
function addition(choose: Choose): JsonObject {
  return {
    ...header(
      choose.pick(['x-limited', 'x-limited', ...ADDED]),
      choose.pick(['1', '%RESPONSE_CODE_DETAILS%']),
    ),
    ...choose.field(0.5, 'append_action', () => choose.pick(APPEND_ACTIONS)),
  };
}

const DRAFT = 'DRAFT_VERSION_03';

/** The `rate_limits` of a route or a virtual host, which a filter without its own counts by. */
export function generateRateLimits(choose: Choose, payloadKeys: readonly string[]): JsonObject[] {
  return choose.list(1, 2, () => ({
    ...ownLimit(choose, payloadKeys),
    ...choose.field(0.25, 'stage', () => choose.between(0, 2)),
    ...choose.field(0.1, 'disable_key', () => 'off'),
    ...choose.field<Json>(0.05, 'limit', () => ({
      dynamic_metadata: { metadata_key: { key: 'mine', path: [{ key: 'k' }] } },
    })),
    ...choose.field(0.1, 'x_ratelimit_option', () => choose.pick(['OFF', DRAFT])),
  }));
}

function ownLimit(choose: Choose, payloadKeys: readonly string[]): JsonObject {
  return {
    actions: choose.list<Json>(1, 2, () => action(choose, payloadKeys)),
    ...choose.field<Json>(0.15, 'hits_addend', () => hitsAddend(choose, payloadKeys)),
    ...choose.field(0.05, 'apply_on_stream_done', () => true),
  };
}

function hitsAddend(choose: Choose, payloadKeys: readonly string[]): JsonObject {
  if (choose.chance(0.5)) return { number: choose.pick([0, 1, 2, 5]) };
  const claim = `%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:${choose.pick([...payloadKeys, 'payload'])}:level)%`;
  return { format: choose.pick(['%REQ(x-a)%', '%REQ(x-role)%', '%QUERY_PARAM(x)%', claim]) };
}

const header = (key: string, value: string): JsonObject => ({ header: { key, value } });

const ENTRIES: Record<string, readonly string[]> = {
  user: [...SUBJECTS, 'dev'],
  head: VALUES,
  path: PATHS,
  fixed: ['one'],
  remote_address: ['127.0.0.1'],
  match: ['yes'],
};
const MORE_ENTRIES: Record<string, readonly string[]> = {
  query: PARAMETER_VALUES,
  masked_remote_address: ['127.0.0.0/24', '127.0.0.0/8'],
  destination_cluster: ['origin'],
};

function descriptor(choose: Choose): JsonObject {
  const entries = { ...ENTRIES, ...MORE_ENTRIES };
  const keys = choose.some(1, 2, Object.keys(entries));
  return {
    entries: keys.map((key) => ({
      key,
      ...choose.field(0.7, 'value', () => choose.pick(entries[key] ?? ['one'])),
    })),
    token_bucket: bucket(choose),
  };
}

function action(choose: Choose, payloadKeys: readonly string[]): JsonObject {
  const claim = {
    key: 'envoy.filters.http.jwt_authn',
    path: [choose.pick([...payloadKeys, 'payload']), choose.pick(['sub', 'role', 'iss'])].map((key) => ({
      key,
    })),
  };
  return choose.weighted<JsonObject>([
    [
      3,
      () => ({
        metadata: {
          descriptor_key: 'user',
          metadata_key: claim,
          ...choose.field(0.3, 'default_value', () => 'dev'),
          ...choose.field(0.3, 'skip_if_absent', () => true),
          ...choose.field(0.2, 'source', () => 'DYNAMIC'),
        },
      }),
    ],
    [
      2,
      () => ({
        request_headers: {
          header_name: choose.pick([...HEADERS, ':method']).toLowerCase(),
          descriptor_key: 'head',
          ...choose.field(0.3, 'skip_if_absent', () => true),
        },
      }),
    ],
    [1, () => ({ request_headers: { header_name: ':path', descriptor_key: 'path' } })],
    [1, () => ({ generic_key: { descriptor_value: 'one', descriptor_key: 'fixed' } })],
    [1, () => ({ remote_address: {} })],
    [2, () => rareAction(choose)],
    [
      1,
      () => ({
        header_value_match: {
          descriptor_value: 'yes',
          descriptor_key: 'match',
          ...choose.field(0.3, 'expect_match', () => false),
          headers: [{ name: 'x-a', present_match: true }],
        },
      }),
    ],
  ]);
}

function rareAction(choose: Choose): JsonObject {
  return choose.weighted<JsonObject>([
    [1, () => ({ destination_cluster: {} })],
    [
      1,
      () => ({
        masked_remote_address: {
          ...choose.field(0.7, 'v4_prefix_mask_len', () => choose.pick([8, 24, 32])),
          ...choose.field(0.3, 'v6_prefix_mask_len', () => 64),
        },
      }),
    ],
    [
      1,
      () => ({
        query_parameters: {
          query_parameter_name: choose.pick(PARAMETERS),
          descriptor_key: 'query',
          ...choose.field(0.4, 'skip_if_absent', () => true),
        },
      }),
    ],
    [
      1,
      () => ({
        query_parameter_value_match: {
          descriptor_value: 'yes',
          descriptor_key: 'match',
          ...choose.field(0.3, 'expect_match', () => false),
          query_parameters: [generateQueryMatcher(choose)],
        },
      }),
    ],
    [
      1,
      () => ({
        remote_address_match: {
          descriptor_value: 'yes',
          descriptor_key: 'match',
          ...choose.field(0.3, 'default_value', () => 'dev'),
          address_matcher: {
            ranges: [{ address_prefix: choose.pick(['127.0.0.0', '10.0.0.0']), prefix_len: 8 }],
            ...choose.field(0.2, 'invert_match', () => true),
          },
        },
      }),
    ],
  ]);
}
