import { AUTHORIZER_PREFIX } from './authorizer.ts';
import type { Json, JsonObject } from './case.ts';
import type { Choose } from './choose.ts';
import { type FormatWords, generateFormat } from './generate-formats.ts';
import { generateSureFraction } from './generate-fractions.ts';
import { generateMetadataMatch } from './generate-metadata-filters.ts';
import { NAMESPACES } from './words.ts';

const TYPE = 'type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3';

const patterns = (choose: Choose, ...texts: string[]): JsonObject => ({
  patterns: choose.some(1, 2, texts).map((exact) => ({ exact })),
});

/** The fields of an `ext_authz` filter that asks the key server's authorizer. */
export function generateExtAuthz(choose: Choose, words: FormatWords): JsonObject {
  const service = { http_service: httpService(choose, words) };
  return {
    '@type': `${TYPE}.ExtAuthz`,
    ...(choose.chance(0.5) ? service : grpcFields(choose)),
    ...choose.field(0.2, 'transport_api_version', () => 'V3'),
    ...choose.field<Json>(0.5, 'with_request_body', () => bufferSettings(choose)),
    ...choose.field<Json>(0.5, 'allowed_headers', () =>
      patterns(choose, 'authorization', 'x-a', 'x-role', 'cookie'),
    ),
    ...choose.field<Json>(0.2, 'disallowed_headers', () => patterns(choose, 'x-a', 'cookie')),
    ...choose.field(0.2, 'failure_mode_allow', () => true),
    ...choose.field(0.2, 'failure_mode_allow_header_add', () => true),
    ...choose.field(0.2, 'clear_route_cache', () => true),
    ...choose.field<Json>(0.1, 'clear_route_cache_headers', () =>
      choose.some(1, 2, ['x-user', 'X-A', 'x-role']),
    ),
    ...choose.field<Json>(0.2, 'status_on_error', () => ({ code: 'ServiceUnavailable' })),
    ...choose.field(0.2, 'stat_prefix', () => 'z'),
    ...whenAsked(choose, words),
    ...choose.field(0.15, 'max_denied_response_body_bytes', () => choose.pick([1, 10, 100])),
  };
}

/** Whether the authorizer is asked at all. */
function whenAsked(choose: Choose, { payloadKeys }: FormatWords): JsonObject {
  return {
    ...choose.field(0.12, 'filter_enabled', () => generateSureFraction(choose, 0.5)),
    ...choose.field(0.12, 'filter_enabled_metadata', () => generateMetadataMatch(choose, payloadKeys)),
    ...choose.field<Json>(0.15, 'deny_at_disable', () => ({
      default_value: choose.chance(0.7),
      runtime_key: 'not.there',
    })),
  };
}

function bufferSettings(choose: Choose): JsonObject {
  return {
    max_request_bytes: choose.pick([1, 4, 20, 4096]),
    ...choose.field(0.5, 'allow_partial_message', () => choose.chance(0.8)),
    ...choose.field(0.3, 'pack_as_bytes', () => true),
  };
}

function httpService(choose: Choose, words: FormatWords): JsonObject {
  const added = () => (choose.chance(0.5) ? generateFormat(choose, words) : '1');
  const prefix = choose.chance(0.9) ? AUTHORIZER_PREFIX : '/nowhere';
  return {
    server_uri: { uri: 'http://authorizer.test', cluster: 'keys', timeout: '10s' },
    ...(choose.chance(0.1) ? { path_override: `${AUTHORIZER_PREFIX}/over` } : { path_prefix: prefix }),
    authorization_request: {
      ...choose.field<Json>(0.3, 'headers_to_add', () => [{ key: 'x-added', value: added() }]),
      // Under its own `allowed_headers` the filter's is an error of both.
      ...choose.field<Json>(0.05, 'allowed_headers', () => patterns(choose, 'x-b', 'x-user')),
    },
    authorization_response: {
      ...choose.field<Json>(0.6, 'allowed_upstream_headers', () =>
        patterns(choose, 'x-check', 'x-user', 'x-a'),
      ),
      ...choose.field<Json>(0.2, 'allowed_upstream_headers_to_append', () =>
        patterns(choose, 'x-user', 'x-a'),
      ),
      ...choose.field<Json>(0.5, 'allowed_client_headers', () =>
        patterns(choose, 'x-check', 'location', 'x-a'),
      ),
      ...choose.field<Json>(0.3, 'allowed_client_headers_on_success', () =>
        patterns(choose, 'x-check', 'set-cookie'),
      ),
      ...choose.field<Json>(0.15, 'dynamic_metadata_from_headers', () => patterns(choose, 'x-user', 'x-a')),
    },
  };
}

function grpcService(choose: Choose): JsonObject {
  return {
    envoy_grpc: {
      cluster_name: choose.chance(0.95) ? 'grpc' : 'nowhere',
      ...choose.field(0.2, 'authority', () => 'authz.test'),
      ...choose.field(0.1, 'skip_envoy_headers', () => true),
      ...choose.field(0.1, 'max_receive_message_length', () => choose.pick([1, 100_000])),
    },
    timeout: '10s',
    ...choose.field<Json>(0.3, 'initial_metadata', () => [{ key: 'x-init', value: 'for %REQ(:path)%' }]),
  };
}

/** Fields that ask the authorizer over gRPC. */
function grpcFields(choose: Choose): JsonObject {
  return {
    grpc_service: grpcService(choose),
    ...choose.field(0.2, 'encode_raw_headers', () => true),
    ...choose.field(0.2, 'include_peer_certificate', () => true),
    ...choose.field(0.2, 'include_tls_session', () => true),
    ...choose.field<Json>(0.3, 'metadata_context_namespaces', () => choose.some(1, 2, NAMESPACES)),
    ...choose.field<Json>(0.2, 'route_metadata_context_namespaces', () => ['mine']),
    ...choose.field(0.1, 'enable_dynamic_metadata_ingestion', () => choose.chance(0.5)),
  };
}

/** What a route says of it. */
export function generateAuthzPerRoute(choose: Choose, words: FormatWords): JsonObject {
  if (choose.chance(0.3)) return { '@type': `${TYPE}.ExtAuthzPerRoute`, disabled: true };
  const settings: JsonObject = {
    ...choose.field<Json>(0.5, 'context_extensions', () => ({ [choose.pick(['a', 'b'])]: 'of the route' })),
    ...choose.weighted<JsonObject>([
      [3, () => ({})],
      [1, () => ({ disable_request_body_buffering: true })],
      [1, () => ({ with_request_body: bufferSettings(choose) })],
    ]),
    ...choose.weighted<JsonObject>([
      [3, () => ({})],
      [1, () => ({ http_service: httpService(choose, words) })],
      [1, () => ({ grpc_service: grpcService(choose) })],
    ]),
  };
  return { '@type': `${TYPE}.ExtAuthzPerRoute`, check_settings: settings };
}
