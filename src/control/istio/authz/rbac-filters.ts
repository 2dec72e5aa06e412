import { create } from '@bufbuild/protobuf';
import { type Filter, FilterSchema } from '#schema/envoy/config/listener/v3/listener_components_pb.js';
import { type RBAC, RBAC_Action } from '#schema/envoy/config/rbac/v3/rbac_pb.js';
import { RBACSchema as HttpRbacSchema } from '#schema/envoy/extensions/filters/http/rbac/v3/rbac_pb.js';
import {
  type HttpFilter,
  HttpFilterSchema,
} from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { RBACSchema as NetworkRbacSchema } from '#schema/envoy/extensions/filters/network/rbac/v3/rbac_pb.js';
import {
  AuthorizationPolicySpec_Action as Action,
  type AuthorizationPolicy,
} from '#schema/istio/security_pb.js';
import { packAny } from '../../../resources/index.ts';
import { dryRunOf, nameplateOf } from '../identity.ts';
import type { Lineage } from '../lineage.ts';
import { buildRules, type RuleContext } from './rules.ts';

/** The filters of one proxy, for its HTTP and for its TCP filter chains. */
export interface FilterPair {
  http: HttpFilter[];
  network: Filter[];
}

/** One RBAC filter's content. */
export interface RbacContent {
  rules?: RBAC;
  shadowRules?: RBAC;
  shadowRulesStatPrefix?: string;
}

/** The order in which istiod puts its filters; the first that refuses ends the request. */
const ORDER = [
  { action: Action.AUDIT, verdict: RBAC_Action.LOG },
  { action: Action.DENY, verdict: RBAC_Action.DENY },
  { action: Action.ALLOW, verdict: RBAC_Action.ALLOW },
] as const;

/** One filter for each action that a policy asks for. CUSTOM is another matter: `custom-filters.ts`. */
export function buildRbacFilters(
  policies: readonly AuthorizationPolicy[],
  context: Omit<RuleContext, 'tcp'>,
): FilterPair {
  const pair: FilterPair = { http: [], network: [] };
  for (const { action, verdict } of ORDER) {
    const chosen = policies.filter((policy) => (policy.spec?.action ?? Action.ALLOW) === action);
    if (chosen.length === 0) continue;
    const variant = `rbac ${verdict} ${context.peerInFilterState}`;
    const { http, network } = context.memo.ofList(chosen, variant, () => {
      const content = rbacContent(chosen, verdict, { ...context, tcp: false });
      return {
        http: httpRbac(content, chosen, context.lineage),
        network: networkRbac(rbacContent(chosen, verdict, { ...context, tcp: true })),
      };
    });
    pair.http.push(http);
    pair.network.push(network);
  }
  return pair;
}

function rbacContent(
  policies: readonly AuthorizationPolicy[],
  verdict: RBAC_Action,
  context: RuleContext,
): RbacContent {
  const enforced = policies.filter((policy) => dryRunOf(policy) !== true);
  const dry = policies.filter((policy) => dryRunOf(policy) === true);
  const content: RbacContent = {
    shadowRulesStatPrefix:
      dry.length > 0 && verdict === RBAC_Action.DENY ? 'istio_dry_run_deny_' : 'istio_dry_run_allow_',
  };
  if (enforced.length > 0) content.rules = buildRules(enforced, verdict, context);
  if (dry.length > 0) content.shadowRules = buildRules(dry, verdict, context);
  return content;
}

/** @param policies those that the filter is made of; what it says as a whole is said of the first. */
export function httpRbac(
  content: RbacContent,
  policies: readonly AuthorizationPolicy[],
  lineage: Lineage,
): HttpFilter {
  const { about, field } = nameplateOf(policies[0] ?? {});
  const message = lineage.inherit(create(HttpRbacSchema, content), about, field);
  const filter = create(HttpFilterSchema, {
    name: 'envoy.filters.http.rbac',
    configType: { case: 'typedConfig', value: packAny(HttpRbacSchema, message) },
  });
  return lineage.inherit(filter, about, field);
}

export function networkRbac(content: RbacContent): Filter {
  const message = create(NetworkRbacSchema, { ...content, statPrefix: 'tcp.' });
  return create(FilterSchema, {
    name: 'envoy.filters.network.rbac',
    configType: { case: 'typedConfig', value: packAny(NetworkRbacSchema, message) },
  });
}
