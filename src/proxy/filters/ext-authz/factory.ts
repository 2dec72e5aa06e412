import type { Message } from '@bufbuild/protobuf';
import { ApiVersion } from '#schema/envoy/config/core/v3/config_source_pb.js';
import {
  type ExtAuthz,
  ExtAuthzPerRouteSchema,
  ExtAuthzSchema,
} from '#schema/envoy/extensions/filters/http/ext_authz/v3/ext_authz_pb.js';
import { compileMetadataMatcher, lowerAscii } from '../../../core/match/index.ts';
import type { Findings } from '../../../resources/index.ts';
import { DEFAULT_LIMITS } from '../../http/head-parser.ts';
import { refuseField, refuseInto } from '../../refusals.ts';
import type { FactoryContext, HttpFilter, HttpFilterFactory } from '../filter.ts';
import { compileFraction } from '../fraction.ts';
import { routeConfigsOf } from '../route-config.ts';
import { bodySettings } from './body-settings.ts';
import { compileAuthorizer, compileTold } from './compile-authorizer.ts';
import { ExtAuthzFilter, type ExtAuthzParts } from './filter.ts';
import { compileRouteWord, mergeWords, type RouteWord } from './route-settings.ts';
import { createExtAuthzStats } from './stats.ts';

/** `envoy.filters.http.ext_authz`, and what routes say to it. */
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
      (route) => mergeWords(routeConfigsOf(route, name, extAuthzFactory) as RouteWord[]),
      upstreams,
    );
  },
  perRoute: { schema: ExtAuthzPerRouteSchema, compile: compileRouteWord },
};

const FORBIDDEN = 403;

function compileParts(config: ExtAuthz, context: FactoryContext): ExtAuthzParts | null {
  const { findings, stats, headLimits = DEFAULT_LIMITS } = context;
  refuseOtherFields(config, findings);
  const authorizer = compileAuthorizer(config, findings);
  if (authorizer === null) return null;
  const metadata = config.filterEnabledMetadata;
  return {
    origin: config,
    authorizer,
    told: compileTold(config, findings),
    body: config.withRequestBody === undefined ? null : bodySettings(config, config.withRequestBody),
    // Envoy's switch is the filter's alone, and always on where that asks over HTTP, whomever a route asks.
    bodyAsBytes: config.services.case === 'httpService' || config.withRequestBody?.packAsBytes === true,
    enabled: compileFraction(config.filterEnabled, 'all'),
    enabledMetadata: metadata === undefined ? null : compileMetadataMatcher(metadata, refuseInto(findings)),
    deniesWhereDisabled: config.denyAtDisable?.defaultValue ?? false,
    allowsOnFailure: config.failureModeAllow,
    tellsOfFailure: config.failureModeAllowHeaderAdd,
    statusOnError: config.statusOnError?.code || FORBIDDEN,
    clearsRoute: config.clearRouteCache,
    clearingHeaders:
      config.clearRouteCacheHeaders.length === 0
        ? null
        : new Set(config.clearRouteCacheHeaders.map(lowerAscii)),
    headLimits,
    refusalBytesMax: config.maxDeniedResponseBodyBytes,
    writesMetadata: config.enableDynamicMetadataIngestion ?? true,
    stats: createExtAuthzStats(stats, config.statPrefix),
  };
}

function refuseOtherFields(config: ExtAuthz, findings: Findings): void {
  if (config.transportApiVersion === ApiVersion.V2) {
    refuseAsEnvoy(
      config,
      'V2 xDS transport protocol version is deprecated',
      'transport_api_version',
      findings,
    );
  }
  const older =
    config.services.case === 'httpService' ? config.services.value.authorizationRequest : undefined;
  if (config.allowedHeaders !== undefined && older?.allowedHeaders !== undefined) {
    const message = 'Invalid duplicate configuration for allowed_headers.';
    refuseAsEnvoy(config, message, 'allowed_headers', findings);
  }
  if (config.validateMutations) refuseField(findings, config, 'validate_mutations');
  if (config.decoderHeaderMutationRules !== undefined) {
    refuseField(findings, config, 'decoder_header_mutation_rules');
  }
}

function refuseAsEnvoy(about: ExtAuthz, message: string, field: string, findings: Findings): void {
  findings.report({ code: 'E122', severity: 'error', message, envoy: 'refuses', about, field });
}
