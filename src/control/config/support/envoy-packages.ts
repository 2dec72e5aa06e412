/**
 * Packages of Envoy 1.40's own extensions that are not in jotgate's schema, by their first part under `envoy.extensions`; `.v3` is left
 * out. Their types exist in Envoy, so that naming one is no mistake, only nothing that jotgate does.
 */
const PACKAGES: Readonly<Record<string, string>> = {
  access_loggers:
    'dynamic_modules filters.cel filters.process_ratelimit fluentd grpc open_telemetry stats wasm',
  bootstrap:
    'dynamic_modules internal_listener reverse_tunnel.downstream_socket_interface reverse_tunnel.upstream_socket_interface',
  clusters:
    'aggregate common.dns composite dns dynamic_forward_proxy dynamic_modules mcp_multicluster original_dst redis reverse_connection',
  common: 'async_files aws dynamic_forward_proxy matching tap',
  compression:
    'brotli.compressor brotli.decompressor gzip.compressor gzip.decompressor zstd.compressor zstd.decompressor',
  config: 'validators.dynamic_modules validators.minimum_clusters',
  content_parsers: 'json',
  dynamic_modules: 'v3',
  early_data: 'v3',
  filters:
    'common.dependency common.fault common.jwks common.matcher.action common.set_filter_state http.a2a http.adaptive_concurrency http.admission_control http.ai_protocol_manager http.alternate_protocols_cache http.api_key_auth http.aws_eventstream_parser http.aws_lambda http.aws_request_signing http.bandwidth_limit http.bandwidth_share http.basic_auth http.body_size_limit http.cache http.cache_v2 http.cdn_loop http.composite http.compressor http.connect_grpc_bridge http.credential_injector http.csrf http.custom_response http.decompressor http.dynamic_forward_proxy http.dynamic_modules http.ext_proc http.fault http.file_server http.file_system_buffer http.filter_chain http.gcp_authn http.geoip http.grpc_field_extraction http.grpc_http1_bridge http.grpc_http1_reverse_bridge http.grpc_json_reverse_transcoder http.grpc_json_transcoder http.grpc_stats http.grpc_web http.ip_tagging http.json_to_metadata http.mcp http.mcp_json_rest_bridge http.mcp_router http.oauth2 http.on_demand http.original_src http.proto_api_scrubber http.proto_message_extraction http.rate_limit_quota http.ratelimit http.set_filter_state http.sse_to_metadata http.stateful_session http.tap http.thrift_to_metadata http.transform http.upstream_codec http.wasm listener.dynamic_modules listener.local_ratelimit listener.original_dst listener.original_src listener.set_filter_state network.connection_limit network.direct_response network.dubbo_proxy.router network.dubbo_proxy network.dynamic_modules network.echo network.ext_proc network.generic_proxy.action network.generic_proxy.codecs.dubbo network.generic_proxy.codecs.http1 network.generic_proxy.matcher network.generic_proxy.router network.generic_proxy network.geoip network.local_ratelimit network.mongo_proxy network.ratelimit network.redis_proxy network.reverse_tunnel network.set_filter_state network.sni_cluster network.sni_dynamic_forward_proxy network.tcp_bandwidth_limit network.thrift_proxy.filters.header_to_metadata network.thrift_proxy.filters.payload_to_metadata network.thrift_proxy.filters.ratelimit network.thrift_proxy.router network.thrift_proxy network.wasm network.zookeeper_proxy udp.dns_filter udp.dynamic_modules udp.udp_proxy.session.dynamic_forward_proxy udp.udp_proxy.session.ext_authz udp.udp_proxy.session.http_capsule udp.udp_proxy',
  formatter: 'cel dynamic_modules file_content generic_secret metadata req_without_query',
  geoip_providers: 'common maxmind',
  health_check: 'event_sinks.file',
  health_checkers: 'dynamic_modules redis thrift udp',
  http: 'ai_filters.request_info ai_filters.schema_validation ai_filters.transcoder cache.file_system_http_cache cache.simple_http_cache cache_v2.file_system_http_cache cache_v2.simple_http_cache custom_response.local_response_policy custom_response.redirect_policy early_header_mutation.dynamic_modules early_header_mutation.header_mutation ext_proc.processing_request_modifiers.mapped_attribute_builder ext_proc.response_processors.save_processing_response header_formatters.dynamic_modules header_formatters.preserve_case header_validators.envoy_default injected_credentials.generic injected_credentials.oauth2 original_ip_detection.custom_header original_ip_detection.xff stateful_session.cookie stateful_session.envelope stateful_session.header',
  internal_redirect: 'allow_listed_routes filter_state previous_routes safe_cross_scheme',
  key_value: 'file_based',
  load_balancing_policies:
    'client_side_weighted_round_robin cluster_provided common dynamic_modules least_request load_aware_locality maglev override_host random ring_hash round_robin subset wrr_locality',
  local_address_selectors: 'filter_state_override',
  matching:
    'actions.transform_stat common_inputs.environment_variable common_inputs.ssl common_inputs.stats common_inputs.transport_socket http.dynamic_modules input_matchers.consistent_hashing input_matchers.dynamic_modules input_matchers.ip input_matchers.metadata input_matchers.runtime_fraction',
  network:
    'dns_resolver.apple dns_resolver.cares dns_resolver.getaddrinfo dns_resolver.hickory socket_interface.sockmap socket_interface',
  queue_policy: 'fifo',
  quic: 'client_writer_factory connection_debug_visitor.quic_stats connection_debug_visitor connection_id_generator.quic_lb connection_id_generator crypto_stream proof_source server_preferred_address',
  rate_limit_descriptors: 'expr jwt_claim',
  rbac: 'matchers.upstream_ip_port principals.mtls_authenticated',
  regex_engines: 'v3',
  resource_monitors: 'cgroup_memory cpu_utilization downstream_connections fixed_heap injected_resource',
  retry: 'host.omit_canary_hosts host.omit_host_metadata host.previous_hosts priority.previous_priorities',
  router:
    'cluster_specifiers.dynamic_modules cluster_specifiers.lua cluster_specifiers.matcher cluster_specifiers.priority_group route_specifiers.dynamic_modules',
  stat_sinks: 'dynamic_modules graphite_statsd open_telemetry wasm',
  string_matcher: 'lua',
  tracers: 'dynamic_modules fluentd opentelemetry.resource_detectors opentelemetry.samplers',
  transport_sockets:
    'alts dynamic_modules http_11_proxy internal_upstream proxy_protocol quic starttls tap tcp_stats tls.cert_mappers.filter_state_override tls.cert_mappers.sni tls.cert_mappers.static_name tls.cert_selectors.on_demand_secret tls.cert_validator.dynamic_modules tls.handshakers.dynamic_modules',
  udp_packet_writer: 'v3',
  upstreams:
    'http.dynamic_modules http.generic http.http http.reverse_tunnel http.tcp http.udp tcp.generic tcp',
  wasm: 'v3',
  watchdog: 'backtrace_action profile_action',
};

let names: ReadonlySet<string> | undefined;

/** True for a type of an extension that Envoy has and jotgate's schema does not. */
export function isEnvoyExtension(typeName: string): boolean {
  names ??= new Set(
    Object.entries(PACKAGES).flatMap(([category, list]) =>
      list.split(' ').map((rest) => packageName(category, rest)),
    ),
  );
  return names.has(typeName.slice(0, typeName.lastIndexOf('.')));
}

function packageName(category: string, rest: string): string {
  const name = `envoy.extensions.${category}.${rest}`;
  return /\.v\d\w*$/.test(name) ? name : `${name}.v3`;
}
