import { create, type Message } from '@bufbuild/protobuf';
import {
  HeaderValueOption_HeaderAppendAction as AppendAction,
  HeaderValueOptionSchema,
} from '#schema/envoy/config/core/v3/base_pb.js';
import {
  type ExtAuthz,
  type ExtAuthzPerRoute,
  ExtAuthzPerRouteSchema,
  ExtAuthzSchema,
  type HttpService,
} from '#schema/envoy/extensions/filters/http/ext_authz/v3/ext_authz_pb.js';
import { compileMetadataMatcher } from '../../../core/match/index.ts';
import type { Findings } from '../../../resources/index.ts';
import { durationMs } from '../../duration.ts';
import { refuseField, refuseInto } from '../../refusals.ts';
import { compileHeaderMutations, type HeaderMutations } from '../../route/header-mutation.ts';
import type { FactoryContext, HttpFilter, HttpFilterFactory } from '../filter.ts';
import { compileFraction } from '../fraction.ts';
import { routeConfigOf } from '../route-config.ts';
import { ExtAuthzFilter, type ExtAuthzParts } from './filter.ts';
import { compileNameList } from './name-list.ts';
import type { ServiceSettings } from './service.ts';
import { createExtAuthzStats } from './stats.ts';

export const extAuthzFactory: HttpFilterFactory = {
  schema: ExtAuthzSchema,
  compile(config: Message, context: FactoryContext): HttpFilter | null {
    const { findings, name, upstreams } = context;
    const before = findings.list.length;
    const parts = compileParts(config as ExtAuthz, context);
    const hasErrors = findings.list.slice(before).some(({ severity }) => severity === 'error');
    if (parts === null || hasErrors) return null;
    return new ExtAuthzFilter(
      parts,
      (route) => (routeConfigOf(route, name, extAuthzFactory) as RouteWord | undefined)?.isOff === true,
      upstreams,
    );
  },
  perRoute: { schema: ExtAuthzPerRouteSchema, compile: compilePerRoute },
};

interface RouteWord {
  isOff: boolean;
}

function compilePerRoute(config: Message, { findings }: FactoryContext): RouteWord | null {
  const { override } = config as ExtAuthzPerRoute;
  if (override.case !== 'checkSettings') return { isOff: override.value === true };
  if (override.value.withRequestBody === undefined) return { isOff: false };
  refuseField(findings, override.value, 'with_request_body');
  return null;
}

const FORBIDDEN = 403;

function compileParts(config: ExtAuthz, context: FactoryContext): ExtAuthzParts | null {
  const { findings, stats } = context;
  refuseOtherFields(config, findings);
  if (config.services.case !== 'httpService') return null;
  const metadata = config.filterEnabledMetadata;
  return {
    origin: config,
    service: compileService(config, config.services.value, findings),
    enabled: compileFraction(config.filterEnabled, 'all'),
    enabledMetadata: metadata === undefined ? null : compileMetadataMatcher(metadata, refuseInto(findings)),
    deniesWhereDisabled: config.denyAtDisable?.defaultValue ?? false,
    allowsOnFailure: config.failureModeAllow,
    tellsOfFailure: config.failureModeAllowHeaderAdd,
    statusOnError: config.statusOnError?.code || FORBIDDEN,
    clearsRoute: config.clearRouteCache,
    writesMetadata: config.enableDynamicMetadataIngestion ?? true,
    stats: createExtAuthzStats(stats, config.statPrefix),
  };
}

function refuseOtherFields(config: ExtAuthz, findings: Findings): void {
  const { services } = config;
  if (services.case === 'grpcService') refuseField(findings, config, 'grpc_service');
  if (services.case === undefined) refuseField(findings, config, 'services', ': `http_service` is needed');
  if (config.withRequestBody !== undefined) refuseField(findings, config, 'with_request_body');
  if (config.decoderHeaderMutationRules !== undefined) {
    refuseField(findings, config, 'decoder_header_mutation_rules');
  }
}

function compileService(config: ExtAuthz, service: HttpService, findings: Findings): ServiceSettings {
  const { serverUri, pathPrefix, authorizationRequest: asked, authorizationResponse: answer } = service;
  if (pathPrefix !== '' && !pathPrefix.startsWith('/')) {
    const message = 'path_prefix should start with "/".';
    findings.report({ code: 'E122', severity: 'error', message, envoy: 'refuses', about: service });
  }
  const uri = serverUri?.httpUpstreamType;
  if (uri?.case !== 'cluster') refuseField(findings, service, 'server_uri', ' without a `cluster`');
  return {
    cluster: uri?.value ?? '',
    timeoutMs: serverUri?.timeout === undefined ? 0 : durationMs(serverUri.timeout),
    pathPrefix,
    allowedHeaders: compileNameList(config.allowedHeaders ?? asked?.allowedHeaders, findings),
    disallowedHeaders: compileNameList(config.disallowedHeaders, findings),
    headersToAdd: compileAdded(asked, findings),
    upstreamHeaders: compileNameList(answer?.allowedUpstreamHeaders, findings),
    upstreamHeadersToAppend: compileNameList(answer?.allowedUpstreamHeadersToAppend, findings),
    clientHeaders: compileNameList(answer?.allowedClientHeaders, findings),
    clientHeadersOnSuccess: compileNameList(answer?.allowedClientHeadersOnSuccess, findings),
    metadataHeaders: compileNameList(answer?.dynamicMetadataFromHeaders, findings),
  };
}

/** They take the place of what the client sent. */
function compileAdded(
  asked: HttpService['authorizationRequest'],
  findings: Findings,
): HeaderMutations | null {
  if (asked === undefined) return null;
  const options = asked.headersToAdd.map((header) =>
    create(HeaderValueOptionSchema, { header, appendAction: AppendAction.OVERWRITE_IF_EXISTS_OR_ADD }),
  );
  return compileHeaderMutations(options, [], asked, findings);
}
