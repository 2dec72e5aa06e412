import type { Json, JsonObject } from './case.ts';
import type { Choose } from './choose.ts';
import { type FormatWords, generateAddition, generateFormat } from './generate-formats.ts';
import { generateHeaderMatcher } from './generate-matchers.ts';
import { generateMetadataMatch } from './generate-metadata-filters.ts';

const SLASHES = ['KEEP_UNCHANGED', 'REJECT_REQUEST', 'UNESCAPE_AND_REDIRECT', 'UNESCAPE_AND_FORWARD'];

export interface ManagerWords extends FormatWords {
  /** There are replies that have no body, which no local reply may give one: Envoy sends it, and no client can make sense of it. */
  bodiless: boolean;
}

/** Settings of the connection manager itself. */
export function generateManagerOptions(choose: Choose, words: ManagerWords): JsonObject {
  const when = (feature: 'strip_matching_host_port' | 'strip_any_host_port', probability: number) =>
    words.features.has(feature) ? probability : 0;
  return {
    ...choose.field(0.3, 'normalize_path', () => choose.chance(0.9)),
    ...choose.field(0.25, 'merge_slashes', () => true),
    ...choose.field(0.25, 'path_with_escaped_slashes_action', () => choose.pick(SLASHES)),
    ...choose.field(0.2, 'use_remote_address', () => choose.chance(0.8)),
    ...choose.field(0.15, 'xff_num_trusted_hops', () => choose.between(0, 2)),
    ...choose.field(0.05, 'skip_xff_append', () => true),
    ...choose.field(0.05, 'generate_request_id', () => false),
    ...choose.field(0.05, 'preserve_external_request_id', () => true),
    ...choose.field<Json>(0.1, 'common_http_protocol_options', () => commonOptions(choose)),
    ...choose.field(when('strip_matching_host_port', 0.05), 'strip_matching_host_port', () => true),
    ...choose.field(when('strip_any_host_port', 0.05), 'strip_any_host_port', () => true),
    ...rareOptions(choose, words),
  };
}

function rareOptions(choose: Choose, words: ManagerWords): JsonObject {
  return {
    ...choose.field(0.1, 'strip_trailing_host_dot', () => true),
    ...choose.field(0.1, 'append_x_forwarded_port', () => true),
    ...choose.field(0.08, 'via', () => choose.pick(['gate', '1.1 gate'])),
    ...choose.field(0.08, 'server_name', () => 'some server'),
    ...choose.field(0.08, 'server_header_transformation', () =>
      choose.pick(['OVERWRITE', 'APPEND_IF_ABSENT', 'PASS_THROUGH']),
    ),
    ...choose.field(0.04, 'max_request_headers_kb', () => choose.pick([1, 2, 96])),
    ...choose.field<Json>(0.1, 'tracing', () => ({})),
    // Long enough to have no say.
    ...choose.field(0.03, 'stream_idle_timeout', () => choose.pick(['300s', '0s'])),
    ...choose.field(0.03, 'request_timeout', () => choose.pick(['300s', '0s'])),
    ...choose.field(0.03, 'request_headers_timeout', () => '300s'),
    ...choose.field<Json>(words.bodiless ? 0 : 0.12, 'local_reply_config', () => localReply(choose, words)),
  };
}

function commonOptions(choose: Choose): JsonObject {
  return {
    ...choose.field(0.7, 'headers_with_underscores_action', () =>
      choose.pick(['ALLOW', 'REJECT_REQUEST', 'DROP_HEADER']),
    ),
    // With more an answer hangs on how many there were before it.
    ...choose.field(0.2, 'max_requests_per_connection', () => 1),
    ...choose.field(0.1, 'idle_timeout', () => '300s'),
  };
}

function localReply(choose: Choose, words: FormatWords): JsonObject {
  return {
    ...choose.field<Json>(0.85, 'mappers', () => choose.list(1, 3, () => mapper(choose, words))),
    ...choose.field<Json>(0.4, 'body_format', () => bodyFormat(choose, words)),
  };
}

function mapper(choose: Choose, words: FormatWords): JsonObject {
  return {
    filter: replyFilter(choose, words, 0),
    ...choose.field(0.4, 'status_code', () => choose.pick([200, 401, 403, 404, 429, 503, 599])),
    ...choose.field<Json>(0.4, 'body', () => ({
      inline_string: choose.pick(['mapped', '', 'é', '%REQ(x-a)%']),
    })),
    ...choose.field<Json>(0.3, 'body_format_override', () => bodyFormat(choose, words)),
    ...choose.field<Json>(0.4, 'headers_to_add', () =>
      choose.list(1, 2, () => generateAddition(choose, words)),
    ),
  };
}

function bodyFormat(choose: Choose, words: FormatWords): JsonObject {
  const text = () =>
    choose.weighted<string>([
      [2, () => '%LOCAL_REPLY_BODY%'],
      [2, () => `%RESPONSE_CODE% %LOCAL_REPLY_BODY%: ${generateFormat(choose, words)}`],
      [2, () => generateFormat(choose, words)],
    ]);
  return {
    ...choose.weighted<JsonObject>([
      [2, () => ({ text_format: text() })],
      [3, () => ({ text_format_source: { inline_string: text() } })],
      [3, () => ({ json_format: { code: '%RESPONSE_CODE%', body: text(), inner: { a: text(), fixed: 1 } } })],
    ]),
    ...choose.field(0.2, 'omit_empty_values', () => true),
    ...choose.field(0.3, 'content_type', () => choose.pick(['text/html', 'application/problem+json'])),
  };
}

const FLAGS = ['NR', 'NC', 'UAEX', 'RL', 'UF', 'UH', 'URX'];

function replyFilter(choose: Choose, words: FormatWords, depth: number): JsonObject {
  const inner = () => choose.list<Json>(2, 3, () => replyFilter(choose, words, depth + 1));
  const status = choose.pick([0, 200, 301, 400, 401, 403, 404, 429, 500]);
  const value = { default_value: status, runtime_key: 'not.there' };
  return choose.weighted<JsonObject>([
    [
      6,
      () => ({
        status_code_filter: {
          comparison: { op: choose.pick(['EQ', 'GE', 'LE', 'NE']), value },
        },
      }),
    ],
    [2, () => ({ header_filter: { header: generateHeaderMatcher(choose) } })],
    [1, () => ({ response_flag_filter: choose.field<Json>(0.8, 'flags', () => choose.some(1, 2, FLAGS)) })],
    [1, () => ({ metadata_filter: metadataFilter(choose, words) })],
    // Any duration is enough: what it is is not the same twice.
    [0.5, () => ({ duration_filter: { comparison: { op: 'GE', value: { ...value, default_value: 0 } } } })],
    [0.5, () => ({ not_health_check_filter: {} })],
    [depth > 1 ? 0 : 1, () => ({ and_filter: { filters: inner() } })],
    [depth > 1 ? 0 : 1, () => ({ or_filter: { filters: inner() } })],
  ]);
}

function metadataFilter(choose: Choose, { payloadKeys }: FormatWords): JsonObject {
  return {
    ...choose.field<Json>(0.95, 'matcher', () => generateMetadataMatch(choose, payloadKeys)),
    ...choose.field(0.5, 'match_if_key_not_found', () => choose.chance(0.5)),
  };
}
