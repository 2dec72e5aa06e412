/**
 * What jotgate does with a field of Envoy's schema:
 * done; accepted with a warning, because it has no effect here and changes nobody's access; passed over, because nothing that anybody
 * could see comes of it; everything else is refused.
 */
export interface MessageSupport {
  /** Names with blanks between them; `*` is every field. */
  done: string;
  noEffect?: string;
  /**
   * Passed over in silence: about the process and its statistics (names, intervals, queues of sockets, threads), so that a gate on one
   * machine decides, forwards and answers the same with it and without.
   */
  upkeep?: string;
  /** For fields of done enums: the values that are done; the others are refused. */
  values?: Readonly<Record<string, string>>;
  /** Of the done fields: those that are, as `noEffect`, in a cluster. */
  noEffectInClusters?: string;
  /** Of the done fields: those that may hold messages that are not done. */
  holdsAny?: string;
}

const HEADER_CHANGES =
  'request_headers_to_add request_headers_to_remove response_headers_to_add response_headers_to_remove';

/** By full message name; a message that is not here is refused as a whole. docs/envoy-support.md is made from this. */
export const SUPPORT: Readonly<Record<string, MessageSupport>> = {
  'envoy.config.bootstrap.v3.Bootstrap': {
    done: 'static_resources admin layered_runtime',
    noEffect:
      'stats_sinks tracing overload_manager use_tcp_for_dns_lookups dns_resolution_config typed_dns_resolver_config application_log_config',
    upkeep:
      'node node_context_params cluster_manager flags_path deferred_stat_options stats_config stats_flush_interval stats_flush_on_admin watchdog watchdogs enable_dispatcher_stats stats_server_version_override fatal_actions default_socket_interface perf_tracing_file_path memory_allocator_manager',
  },
  'envoy.config.bootstrap.v3.Admin': {
    done: 'address',
    noEffect: 'access_log access_log_path',
    upkeep: 'profile_path socket_options ignore_global_conn_limit',
  },
  'envoy.config.bootstrap.v3.LayeredRuntime': { done: '*' },
  'envoy.config.bootstrap.v3.RuntimeLayer': {
    done: 'name static_layer',
    noEffect: 'admin_layer',
  },
  'envoy.config.bootstrap.v3.Bootstrap.StaticResources': { done: 'listeners clusters' },

  'envoy.config.listener.v3.Listener': {
    done: 'name address filter_chains default_filter_chain listener_filters per_connection_buffer_limit_bytes metadata traffic_direction listener_filters_timeout continue_on_listener_filters_timeout',
    noEffect: 'socket_options access_log',
    upkeep:
      'stat_prefix drain_type tcp_fast_open_queue_length connection_balance_config reuse_port enable_reuse_port tcp_backlog_size max_connections_to_accept_per_socket_event enable_mptcp ignore_global_conn_limit bypass_overload_manager',
  },
  'envoy.config.listener.v3.ListenerFilter': { done: 'name typed_config' },
  'envoy.config.listener.v3.FilterChain': {
    done: 'name filter_chain_match filters transport_socket transport_socket_connect_timeout',
    upkeep: 'metadata',
  },
  'envoy.config.listener.v3.FilterChainMatch': {
    done: 'server_names transport_protocol',
  },
  'envoy.config.listener.v3.Filter': { done: 'name typed_config' },
  'envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector': { done: '*' },
  'envoy.extensions.filters.listener.http_inspector.v3.HttpInspector': { done: '*' },
  'envoy.config.core.v3.Address': { done: 'socket_address' },
  'envoy.config.core.v3.SocketAddress': {
    done: 'protocol address port_value ipv4_compat',
    values: { protocol: 'TCP' },
  },
  'envoy.config.core.v3.TransportSocket': { done: 'name typed_config' },
  'envoy.config.core.v3.DataSource': {
    done: 'filename inline_bytes inline_string environment_variable',
    noEffect: 'watched_directory',
  },

  'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager': {
    done: 'codec_type stat_prefix route_config http_filters normalize_path merge_slashes path_with_escaped_slashes_action server_name server_header_transformation max_request_headers_kb use_remote_address xff_num_trusted_hops skip_xff_append generate_request_id preserve_external_request_id common_http_protocol_options http_protocol_options stream_idle_timeout request_timeout request_headers_timeout delayed_close_timeout drain_timeout access_log local_reply_config strip_matching_host_port strip_any_host_port strip_trailing_host_dot append_x_forwarded_port via add_user_agent always_set_request_id_in_response tracing request_id_extension',
    noEffect:
      'http2_protocol_options http3_protocol_options access_log_flush_interval flush_access_log_on_new_request access_log_options proxy_100_continue represent_ipv4_remote_address_as_ipv4_mapped_ipv6 stream_error_on_invalid_http_message append_local_overload add_proxy_protocol_connection_state internal_address_config',
    values: {
      codec_type: 'AUTO HTTP1',
      path_with_escaped_slashes_action: '*',
      server_header_transformation: '*',
    },
  },
  'envoy.extensions.filters.network.http_connection_manager.v3.LocalReplyConfig': { done: '*' },
  'envoy.extensions.filters.network.http_connection_manager.v3.ResponseMapper': { done: '*' },
  'envoy.config.accesslog.v3.AccessLog': { done: 'name filter typed_config' },
  'envoy.config.accesslog.v3.AccessLogFilter': {
    done: 'status_code_filter duration_filter not_health_check_filter and_filter or_filter header_filter response_flag_filter metadata_filter',
  },
  'envoy.config.accesslog.v3.ComparisonFilter': { done: '*', values: { op: 'EQ GE LE NE' } },
  'envoy.config.accesslog.v3.StatusCodeFilter': { done: '*' },
  'envoy.config.accesslog.v3.DurationFilter': { done: '*' },
  'envoy.config.accesslog.v3.NotHealthCheckFilter': { done: '*' },
  'envoy.config.accesslog.v3.AndFilter': { done: '*' },
  'envoy.config.accesslog.v3.OrFilter': { done: '*' },
  'envoy.config.accesslog.v3.HeaderFilter': { done: '*' },
  'envoy.config.accesslog.v3.ResponseFlagFilter': { done: '*' },
  'envoy.config.accesslog.v3.MetadataFilter': { done: '*' },
  'envoy.config.core.v3.RuntimeUInt32': { done: '*' },
  'envoy.config.core.v3.SubstitutionFormatString': {
    done: 'text_format json_format text_format_source omit_empty_values content_type',
    noEffect: 'json_format_options',
  },
  'envoy.config.core.v3.JsonFormatOptions': { done: '*' },
  'envoy.extensions.access_loggers.file.v3.FileAccessLog': {
    done: 'path format json_format typed_json_format log_format',
  },
  'envoy.extensions.access_loggers.stream.v3.StdoutAccessLog': { done: '*' },
  'envoy.extensions.access_loggers.stream.v3.StderrAccessLog': { done: '*' },
  'google.protobuf.Struct': { done: '*' },
  'envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter': {
    done: 'name typed_config disabled is_optional',
  },
  'envoy.config.core.v3.HttpProtocolOptions': {
    done: 'idle_timeout max_headers_count headers_with_underscores_action max_requests_per_connection max_stream_duration max_connection_duration',
    noEffectInClusters: 'max_stream_duration max_headers_count max_connection_duration',
    values: { headers_with_underscores_action: '*' },
  },
  'envoy.config.core.v3.Http1ProtocolOptions': {
    done: '',
    noEffect: 'allow_absolute_url override_stream_error_on_invalid_http_message',
    upkeep: 'use_balsa_parser',
  },

  'envoy.config.route.v3.RouteConfiguration': {
    done: `name virtual_hosts ${HEADER_CHANGES} most_specific_header_mutations_wins validate_clusters max_direct_response_body_size_bytes ignore_port_in_host_matching ignore_path_parameters_in_path_matching typed_per_filter_config`,
    noEffect: 'metadata',
  },
  // Nothing is traced; request ids tell whom a tracer would hear of.
  'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.Tracing': {
    done: 'client_sampling random_sampling overall_sampling',
    noEffect: 'verbose max_path_tag_length custom_tags provider spawn_upstream_span',
  },
  'envoy.config.route.v3.Tracing': {
    done: 'client_sampling random_sampling overall_sampling',
    noEffect: 'custom_tags',
  },
  'envoy.extensions.filters.network.http_connection_manager.v3.RequestIDExtension': { done: '*' },
  'envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig': { done: '*' },
  'envoy.config.route.v3.VirtualHost': {
    done: `name domains routes ${HEADER_CHANGES} typed_per_filter_config rate_limits require_tls metadata include_request_attempt_count include_attempt_count_in_response`,
    values: { require_tls: 'NONE ALL EXTERNAL_ONLY' },
    noEffect: 'retry_policy hedge_policy per_request_buffer_limit_bytes',
    upkeep: 'virtual_clusters',
  },
  'envoy.config.route.v3.Route': {
    done: `name match route redirect direct_response ${HEADER_CHANGES} typed_per_filter_config metadata tracing decorator`,
    noEffect: 'per_request_buffer_limit_bytes',
    upkeep: 'stat_prefix',
  },
  'envoy.config.route.v3.Decorator': { done: '*' },
  'envoy.config.core.v3.Metadata': { done: '*', holdsAny: 'typed_filter_metadata' },
  'envoy.config.route.v3.RouteMatch': {
    done: 'prefix path path_separated_prefix safe_regex case_sensitive headers query_parameters dynamic_metadata path_match_policy connect_matcher cookies grpc runtime_fraction tls_context filter_state',
  },
  'envoy.config.route.v3.RouteMatch.ConnectMatcher': { done: '*' },
  'envoy.config.route.v3.RouteMatch.TlsContextMatchOptions': { done: '*' },
  'envoy.config.route.v3.RouteMatch.GrpcRouteMatchOptions': { done: '*' },
  'envoy.config.route.v3.CookieMatcher': { done: '*' },
  'envoy.config.core.v3.TypedExtensionConfig': { done: '*' },
  'envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig': { done: '*' },
  'envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig': { done: '*' },
  'envoy.config.route.v3.RouteAction': {
    done: 'cluster cluster_header weighted_clusters cluster_not_found_response_code prefix_rewrite regex_rewrite path_rewrite_policy path_rewrite host_rewrite_literal auto_host_rewrite host_rewrite_header host_rewrite_path_regex host_rewrite append_x_forwarded_host timeout idle_timeout max_stream_duration rate_limits include_vh_rate_limits',
    noEffect:
      'retry_policy priority hedge_policy max_grpc_timeout grpc_timeout_offset early_data_policy metadata_match',
    values: { cluster_not_found_response_code: '*' },
  },
  'envoy.config.route.v3.RouteAction.MaxStreamDuration': { done: '*' },
  'envoy.config.route.v3.FilterConfig': { done: '*' },
  'envoy.config.route.v3.WeightedCluster': {
    done: 'clusters header_name runtime_key_prefix',
    noEffect: 'total_weight',
  },
  'envoy.config.route.v3.WeightedCluster.ClusterWeight': {
    done: `name cluster_header weight host_rewrite_literal ${HEADER_CHANGES} typed_per_filter_config`,
    noEffect: 'metadata_match',
  },
  'envoy.config.route.v3.RedirectAction': { done: '*', values: { response_code: '*' } },
  'envoy.config.route.v3.DirectResponseAction': { done: 'status body' },
  'envoy.config.route.v3.HeaderMatcher': { done: '*' },
  'envoy.config.route.v3.QueryParameterMatcher': { done: '*' },
  'envoy.config.core.v3.HeaderValueOption': {
    done: 'header append append_action keep_empty_value',
    values: { append_action: '*' },
  },
  'envoy.config.core.v3.HeaderValue': { done: 'key value' },

  'envoy.type.matcher.v3.StringMatcher': { done: 'exact prefix suffix safe_regex contains ignore_case' },
  'envoy.type.matcher.v3.RegexMatcher': { done: 'regex google_re2' },
  'envoy.type.matcher.v3.RegexMatcher.GoogleRE2': { done: 'max_program_size' },
  'envoy.type.matcher.v3.PathMatcher': { done: '*' },
  'envoy.type.matcher.v3.MetadataMatcher': { done: '*' },
  'envoy.type.matcher.v3.RegexMatchAndSubstitute': { done: '*' },
  'envoy.type.matcher.v3.MetadataMatcher.PathSegment': { done: '*' },
  'envoy.type.matcher.v3.ValueMatcher': { done: '*' },
  'envoy.type.matcher.v3.ValueMatcher.NullMatch': { done: '*' },
  'envoy.type.matcher.v3.ListMatcher': { done: '*' },
  'envoy.type.matcher.v3.OrMatcher': { done: '*' },
  'envoy.type.matcher.v3.DoubleMatcher': { done: '*' },
  'envoy.type.v3.Int64Range': { done: '*' },
  'envoy.type.v3.DoubleRange': { done: '*' },

  'envoy.config.cluster.v3.Cluster': {
    done: 'name type load_assignment connect_timeout transport_socket dns_lookup_family lb_policy dns_refresh_rate alt_stat_name typed_extension_protocol_options http2_protocol_options metadata',
    noEffect:
      'respect_dns_ttl per_connection_buffer_limit_bytes health_checks max_requests_per_connection circuit_breakers common_http_protocol_options http_protocol_options dns_failure_refresh_rate dns_resolvers use_tcp_for_dns_lookups dns_resolution_config typed_dns_resolver_config outlier_detection common_lb_config upstream_connection_options close_connections_on_host_health_failure ignore_health_on_host_removal ring_hash_lb_config maglev_lb_config least_request_lb_config round_robin_lb_config',
    upkeep:
      'wait_for_warm_on_init cleanup_interval track_timeout_budgets track_cluster_stats preconnect_policy lrs_server',
    values: {
      type: 'STATIC STRICT_DNS LOGICAL_DNS',
      lb_policy: 'ROUND_ROBIN LEAST_REQUEST RANDOM',
      dns_lookup_family: '*',
    },
  },
  'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
    done: 'explicit_http_config',
    noEffect: 'common_http_protocol_options',
  },
  'envoy.extensions.upstreams.http.v3.HttpProtocolOptions.ExplicitHttpConfig': {
    done: 'http_protocol_options http2_protocol_options',
  },
  'envoy.config.core.v3.Http2ProtocolOptions': {
    done: '',
    noEffect:
      'hpack_table_size max_concurrent_streams initial_stream_window_size initial_connection_window_size allow_metadata max_outbound_frames max_outbound_control_frames max_consecutive_inbound_frames_with_empty_payload max_inbound_priority_frames_per_stream max_inbound_window_update_frames_per_data_frame_sent stream_error_on_invalid_http_messaging override_stream_error_on_invalid_http_message custom_settings_parameters connection_keepalive use_oghttp2_codec',
  },
  'envoy.config.endpoint.v3.ClusterLoadAssignment': { done: 'cluster_name endpoints', noEffect: 'policy' },
  'envoy.config.endpoint.v3.LocalityLbEndpoints': {
    done: 'lb_endpoints',
    noEffect: 'load_balancing_weight proximity',
    upkeep: 'locality metadata',
  },
  'envoy.config.endpoint.v3.LbEndpoint': {
    done: 'endpoint',
    noEffect: 'load_balancing_weight',
    upkeep: 'metadata',
  },
  'envoy.config.endpoint.v3.Endpoint': { done: 'address hostname', noEffect: 'health_check_config' },

  'envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer': { done: '*' },
  'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext': {
    done: 'common_tls_context sni',
    noEffect: 'allow_renegotiation max_session_keys enforce_rsa_key_usage',
  },
  'envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext': {
    done: 'common_tls_context require_client_certificate',
    noEffect:
      'disable_stateless_session_resumption disable_stateful_session_resumption session_timeout ocsp_staple_policy full_scan_certs_on_sni_mismatch',
    values: { ocsp_staple_policy: 'LENIENT_STAPLING' },
  },
  'envoy.extensions.transport_sockets.tls.v3.CommonTlsContext': {
    done: 'tls_params tls_certificates validation_context',
    noEffect: 'alpn_protocols',
  },
  'envoy.extensions.transport_sockets.tls.v3.TlsParameters': {
    done: 'tls_minimum_protocol_version tls_maximum_protocol_version',
    noEffect: 'cipher_suites ecdh_curves signature_algorithms',
    values: { tls_minimum_protocol_version: '*', tls_maximum_protocol_version: '*' },
  },
  'envoy.extensions.transport_sockets.tls.v3.TlsCertificate': {
    done: 'certificate_chain private_key',
  },
  'envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext': {
    done: 'trusted_ca system_root_certs match_typed_subject_alt_names trust_chain_verification',
    noEffect: 'watched_directory',
    values: { trust_chain_verification: 'VERIFY_TRUST_CHAIN' },
  },
  'envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext.SystemRootCerts': { done: '*' },
  'envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher': {
    done: 'san_type matcher',
    values: { san_type: 'DNS IP_ADDRESS URI EMAIL' },
  },

  'envoy.extensions.filters.http.router.v3.Router': {
    done: 'suppress_envoy_headers',
    noEffect:
      'dynamic_stats start_child_span upstream_log upstream_log_options suppress_grpc_request_failure_code_stats',
  },
  'envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication': {
    done: 'providers rules bypass_cors_preflight requirement_map strip_failure_response stat_prefix filter_state_rules',
  },
  'envoy.extensions.filters.http.jwt_authn.v3.FilterStateRule': { done: '*' },
  'envoy.extensions.filters.http.jwt_authn.v3.PerRouteConfig': { done: '*' },
  'envoy.extensions.filters.http.jwt_authn.v3.JwtProvider': {
    done: 'issuer audiences remote_jwks local_jwks forward from_headers from_params from_cookies forward_payload_header pad_forward_payload_header payload_in_metadata normalize_payload_in_metadata header_in_metadata failed_status_in_metadata clock_skew_seconds claim_to_headers clear_route_cache subjects require_expiration max_lifetime jwt_cache_config',
  },
  'envoy.extensions.filters.http.jwt_authn.v3.JwtProvider.NormalizePayload': { done: '*' },
  'envoy.extensions.filters.http.jwt_authn.v3.JwtCacheConfig': {
    done: '',
    upkeep: 'jwt_cache_size jwt_max_token_size',
  },
  'envoy.extensions.filters.http.jwt_authn.v3.RemoteJwks': {
    done: 'http_uri cache_duration async_fetch retry_policy',
  },
  'envoy.extensions.filters.http.jwt_authn.v3.JwksAsyncFetch': { done: '*' },
  'envoy.config.core.v3.RetryPolicy': {
    done: 'num_retries retry_back_off',
    noEffect: 'retry_on retry_priority retry_host_predicate host_selection_retry_max_attempts',
  },
  'envoy.config.core.v3.BackoffStrategy': { done: '*' },
  'envoy.config.core.v3.HttpUri': { done: '*' },
  'envoy.extensions.filters.http.jwt_authn.v3.JwtHeader': { done: '*' },
  'envoy.extensions.filters.http.jwt_authn.v3.JwtClaimToHeader': { done: '*' },
  'envoy.extensions.filters.http.jwt_authn.v3.JwtClaimToHeader.ClaimPathSegment': { done: '*' },
  'envoy.extensions.filters.http.jwt_authn.v3.RequirementRule': { done: '*' },
  'envoy.extensions.filters.http.jwt_authn.v3.JwtRequirement': {
    done: 'provider_name provider_and_audiences requires_any requires_all allow_missing allow_missing_or_failed extract_only_without_validation',
  },
  'envoy.extensions.filters.http.jwt_authn.v3.JwtRequirementOrList': { done: '*' },
  'envoy.extensions.filters.http.jwt_authn.v3.JwtRequirementAndList': { done: '*' },
  'envoy.extensions.filters.http.jwt_authn.v3.ProviderWithAudiences': { done: '*' },
  'envoy.extensions.filters.http.jwt_authn.v3.ExtractOnlyWithoutValidation': { done: '*' },
  'google.protobuf.Empty': { done: '*' },

  'envoy.extensions.filters.http.rbac.v3.RBAC': {
    done: 'rules rules_stat_prefix shadow_rules shadow_rules_stat_prefix track_per_rule_stats matcher shadow_matcher',
  },
  'envoy.extensions.filters.http.rbac.v3.RBACPerRoute': { done: '*' },
  'envoy.extensions.filters.network.rbac.v3.RBAC': {
    done: '*',
    values: { enforcement_type: 'ONE_TIME_ON_FIRST_BYTE' },
  },
  'envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit': {
    done: 'stat_prefix status token_bucket filter_enabled filter_enforced request_headers_to_add_when_not_enforced response_headers_to_add descriptors rate_limits max_dynamic_descriptors local_rate_limit_per_downstream_connection enable_x_ratelimit_headers enable_retry_after_header always_consume_default_token_bucket stage vh_rate_limits rate_limited_as_resource_exhausted',
    values: { enable_x_ratelimit_headers: '*', vh_rate_limits: '*' },
  },
  'envoy.extensions.filters.http.cors.v3.Cors': { done: '*' },
  'envoy.extensions.filters.http.cors.v3.CorsPolicy': { done: '*' },
  'envoy.extensions.filters.http.ext_authz.v3.ExtAuthz': {
    done: 'transport_api_version grpc_service http_service with_request_body failure_mode_allow failure_mode_allow_header_add clear_route_cache status_on_error filter_enabled filter_enabled_metadata deny_at_disable stat_prefix allowed_headers disallowed_headers enable_dynamic_metadata_ingestion metadata_context_namespaces typed_metadata_context_namespaces route_metadata_context_namespaces route_typed_metadata_context_namespaces include_peer_certificate bootstrap_metadata_labels_key include_tls_session encode_raw_headers max_denied_response_body_bytes clear_route_cache_headers',
    noEffect: 'charge_cluster_response_stats',
    values: { transport_api_version: '*' },
  },
  'envoy.extensions.filters.http.ext_authz.v3.HttpService': { done: '*' },
  'envoy.extensions.filters.http.ext_authz.v3.AuthorizationRequest': { done: '*' },
  'envoy.extensions.filters.http.ext_authz.v3.AuthorizationResponse': { done: '*' },
  'envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute': { done: '*' },
  'envoy.extensions.filters.http.ext_authz.v3.CheckSettings': {
    done: 'context_extensions grpc_service http_service disable_request_body_buffering with_request_body',
  },
  'envoy.extensions.filters.http.ext_authz.v3.BufferSettings': { done: '*' },
  'envoy.config.core.v3.GrpcService': { done: 'envoy_grpc timeout initial_metadata' },
  'envoy.config.core.v3.GrpcService.EnvoyGrpc': {
    done: 'cluster_name authority max_receive_message_length skip_envoy_headers',
  },
  'envoy.type.matcher.v3.ListStringMatcher': { done: '*' },
  'envoy.config.core.v3.RuntimeFeatureFlag': { done: '*' },
  'envoy.extensions.filters.http.header_to_metadata.v3.Config': { done: '*' },
  'envoy.extensions.filters.http.header_to_metadata.v3.Config.Rule': { done: '*' },
  'envoy.extensions.filters.http.header_to_metadata.v3.Config.KeyValuePair': {
    done: '*',
    values: { type: '*', encode: '*' },
  },
  'envoy.extensions.filters.http.set_filter_state.v3.Config': { done: '*' },
  'envoy.extensions.filters.common.set_filter_state.v3.FilterStateValue': {
    done: 'object_key factory_key format_string skip_if_empty',
    noEffect: 'read_only shared_with_upstream',
  },
  'envoy.extensions.filters.http.set_metadata.v3.Config': { done: '*' },
  'envoy.extensions.filters.http.set_metadata.v3.Metadata': { done: '*', holdsAny: 'typed_value' },
  'envoy.extensions.filters.http.header_mutation.v3.HeaderMutation': { done: '*' },
  'envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute': { done: '*' },
  'envoy.extensions.filters.http.header_mutation.v3.Mutations': { done: '*' },
  'envoy.config.common.mutation_rules.v3.HeaderMutation': { done: '*' },
  'envoy.config.common.mutation_rules.v3.HeaderMutation.RemoveOnMatch': { done: '*' },
  'envoy.config.core.v3.KeyValueMutation': { done: '*' },
  'envoy.config.core.v3.KeyValueAppend': { done: '*', values: { action: '*' } },
  'envoy.config.core.v3.KeyValuePair': { done: '*' },
  'envoy.config.core.v3.KeyValue': { done: '*' },
  'envoy.extensions.common.ratelimit.v3.LocalRateLimitDescriptor': { done: '*' },
  'envoy.extensions.common.ratelimit.v3.RateLimitDescriptor.Entry': { done: '*' },
  'envoy.type.v3.TokenBucket': { done: '*' },
  'envoy.type.v3.HttpStatus': { done: '*', values: { code: '*' } },
  'envoy.type.v3.FractionalPercent': { done: '*', values: { denominator: '*' } },
  'envoy.config.core.v3.RuntimeFractionalPercent': { done: '*' },
  'envoy.config.route.v3.RateLimit': {
    done: 'stage disable_key actions limit hits_addend apply_on_stream_done x_ratelimit_option',
    values: { x_ratelimit_option: '*' },
  },
  'envoy.config.route.v3.RateLimit.Override': { done: '*' },
  'envoy.config.route.v3.RateLimit.Override.DynamicMetadata': { done: '*' },
  'envoy.config.route.v3.RateLimit.Action': {
    done: 'destination_cluster request_headers remote_address generic_key header_value_match metadata masked_remote_address query_parameter_value_match query_parameters remote_address_match',
  },
  'envoy.config.route.v3.RateLimit.HitsAddend': { done: 'number format' },
  'envoy.config.route.v3.RateLimit.Action.QueryParameters': { done: '*' },
  'envoy.config.route.v3.RateLimit.Action.RemoteAddressMatch': { done: '*' },
  'envoy.config.route.v3.RateLimit.Action.DestinationCluster': { done: '*' },
  'envoy.config.route.v3.RateLimit.Action.RequestHeaders': { done: '*' },
  'envoy.config.route.v3.RateLimit.Action.RemoteAddress': { done: '*' },
  'envoy.config.route.v3.RateLimit.Action.MaskedRemoteAddress': { done: '*' },
  'envoy.config.route.v3.RateLimit.Action.GenericKey': { done: '*' },
  'envoy.config.route.v3.RateLimit.Action.HeaderValueMatch': { done: '*' },
  'envoy.config.route.v3.RateLimit.Action.QueryParameterValueMatch': { done: '*' },
  'envoy.config.route.v3.RateLimit.Action.MetaData': { done: '*', values: { source: 'DYNAMIC' } },
  'envoy.type.metadata.v3.MetadataKey': { done: '*' },
  'envoy.type.metadata.v3.MetadataKey.PathSegment': { done: '*' },

  'envoy.config.rbac.v3.RBAC': {
    done: 'action policies',
    noEffect: 'audit_logging_options',
    values: { action: '*' },
  },
  'envoy.config.rbac.v3.Action': { done: '*', values: { action: '*' } },
  'xds.type.matcher.v3.Matcher': { done: '*' },
  'xds.type.matcher.v3.Matcher.OnMatch': { done: 'matcher action' },
  'xds.type.matcher.v3.Matcher.MatcherList': { done: '*' },
  'xds.type.matcher.v3.Matcher.MatcherList.FieldMatcher': { done: '*' },
  'xds.type.matcher.v3.Matcher.MatcherList.Predicate': { done: '*' },
  'xds.type.matcher.v3.Matcher.MatcherList.Predicate.PredicateList': { done: '*' },
  'xds.type.matcher.v3.Matcher.MatcherList.Predicate.SinglePredicate': { done: '*' },
  'xds.type.matcher.v3.Matcher.MatcherTree': { done: '*' },
  'xds.type.matcher.v3.IPMatcher': { done: '*' },
  'xds.type.matcher.v3.IPMatcher.IPRangeMatcher': { done: '*' },
  'xds.core.v3.CidrRange': { done: '*' },
  'xds.type.matcher.v3.ServerNameMatcher': { done: '*' },
  'xds.type.matcher.v3.ServerNameMatcher.DomainMatcher': { done: '*' },
  'xds.type.matcher.v3.CelMatcher': { done: '*' },
  'xds.type.v3.CelExpression': { done: '*' },
  'google.api.expr.v1alpha1.ParsedExpr': { done: 'expr', noEffect: 'source_info' },
  'envoy.extensions.matching.input_matchers.ip.v3.Ip': { done: 'cidr_ranges', noEffect: 'stat_prefix' },
  'envoy.extensions.matching.input_matchers.metadata.v3.Metadata': { done: '*' },
  'xds.type.matcher.v3.Matcher.MatcherTree.MatchMap': { done: '*' },
  'xds.type.matcher.v3.StringMatcher': { done: 'exact prefix suffix contains safe_regex ignore_case' },
  'xds.type.matcher.v3.RegexMatcher': { done: 'regex google_re2' },
  'xds.type.matcher.v3.RegexMatcher.GoogleRE2': { done: '*' },
  'xds.core.v3.TypedExtensionConfig': { done: '*' },
  'envoy.type.matcher.v3.HttpRequestHeaderMatchInput': { done: '*' },
  'envoy.extensions.matching.common_inputs.network.v3.DestinationIPInput': { done: '*' },
  'envoy.extensions.matching.common_inputs.network.v3.DestinationPortInput': { done: '*' },
  'envoy.extensions.matching.common_inputs.network.v3.ServerNameInput': { done: '*' },
  'envoy.extensions.matching.common_inputs.network.v3.SourceIPInput': { done: '*' },
  'envoy.extensions.matching.common_inputs.network.v3.SourcePortInput': { done: '*' },
  'envoy.extensions.matching.common_inputs.network.v3.DirectSourceIPInput': { done: '*' },
  'envoy.extensions.matching.common_inputs.network.v3.FilterStateInput': { done: '*' },
  'envoy.extensions.matching.common_inputs.network.v3.DynamicMetadataInput': { done: '*' },
  'envoy.extensions.matching.common_inputs.network.v3.DynamicMetadataInput.PathSegment': { done: '*' },
  'envoy.extensions.matching.common_inputs.network.v3.NetworkNamespaceInput': { done: '*' },
  'envoy.extensions.matching.common_inputs.ssl.v3.UriSanInput': { done: '*' },
  'envoy.extensions.matching.common_inputs.ssl.v3.DnsSanInput': { done: '*' },
  'envoy.extensions.matching.common_inputs.ssl.v3.SubjectInput': { done: '*' },
  'xds.type.matcher.v3.HttpAttributesCelMatchInput': { done: '*' },
  'envoy.config.rbac.v3.Policy': {
    done: 'permissions principals condition cel_config',
    noEffect: 'checked_condition',
  },
  'envoy.config.core.v3.CelExpressionConfig': { done: '*' },
  'google.api.expr.v1alpha1.Expr': { done: '*', noEffect: 'id' },
  'google.api.expr.v1alpha1.Expr.Ident': { done: '*' },
  'google.api.expr.v1alpha1.Expr.Select': { done: '*' },
  'google.api.expr.v1alpha1.Expr.Call': { done: '*' },
  'google.api.expr.v1alpha1.Expr.CreateList': { done: '*' },
  'google.api.expr.v1alpha1.Expr.CreateStruct': { done: '*' },
  'google.api.expr.v1alpha1.Expr.CreateStruct.Entry': { done: '*', noEffect: 'id' },
  'google.api.expr.v1alpha1.Constant': {
    done: 'null_value bool_value int64_value uint64_value double_value string_value bytes_value duration_value timestamp_value',
  },
  'google.api.expr.v1alpha1.CheckedExpr': { done: 'expr', noEffect: 'reference_map type_map source_info' },
  'envoy.config.rbac.v3.Permission': {
    done: 'and_rules or_rules any header url_path metadata not_rule destination_port destination_port_range requested_server_name destination_ip uri_template matcher sourced_metadata',
  },
  'envoy.config.rbac.v3.Permission.Set': { done: '*' },
  'envoy.config.rbac.v3.Principal': {
    done: 'and_ids or_ids any header url_path metadata not_id authenticated source_ip direct_remote_ip remote_ip filter_state sourced_metadata custom',
  },
  'envoy.config.rbac.v3.SourcedMetadata': { done: '*', values: { metadata_source: '*' } },
  'envoy.type.matcher.v3.FilterStateMatcher': { done: '*' },
  'envoy.type.matcher.v3.AddressMatcher': { done: '*' },
  'envoy.extensions.rbac.matchers.upstream_ip_port.v3.UpstreamIpPortMatcher': { done: '*' },
  'envoy.extensions.rbac.principals.mtls_authenticated.v3.Config': { done: '*' },
  'envoy.config.rbac.v3.Principal.Authenticated': { done: '*' },
  'envoy.type.v3.Int32Range': { done: '*' },
  'envoy.config.rbac.v3.Principal.Set': { done: '*' },
  'envoy.config.core.v3.CidrRange': { done: '*' },
};
