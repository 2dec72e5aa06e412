import { AUTHORIZER_PREFIX } from './authorizer.ts';
import type { Json, JsonObject } from './case.ts';
import type { Choose } from './choose.ts';

const TYPE = 'type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz';

/** The fields of an `ext_authz` filter that asks the key server's authorizer. */
export function generateExtAuthz(choose: Choose): JsonObject {
  const patterns = (...texts: string[]): JsonObject => ({
    patterns: choose.some(1, 2, texts).map((exact) => ({ exact })),
  });
  const isThere = choose.chance(0.9);
  const service: JsonObject = {
    http_service: {
      server_uri: { uri: 'http://authorizer.test', cluster: 'keys', timeout: '10s' },
      path_prefix: isThere ? AUTHORIZER_PREFIX : '/nowhere',
      authorization_request: choose.field<Json>(0.3, 'headers_to_add', () => [
        { key: 'x-added', value: '1' },
      ]),
      authorization_response: {
        ...choose.field<Json>(0.6, 'allowed_upstream_headers', () => patterns('x-check', 'x-user', 'x-a')),
        ...choose.field<Json>(0.2, 'allowed_upstream_headers_to_append', () => patterns('x-user', 'x-a')),
        ...choose.field<Json>(0.5, 'allowed_client_headers', () => patterns('x-check', 'location', 'x-a')),
        ...choose.field<Json>(0.3, 'allowed_client_headers_on_success', () =>
          patterns('x-check', 'set-cookie'),
        ),
      },
    },
  };
  return {
    '@type': TYPE,
    ...(choose.chance(0.5) ? service : grpcService(choose)),
    ...choose.field<Json>(0.5, 'with_request_body', () => ({
      max_request_bytes: choose.pick([1, 4, 20, 4096]),
      ...choose.field(0.5, 'allow_partial_message', () => choose.chance(0.8)),
      ...choose.field(0.3, 'pack_as_bytes', () => true),
    })),
    ...choose.field<Json>(0.5, 'allowed_headers', () => patterns('authorization', 'x-a', 'x-role', 'cookie')),
    ...choose.field<Json>(0.2, 'disallowed_headers', () => patterns('x-a', 'cookie')),
    ...choose.field(0.2, 'failure_mode_allow', () => true),
    ...choose.field(0.2, 'failure_mode_allow_header_add', () => true),
    ...choose.field(0.2, 'clear_route_cache', () => true),
    ...choose.field<Json>(0.2, 'status_on_error', () => ({ code: 'ServiceUnavailable' })),
    ...choose.field(0.2, 'stat_prefix', () => 'z'),
  };
}

/** Fields that ask the authorizer over gRPC. */
function grpcService(choose: Choose): JsonObject {
  return {
    grpc_service: {
      envoy_grpc: {
        cluster_name: choose.chance(0.95) ? 'grpc' : 'nowhere',
        ...choose.field(0.2, 'authority', () => 'authz.test'),
      },
      timeout: '10s',
      ...choose.field<Json>(0.3, 'initial_metadata', () => [{ key: 'x-init', value: 'for %REQ(:path)%' }]),
    },
    ...choose.field(0.2, 'encode_raw_headers', () => true),
    ...choose.field(0.2, 'include_peer_certificate', () => true),
    ...choose.field(0.2, 'include_tls_session', () => true),
    ...choose.field<Json>(0.3, 'metadata_context_namespaces', () =>
      choose.some(1, 2, ['envoy.filters.http.jwt_authn', 'mine']),
    ),
    ...choose.field<Json>(0.2, 'route_metadata_context_namespaces', () => ['mine']),
    ...choose.field(0.1, 'enable_dynamic_metadata_ingestion', () => choose.chance(0.5)),
  };
}
