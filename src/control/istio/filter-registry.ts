import { createRegistry } from '@bufbuild/protobuf';
import { CorsPolicySchema, CorsSchema } from '#schema/envoy/extensions/filters/http/cors/v3/cors_pb.js';
import { ExtAuthzSchema } from '#schema/envoy/extensions/filters/http/ext_authz/v3/ext_authz_pb.js';
import { JwtAuthenticationSchema } from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import { RBACSchema } from '#schema/envoy/extensions/filters/http/rbac/v3/rbac_pb.js';
import { RouterSchema } from '#schema/envoy/extensions/filters/http/router/v3/router_pb.js';
import { TlsInspectorSchema } from '#schema/envoy/extensions/filters/listener/tls_inspector/v3/tls_inspector_pb.js';
import { ExtAuthzSchema as NetworkExtAuthzSchema } from '#schema/envoy/extensions/filters/network/ext_authz/v3/ext_authz_pb.js';
import { HttpConnectionManagerSchema } from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { RBACSchema as NetworkRbacSchema } from '#schema/envoy/extensions/filters/network/rbac/v3/rbac_pb.js';
import { UriTemplateMatchConfigSchema } from '#schema/envoy/extensions/path/match/uri_template/v3/uri_template_match_pb.js';
import {
  DownstreamTlsContextSchema,
  UpstreamTlsContextSchema,
} from '#schema/envoy/extensions/transport_sockets/tls/v3/tls_pb.js';
import { HttpProtocolOptionsSchema } from '#schema/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.js';

/** Every message that the translation puts into an `Any`. */
export const generatedTypes = createRegistry(
  CorsPolicySchema,
  CorsSchema,
  DownstreamTlsContextSchema,
  ExtAuthzSchema,
  HttpConnectionManagerSchema,
  HttpProtocolOptionsSchema,
  JwtAuthenticationSchema,
  NetworkExtAuthzSchema,
  NetworkRbacSchema,
  RBACSchema,
  RouterSchema,
  TlsInspectorSchema,
  UpstreamTlsContextSchema,
  UriTemplateMatchConfigSchema,
);
