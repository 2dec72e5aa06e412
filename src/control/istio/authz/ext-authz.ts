import { create } from '@bufbuild/protobuf';
import { ApiVersion } from '#schema/envoy/config/core/v3/config_source_pb.js';
import { GrpcServiceSchema } from '#schema/envoy/config/core/v3/grpc_service_pb.js';
import { type Filter, FilterSchema } from '#schema/envoy/config/listener/v3/listener_components_pb.js';
import {
  type AuthorizationRequest,
  AuthorizationRequestSchema,
  type AuthorizationResponse,
  AuthorizationResponseSchema,
  type ExtAuthz,
  ExtAuthzSchema,
  HttpServiceSchema,
} from '#schema/envoy/extensions/filters/http/ext_authz/v3/ext_authz_pb.js';
import { ExtAuthzSchema as NetworkExtAuthzSchema } from '#schema/envoy/extensions/filters/network/ext_authz/v3/ext_authz_pb.js';
import {
  type HttpFilter,
  HttpFilterSchema,
} from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { type ListStringMatcher, ListStringMatcherSchema } from '#schema/envoy/type/matcher/v3/string_pb.js';
import { type StatusCode, StatusCodeSchema } from '#schema/envoy/type/v3/http_status_pb.js';
import type {
  ExtAuthzGrpcProvider,
  ExtAuthzHttpProvider,
  ExtAuthzRequestBody,
  ExtensionProvider,
} from '#schema/istio/mesh_pb.js';
import { packAny } from '../../../resources/index.ts';
import { durationOf, parseGoDuration } from '../go-duration.ts';
import { outboundCluster, type Services } from '../services.ts';
import { metadataMatcher, stringValue } from './metadata-matcher.ts';
import { wildcardMatcher } from './string-matcher.ts';

/** The filters that ask an external authorizer; an HTTP authorizer has none for TCP. */
export interface ExtAuthzPair {
  http: HttpFilter;
  network: Filter | null;
}

/** The start of every CUSTOM policy's name; the ext_authz filter acts where such a policy matched. */
export function customPrefix(provider: string): string {
  return `istio-ext-authz-${provider}`;
}

const DEFAULT_TIMEOUT_NS = 600_000_000_000n;

/** @returns why the provider cannot be used, where it cannot: its policies then deny what they match. */
export function buildExtAuthz(provider: ExtensionProvider, services: Services): ExtAuthzPair | string {
  const config = provider.provider;
  if (config.case === undefined) return `provider \`${provider.name}\` is no external authorizer`;
  const problem = problemOf(config.value);
  if (problem !== null) return problem;
  const found = services.find(config.value.service);
  if ('problem' in found) return found.problem;
  const upstream = { host: found.host, cluster: outboundCluster(found.host, config.value.port) };
  return config.case === 'envoyExtAuthzHttp'
    ? httpPair(provider.name, config.value, upstream)
    : grpcPair(provider.name, config.value, upstream);
}

interface Upstream {
  host: string;
  cluster: string;
}

function httpPair(name: string, config: ExtAuthzHttpProvider, upstream: Upstream): ExtAuthzPair {
  const message = base(name, config);
  const inCheck = config.includeRequestHeadersInCheck;
  const allowed = headerList(inCheck.length > 0 ? inCheck : config.includeHeadersInCheck);
  if (allowed !== undefined) message.allowedHeaders = allowed;
  const request = authorizationRequest(config);
  const response = authorizationResponse(config);
  const service = create(HttpServiceSchema, {
    pathPrefix: config.pathPrefix,
    serverUri: {
      uri: `http://${upstream.host}`,
      timeout: timeoutOf(config),
      httpUpstreamType: { case: 'cluster', value: upstream.cluster },
    },
    ...(request === undefined ? {} : { authorizationRequest: request }),
    ...(response === undefined ? {} : { authorizationResponse: response }),
  });
  message.services = { case: 'httpService', value: service };
  return { http: httpFilter(message), network: null };
}

function grpcPair(name: string, config: ExtAuthzGrpcProvider, upstream: Upstream): ExtAuthzPair {
  const http = base(name, config);
  const grpcService = create(GrpcServiceSchema, {
    targetSpecifier: {
      case: 'envoyGrpc',
      value: { clusterName: upstream.cluster, authority: upstream.host },
    },
    timeout: timeoutOf(config),
  });
  http.services = { case: 'grpcService', value: grpcService };
  const network = create(NetworkExtAuthzSchema, {
    statPrefix: 'tcp.',
    failureModeAllow: config.failOpen,
    transportApiVersion: ApiVersion.V3,
    grpcService,
    filterEnabledMetadata: enabledBy('envoy.filters.network.rbac', name),
  });
  return { http: httpFilter(http), network: networkFilter(network) };
}

