import { create } from '@bufbuild/protobuf';
import {
  HeaderValueOption_HeaderAppendAction as AppendAction,
  type HeaderValue,
  HeaderValueOptionSchema,
} from '#schema/envoy/config/core/v3/base_pb.js';
import type { GrpcService } from '#schema/envoy/config/core/v3/grpc_service_pb.js';
import type {
  ExtAuthz,
  HttpService,
} from '#schema/envoy/extensions/filters/http/ext_authz/v3/ext_authz_pb.js';
import { lowerAscii, toByteString } from '../../../core/match/index.ts';
import type { Findings } from '../../../resources/index.ts';
import { durationMs } from '../../duration.ts';
import { refuseField } from '../../refusals.ts';
import { compileHeaderMutations, type HeaderMutations } from '../../route/header-mutation.ts';
import type { Authorizer, ToldHeaders } from './authorizer.ts';
import { GrpcAuthorizer } from './grpc-authorizer.ts';
import { HttpAuthorizer } from './http-authorizer.ts';
import { compileNameList, NameList } from './name-list.ts';

/** Compiles the service of a filter's own configuration; null after an error. */
export function compileAuthorizer(config: ExtAuthz, findings: Findings): Authorizer | null {
  const { services } = config;
  switch (services.case) {
    case 'grpcService':
      return compileGrpcAuthorizer(config, config, services.value, findings);
    case 'httpService':
      return compileHttpAuthorizer(config, services.value, findings);
    case undefined:
      refuseField(findings, config, 'services', ': `http_service` or `grpc_service` is needed');
      return null;
  }
}

/** Which headers it is told. Over gRPC these are all where no list says which; over HTTP none but a few. */
export function compileTold(config: ExtAuthz, findings: Findings): ToldHeaders {
  const { services, allowedHeaders } = config;
  const older =
    services.case === 'httpService' ? services.value.authorizationRequest?.allowedHeaders : undefined;
  const listed = older ?? allowedHeaders;
  const all = services.case === 'grpcService' && listed === undefined;
  return {
    always: services.case === 'httpService' ? ALWAYS_TOLD : NO_NAMES,
    raw: config.encodeRawHeaders,
    allowed: all ? null : compileNameList(listed, findings),
    disallowed:
      config.disallowedHeaders === undefined ? NONE : compileNameList(config.disallowedHeaders, findings),
  };
}

const NONE = new NameList([]);
/** By a filter that asks over HTTP, whomever a route asks (Envoy: ext_authz.cc, toRequestMatchers). */
const ALWAYS_TOLD: ReadonlySet<string> = new Set(['authorization', ':method', ':path', ':authority']);
const NO_NAMES: ReadonlySet<string> = new Set();

/**
 * @param config the filter's, which says what services are told wherever they are named
 * @param holder the message whose `grpc_service` it is
 */
export function compileGrpcAuthorizer(
  config: ExtAuthz,
  holder: object,
  service: GrpcService,
  findings: Findings,
): Authorizer | null {
  const { targetSpecifier: target, timeout, initialMetadata } = service;
  if (target.case !== 'envoyGrpc') {
    refuseField(findings, service, target.case === 'googleGrpc' ? 'google_grpc' : 'envoy_grpc');
    return null;
  }
  refuseUntold(config, findings);
  return new GrpcAuthorizer({
    origin: holder,
    cluster: target.value.clusterName,
    authority: target.value.authority,
    timeoutMs: timeout === undefined ? TIMEOUT_MS : durationMs(timeout),
    metadata: compileInitialMetadata(initialMetadata, findings),
    isSilent: target.value.skipEnvoyHeaders,
    // Nothing is longer than none.
    bytesMax: target.value.maxReceiveMessageLength || undefined,
    check: {
      metadataNamespaces: config.metadataContextNamespaces,
      routeMetadataNamespaces: config.routeMetadataContextNamespaces,
      includesTlsSession: config.includeTlsSession,
      includesCertificate: config.includePeerCertificate,
      rawHeaders: config.encodeRawHeaders,
    },
  });
}

const TIMEOUT_MS = 200;

/** Envoy takes names that say where a question goes, and then sends two of them. */
function compileInitialMetadata(headers: readonly HeaderValue[], findings: Findings): HeaderMutations | null {
  const isPlain = ({ key }: HeaderValue) => !key.startsWith(':') && lowerAscii(key) !== 'host';
  for (const header of headers.filter((one) => !isPlain(one)))
    refuseField(findings, header, 'key', ` where it is \`${header.key}\``);
  return compileAdded(headers.filter(isPlain), findings);
}

/** What the service would be told by Envoy and is not by us. */
function refuseUntold(config: ExtAuthz, findings: Findings): void {
  const why = ' with a `grpc_service`';
  if (config.typedMetadataContextNamespaces.length > 0) {
    refuseField(findings, config, 'typed_metadata_context_namespaces', why);
  }
  if (config.routeTypedMetadataContextNamespaces.length > 0) {
    refuseField(findings, config, 'route_typed_metadata_context_namespaces', why);
  }
  if (config.bootstrapMetadataLabelsKey !== '') {
    refuseField(findings, config, 'bootstrap_metadata_labels_key', why);
  }
}

/** @param holder the message whose `http_service` it is */
export function compileHttpAuthorizer(holder: object, service: HttpService, findings: Findings): Authorizer {
  const { serverUri, pathPrefix, pathOverride } = service;
  const { authorizationRequest: asked, authorizationResponse: answer } = service;
  refusePaths(service, findings);
  const uri = serverUri?.httpUpstreamType;
  if (uri?.case !== 'cluster') refuseField(findings, service, 'server_uri', ' without a `cluster`');
  return new HttpAuthorizer({
    origin: holder,
    cluster: uri?.value ?? '',
    timeoutMs: serverUri?.timeout === undefined ? 0 : durationMs(serverUri.timeout),
    pathPrefix: toByteString(pathPrefix),
    pathOverride: toByteString(pathOverride),
    headersToAdd: asked === undefined ? null : compileAdded(asked.headersToAdd, findings),
    upstreamHeaders: compileNameList(answer?.allowedUpstreamHeaders, findings),
    upstreamHeadersToAppend: compileNameList(answer?.allowedUpstreamHeadersToAppend, findings),
    clientHeaders: compileNameList(answer?.allowedClientHeaders, findings),
    clientHeadersOnSuccess: compileNameList(answer?.allowedClientHeadersOnSuccess, findings),
    metadataHeaders: compileNameList(answer?.dynamicMetadataFromHeaders, findings),
  });
}

function refusePaths(service: HttpService, findings: Findings): void {
  const { pathPrefix: prefix, pathOverride: override } = service;
  const refuse = (message: string) =>
    findings.report({ code: 'E120', severity: 'error', message, envoy: 'refuses', about: service });
  const isWrong = (path: string) => path !== '' && !path.startsWith('/');
  if (prefix !== '' && override !== '')
    refuse('only one of path_prefix or path_override may be set, not both');
  if (isWrong(prefix)) refuse('path_prefix should start with "/"');
  if (isWrong(override)) refuse('path_override should start with "/"');
}

/** They take the place of what the client sent. */
function compileAdded(headers: readonly HeaderValue[], findings: Findings): HeaderMutations | null {
  const options = headers.map((header) =>
    create(HeaderValueOptionSchema, { header, appendAction: AppendAction.OVERWRITE_IF_EXISTS_OR_ADD }),
  );
  return compileHeaderMutations(options, null, findings);
}
