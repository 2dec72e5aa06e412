interface NewerFields {
  refused?: string;
  noEffect?: string;
  /** As in `MessageSupport`. */
  upkeep?: string;
}

/**
 * Fields that Envoy 1.40 knows and the protos that jotgate starts from do not. They are refused by name, or have no effect, instead
 * of being called unknown; nothing of them is decoded. One that jotgate comes to do moves to proto/overlay.
 */
export const NEWER_FIELDS: Readonly<Record<string, NewerFields>> = {
  'envoy.config.bootstrap.v3.Bootstrap': { upkeep: 'stats_eviction_interval enable_worker_cpu_affinity' },
  'envoy.config.listener.v3.Listener': {
    refused: 'fcds_config',
    noEffect: 'per_connection_buffer_high_watermark_timeout tcp_keepalive',
    upkeep: 'stats_matcher',
  },
  'envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector': {
    noEffect:
      'enable_ja4_fingerprinting close_connection_on_client_hello_parsing_errors max_client_hello_size',
  },
  'envoy.config.core.v3.SocketAddress': { refused: 'network_namespace_filepath' },
  'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager': {
    refused: 'forward_client_cert_matcher forward_proto_config',
    noEffect:
      'http1_safe_max_connection_duration stream_flush_timeout drain_timeout_jitter record_route_resolution_stats',
  },
  'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.Tracing': {
    noEffect: 'operation upstream_operation no_context_propagation',
  },
  'envoy.config.route.v3.Tracing': { noEffect: 'operation upstream_operation' },
  'envoy.config.core.v3.HttpProtocolOptions': {
    refused: 'max_response_headers_kb',
    noEffect: 'max_connection_duration_jitter',
  },
  'envoy.config.core.v3.Http2ProtocolOptions': { noEffect: 'max_metadata_size' },
  'envoy.config.core.v3.Http1ProtocolOptions': { refused: 'ignore_http_11_upgrade' },
  'envoy.config.route.v3.RouteConfiguration': { refused: 'vhost_header route_specifiers' },
  'envoy.config.route.v3.VirtualHost': { refused: 'route_specifiers', noEffect: 'request_body_buffer_limit' },
  'envoy.config.route.v3.Route': { refused: 'route_specifiers', noEffect: 'request_body_buffer_limit' },
  'envoy.config.route.v3.WeightedCluster': { refused: 'use_hash_policy' },
  'envoy.config.route.v3.RouteAction': { noEffect: 'flush_timeout' },
  'envoy.config.route.v3.DirectResponseAction': { refused: 'body_format' },
  'envoy.config.cluster.v3.Cluster': {
    refused: 'transport_socket_matcher queuing_policies',
    noEffect: 'per_connection_buffer_high_watermark_timeout dns_jitter',
    upkeep: 'stats_matcher',
  },
  'envoy.config.endpoint.v3.Endpoint': { upkeep: 'observability_name' },
  'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext': {
    refused: 'auto_host_sni auto_sni_san_validation',
  },
  'envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext': { noEffect: 'prefer_client_ciphers' },
  'envoy.extensions.transport_sockets.tls.v3.CommonTlsContext': {
    refused: 'custom_tls_certificate_selector',
  },
  'envoy.extensions.transport_sockets.tls.v3.TlsParameters': { refused: 'compliance_policies' },
  'envoy.extensions.transport_sockets.tls.v3.TlsCertificate': { refused: 'tls_params' },
  'envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext': {
    noEffect: 'suppress_client_ca_list',
  },
  'envoy.extensions.filters.http.router.v3.Router': { refused: 'reject_connect_request_early_data' },
  'envoy.extensions.common.ratelimit.v3.LocalRateLimitDescriptor': { refused: 'shadow_mode' },
  'envoy.config.route.v3.RateLimit.Override': { refused: 'rate_limit' },
  // It is for formats in the descriptor's value, which Envoy reads only behind a switch of its runtime.
  'envoy.config.route.v3.RateLimit.Action.GenericKey': { noEffect: 'default_value' },
  'envoy.config.route.v3.RateLimit.Action.HeaderValueMatch': { noEffect: 'default_value' },
  'envoy.config.route.v3.RateLimit.Action.QueryParameterValueMatch': { noEffect: 'default_value' },
  'envoy.extensions.filters.http.ext_authz.v3.ExtAuthz': {
    refused: 'enforce_response_header_limits shadow_mode',
    noEffect: 'filter_metadata emit_filter_state_stats emit_client_span',
  },
  'envoy.extensions.filters.http.ext_authz.v3.HttpService': { refused: 'retry_policy' },
  'envoy.extensions.filters.http.ext_authz.v3.CheckSettings': {
    noEffect: 'emit_client_span',
  },
  'envoy.extensions.filters.http.header_to_metadata.v3.Config': { noEffect: 'stat_prefix' },
  'envoy.extensions.filters.http.header_mutation.v3.Mutations': {
    refused: 'response_trailers_mutations request_trailers_mutations formatters',
  },
};

/** What becomes of a field that the schema does not have; undefined for one that Envoy does not have either. */
export function newerFieldState(typeName: string, written: string): keyof NewerFields | undefined {
  const fields = NEWER_FIELDS[typeName];
  if (fields === undefined) return undefined;
  const name = written.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  if (fields.refused?.split(' ').includes(name)) return 'refused';
  if (fields.upkeep?.split(' ').includes(name)) return 'upkeep';
  return fields.noEffect?.split(' ').includes(name) ? 'noEffect' : undefined;
}