function base(name: string, config: ExtAuthzHttpProvider | ExtAuthzGrpcProvider): ExtAuthz {
  const code = statusCode(config.statusOnError);
  return create(ExtAuthzSchema, {
    failureModeAllow: config.failOpen,
    transportApiVersion: ApiVersion.V3,
    filterEnabledMetadata: enabledBy('envoy.filters.http.rbac', name),
    ...(code === null ? {} : { statusOnError: { code } }),
    ...requestBody(config.includeRequestBodyInCheck),
  });
}

function requestBody(body: ExtAuthzRequestBody | undefined) {
  if (body === undefined) return {};
  const { maxRequestBytes, allowPartialMessage, packAsBytes } = body;
  return { withRequestBody: { maxRequestBytes, allowPartialMessage, packAsBytes } };
}

function enabledBy(filter: string, provider: string) {
  const value = stringValue(wildcardMatcher(`${customPrefix(provider)}*`));
  return metadataMatcher(filter, ['istio_ext_authz_shadow_effective_policy_id'], value);
}

function authorizationRequest(config: ExtAuthzHttpProvider): AuthorizationRequest | undefined {
  const added = Object.entries(config.includeAdditionalHeadersInCheck).sort(([a], [b]) => (a < b ? -1 : 1));
  if (added.length === 0) return undefined;
  return create(AuthorizationRequestSchema, {
    headersToAdd: added.map(([key, value]) => ({ key, value })),
  });
}

function authorizationResponse(config: ExtAuthzHttpProvider): AuthorizationResponse | undefined {
  const upstream = headerList(config.headersToUpstreamOnAllow);
  const denied = headerList(config.headersToDownstreamOnDeny);
  const allowed = headerList(config.headersToDownstreamOnAllow);
  if (upstream === undefined && denied === undefined && allowed === undefined) return undefined;
  return create(AuthorizationResponseSchema, {
    ...(upstream === undefined ? {} : { allowedUpstreamHeaders: upstream }),
    ...(denied === undefined ? {} : { allowedClientHeaders: denied }),
    ...(allowed === undefined ? {} : { allowedClientHeadersOnSuccess: allowed }),
  });
}

function headerList(names: readonly string[]): ListStringMatcher | undefined {
  if (names.length === 0) return undefined;
  const patterns = names.map((name) => {
    const matcher = wildcardMatcher(name);
    matcher.ignoreCase = true;
    return matcher;
  });
  return create(ListStringMatcherSchema, { patterns });
}

function timeoutOf({ timeout }: { timeout?: string | undefined }) {
  const nanoseconds = timeout === undefined ? null : parseGoDuration(timeout);
  return durationOf(nanoseconds === null ? DEFAULT_TIMEOUT_NS : nanoseconds);
}

/** A status by its number, where Envoy has a name for it; null for anything else. */
function statusCode(text: string): StatusCode | null {
  if (!/^[+-]?\d+$/.test(text)) return null;
  const found = StatusCodeSchema.values.find((value) => value.number === Number(text));
  return found === undefined || found.number === 0 ? null : found.number;
}

function problemOf(config: ExtAuthzHttpProvider | ExtAuthzGrpcProvider): string | null {
  if (config.port < 1 || config.port > 65535) return `port \`${config.port}\` is not within 1..65535`;
  if (config.statusOnError !== '' && statusCode(config.statusOnError) === null) {
    return `\`${config.statusOnError}\` is no HTTP status`;
  }
  return 'pathPrefix' in config ? httpProblem(config) : null;
}

function httpProblem(config: ExtAuthzHttpProvider): string | null {
  if (config.pathPrefix !== '' && !config.pathPrefix.startsWith('/')) {
    return `path prefix \`${config.pathPrefix}\` does not start with a slash`;
  }
  const names = [
    ...config.includeHeadersInCheck,
    ...config.includeRequestHeadersInCheck,
    ...config.headersToUpstreamOnAllow,
    ...config.headersToDownstreamOnDeny,
    ...config.headersToDownstreamOnAllow,
  ];
  const bad = names.find((name) => name === '*' || /^[^*]+\*.*[^*]$/.test(name));
  return bad === undefined ? null : `\`${bad}\` is neither a header name nor a prefix or suffix`;
}

function httpFilter(message: ExtAuthz): HttpFilter {
  return create(HttpFilterSchema, {
    name: 'envoy.filters.http.ext_authz',
    configType: { case: 'typedConfig', value: packAny(ExtAuthzSchema, message) },
  });
}

function networkFilter(message: ReturnType<typeof create<typeof NetworkExtAuthzSchema>>): Filter {
  return create(FilterSchema, {
    name: 'envoy.filters.network.ext_authz',
    configType: { case: 'typedConfig', value: packAny(NetworkExtAuthzSchema, message) },
  });
}
