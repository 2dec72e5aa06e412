import { RBAC_Action } from '#schema/envoy/config/rbac/v3/rbac_pb.js';
import { ExtAuthzSchema } from '#schema/envoy/extensions/filters/http/ext_authz/v3/ext_authz_pb.js';
import type { HttpFilter } from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import type { ExtensionProvider } from '#schema/istio/mesh_pb.js';
import {
  AuthorizationPolicySpec_Action as Action,
  type AuthorizationPolicy,
} from '#schema/istio/security_pb.js';
import { unpackAny } from '../../../resources/index.ts';
import { nameplateOf } from '../identity.ts';
import type { Lineage } from '../lineage.ts';
import type { Services } from '../services.ts';
import { buildExtAuthz, customPrefix, type ExtAuthzPair } from './ext-authz.ts';
import { type FilterPair, httpRbac, networkRbac } from './rbac-filters.ts';
import { buildRules, type RuleContext } from './rules.ts';

export interface CustomContext extends Omit<RuleContext, 'tcp'> {
  providers: readonly ExtensionProvider[];
  services: Services;
  /** Several providers may stand on one workload. */
  multiple: boolean;
  /** Told why the policies of a provider deny what they match. */
  onProblem(policies: readonly AuthorizationPolicy[], problem: string): void;
}

const SHADOW_PREFIX = 'istio_ext_authz_';
const DENY_SUFFIX = '-deny-due-to-bad-CUSTOM-action';

/**
 * CUSTOM policies: for each provider an RBAC filter that only notes which policy matched, and an ext_authz filter that acts where
 * one did. A provider that cannot be used fails closed: what its policies match is denied.
 */
export function buildCustomFilters(
  policies: readonly AuthorizationPolicy[],
  context: CustomContext,
): FilterPair {
  const pair: FilterPair = { http: [], network: [] };
  const custom = policies.filter((policy) => policy.spec?.action === Action.CUSTOM);
  const byProvider = Map.groupBy(custom, providerOf);
  const tooMany = byProvider.size > 1 && !context.multiple;
  for (const [provider, members] of [...byProvider].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const authorizer = tooMany
      ? 'only one provider can be used on a workload'
      : authorizerOf(provider, context);
    if (typeof authorizer === 'string') {
      context.onProblem(members, authorizer);
      pushDenial(pair, members, context);
    } else {
      pushPair(pair, members, context, authorizer);
    }
  }
  return pair;
}

function providerOf(policy: AuthorizationPolicy): string {
  return policy.spec?.provider?.name ?? '';
}

function authorizerOf(name: string, { providers, services }: CustomContext): ExtAuthzPair | string {
  const provider = providers.find((candidate) => candidate.name === name);
  if (provider === undefined) return `provider \`${name}\` is not in the mesh configuration`;
  return buildExtAuthz(provider, services);
}

function pushPair(
  pair: FilterPair,
  policies: AuthorizationPolicy[],
  context: CustomContext,
  authorizer: ExtAuthzPair,
): void {
  const shadow = (tcp: boolean) => ({
    shadowRules: customRules(policies, { ...context, tcp }),
    shadowRulesStatPrefix: SHADOW_PREFIX,
  });
  const http = inherited(authorizer.http, policies, context.lineage);
  pair.http.push(httpRbac(shadow(false), policies, context.lineage), http);
  if (authorizer.network !== null) pair.network.push(networkRbac(shadow(true)), authorizer.network);
}

/** What is said of the authorizer is said of the first policy that asks it. */
function inherited(filter: HttpFilter, policies: AuthorizationPolicy[], lineage: Lineage): HttpFilter {
  const { about, field } = nameplateOf(policies[0] ?? {});
  const config = filter.configType;
  if (config.case === 'typedConfig') lineage.inherit(unpackAny(ExtAuthzSchema, config.value), about, field);
  return lineage.inherit(filter, about, field);
}

function pushDenial(pair: FilterPair, policies: AuthorizationPolicy[], context: CustomContext): void {
  const rules = (tcp: boolean) => ({ rules: customRules(policies, { ...context, tcp }, DENY_SUFFIX) });
  pair.http.push(httpRbac(rules(false), policies, context.lineage));
  pair.network.push(networkRbac(rules(true)));
}

function customRules(policies: AuthorizationPolicy[], context: RuleContext, suffix = '') {
  const prefix = `${customPrefix(providerOf(policies[0] as AuthorizationPolicy))}-`;
  return buildRules(policies, RBAC_Action.DENY, context, prefix, suffix);
}
