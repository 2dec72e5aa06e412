import type { Json, JsonObject } from './case.ts';
import type { Choose } from './choose.ts';
import { HEADERS, PATHS, SUBJECTS, VALUES } from './words.ts';

const TYPE = 'type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit';

/** Never filled while a case is played. */
const bucket = (choose: Choose): JsonObject => ({
  max_tokens: choose.pick([1, 2, 5, 20]),
  ...choose.field(0.3, 'tokens_per_fill', () => 1),
  fill_interval: '3600s',
});

const always = (share: number): JsonObject => ({
  default_value: { numerator: share, denominator: 'HUNDRED' },
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
    ...choose.field<Json>(0.9, 'filter_enabled', () => always(choose.chance(0.9) ? 100 : 0)),
    ...choose.field<Json>(0.9, 'filter_enforced', () => always(choose.chance(0.9) ? 100 : 0)),
    ...choose.field<Json>(0.2, 'status', () => ({
      code: choose.pick(['ServiceUnavailable', 'Forbidden', 'OK']),
    })),
    ...choose.field<Json>(0.2, 'response_headers_to_add', () => [header('x-limited', '1')]),
    ...choose.field<Json>(0.2, 'request_headers_to_add_when_not_enforced', () => [header('x-soft', '1')]),
    ...choose.field(0.2, 'always_consume_default_token_bucket', () => choose.chance(0.5)),
    ...(hasDescriptors
      ? {
          descriptors: choose.list<Json>(1, 3, () => descriptor(choose)),
          rate_limits: choose.list<Json>(1, 2, () => ({
            actions: choose.list<Json>(1, 2, () => action(choose, payloadKeys)),
          })),
        }
      : {}),
  };
}

const header = (key: string, value: string): JsonObject => ({ header: { key, value } });

const entries: Record<string, readonly string[]> = {
  user: [...SUBJECTS, 'dev'],
  head: VALUES,
  path: PATHS,
  fixed: ['one'],
  remote_address: ['127.0.0.1'],
  match: ['yes'],
};

function descriptor(choose: Choose): JsonObject {
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
