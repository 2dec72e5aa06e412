import { create } from '@bufbuild/protobuf';
import {
  type JwtAuthentication,
  JwtAuthenticationSchema,
  type JwtProvider,
  JwtProviderSchema,
  type JwtRequirement,
  JwtRequirementSchema,
  RequirementRuleSchema,
} from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import {
  type HttpFilter,
  HttpFilterSchema,
} from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import type { JWTRule, RequestAuthentication } from '#schema/istio/security_pb.js';
import { packAny } from '../../../resources/index.ts';
import type { Lineage } from '../lineage.ts';
import type { WorkloadKind } from '../workload.ts';
import type { JwksResolver } from './jwks.ts';

export interface JwtFilterContext {
  kind: WorkloadKind;
  jwks: JwksResolver;
  lineage: Lineage;
}

/** These claims are always split at spaces, so that one scope can be matched. */
const SPACE_DELIMITED = ['permission', 'scope'];

/**
 * The jwt_authn filter of all rules that apply: one provider for each rule, ordered by issuer, any of which may accept the token;
 * a missing token passes, a token that no provider takes does not (istio.md §2.2).
 * @returns null when there is no rule.
 */
export function buildJwtFilter(
  requests: readonly RequestAuthentication[],
  context: JwtFilterContext,
): HttpFilter | null {
  const rules = requests.flatMap((request) => request.spec?.jwtRules ?? []);
  if (rules.length === 0) return null;
  const issuer = (rule: JWTRule) => rule.issuer ?? '';
  const ordered = rules.toSorted((a, b) => (issuer(a) < issuer(b) ? -1 : issuer(a) > issuer(b) ? 1 : 0));
  const message = buildAuthentication(ordered, context);
  const filter = create(HttpFilterSchema, {
    name: 'envoy.filters.http.jwt_authn',
    configType: { case: 'typedConfig', value: packAny(JwtAuthenticationSchema, message) },
  });
  return context.lineage.inherit(filter, message);
}

function buildAuthentication(rules: readonly JWTRule[], context: JwtFilterContext): JwtAuthentication {
  const first = rules[0] as JWTRule;
  const providers = Object.fromEntries(
    rules.map((rule, index) => [providerName(index), buildProvider(rule, context)]),
  );
  const requires = buildRequirement(rules, context.lineage);
  const rule = create(RequirementRuleSchema, {
    match: { pathSpecifier: { case: 'prefix', value: '/' } },
    requirementType: { case: 'requires', value: requires },
  });
  const message = create(JwtAuthenticationSchema, {
    providers,
    rules: [context.lineage.inherit(rule, first)],
    bypassCorsPreflight: true,
  });
  return context.lineage.inherit(message, first);
}

function providerName(index: number): string {
  return `origins-${index}`;
}

function buildProvider(rule: JWTRule, { kind, jwks, lineage }: JwtFilterContext): JwtProvider {
  const provider = create(JwtProviderSchema, {
    issuer: rule.issuer ?? '',
    audiences: rule.audiences,
    forward: rule.forwardOriginalToken,
    forwardPayloadHeader: rule.outputPayloadToHeader,
    payloadInMetadata: 'payload',
    normalizePayloadInMetadata: { spaceDelimitedClaims: spaceDelimited(rule) },
    clearRouteCache: kind !== 'sidecar',
    claimToHeaders: rule.outputClaimToHeaders.map(({ header, claim }) => ({
      headerName: header,
      claimName: claim,
    })),
    fromHeaders: rule.fromHeaders.map(({ name, prefix }) => ({ name, valuePrefix: prefix })),
    fromParams: rule.fromParams,
    fromCookies: rule.fromCookies,
  });
  provider.jwksSourceSpecifier = jwks.resolve(rule);
  return withPlaces(provider, rule, lineage);
}

/** The provider's fields are said to stand where the rule's are written. */
const FIELDS: readonly (readonly [provider: string, rule: string])[] = [
  ['issuer', 'issuer'],
  ['audiences', 'audiences'],
  ['forward', 'forward_original_token'],
  ['forward_payload_header', 'output_payload_to_header'],
  ['claim_to_headers', 'output_claim_to_headers'],
  ['from_headers', 'from_headers'],
  ['from_params', 'from_params'],
  ['from_cookies', 'from_cookies'],
  ['local_jwks', 'jwks'],
  ['remote_jwks', 'jwks_uri'],
];

function withPlaces(provider: JwtProvider, rule: JWTRule, lineage: Lineage): JwtProvider {
  lineage.inherit(provider, rule);
  for (const [made, from] of FIELDS) lineage.inheritField(provider, made, rule, from);
  return provider;
}

function spaceDelimited({ spaceDelimitedClaims }: JWTRule): string[] {
  return [...new Set([...SPACE_DELIMITED, ...spaceDelimitedClaims])].sort();
}

function buildRequirement(rules: readonly JWTRule[], lineage: Lineage): JwtRequirement {
  const required = (index: number) =>
    lineage.inherit(
      create(JwtRequirementSchema, { requiresType: { case: 'providerName', value: providerName(index) } }),
      rules[index] as JWTRule,
    );
  const optional = (index: number) => requiresAny([required(index), allowMissing()]);
  if (rules.length === 1) return lineage.inherit(optional(0), rules[0] as JWTRule);
  const each = rules.map((_, index) => optional(index));
  const all = create(JwtRequirementSchema, {
    requiresType: { case: 'requiresAll', value: { requirements: each } },
  });
  return lineage.inherit(
    requiresAny([...rules.map((_, index) => required(index)), all]),
    rules[0] as JWTRule,
  );
}

function requiresAny(requirements: JwtRequirement[]): JwtRequirement {
  return create(JwtRequirementSchema, { requiresType: { case: 'requiresAny', value: { requirements } } });
}

function allowMissing(): JwtRequirement {
  return create(JwtRequirementSchema, { requiresType: { case: 'allowMissing', value: {} } });
}
