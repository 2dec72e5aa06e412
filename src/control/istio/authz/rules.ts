import { create } from '@bufbuild/protobuf';
import {
  type Policy,
  PolicySchema,
  type RBAC,
  type RBAC_Action,
  RBACSchema,
  RBAC_Action as Verdict,
} from '#schema/envoy/config/rbac/v3/rbac_pb.js';
import type { AuthorizationPolicy } from '#schema/istio/security_pb.js';
import { nameplateOf, namespaceOf } from '../identity.ts';
import type { Lineage } from '../lineage.ts';
import type { RulePolicies, TranslationMemo } from '../translation-memo.ts';
import { Unfit } from './attribute.ts';
import { permissionAlgebra } from './permission-attributes.ts';
import { policyName } from './policy-name.ts';
import { principalAlgebra } from './principal-attributes.ts';
import { buildRulePolicy } from './rule-policy.ts';
import type { TrustDomains } from './trust-domains.ts';

/** What the rules are generated for. */
export interface RuleContext {
  tcp: boolean;
  peerInFilterState: boolean;
  trustDomains: TrustDomains;
  lineage: Lineage;
  memo: TranslationMemo;
}

/** @param prefix goes before each policy's name. */
export function buildRules(
  policies: readonly AuthorizationPolicy[],
  action: RBAC_Action,
  context: RuleContext,
  prefix = '',
  suffix = '',
): RBAC {
  const rules = create(RBACSchema, { action });
  const variant = `${action} ${context.tcp} ${context.peerInFilterState}`;
  for (const policy of policies) {
    const made = context.memo.rules(policy, variant, () => rulePolicies(policy, action, context));
    for (const [name, generated] of made) {
      rules.policies[`${prefix}${name}${suffix}`] = generated;
    }
  }
  return rules;
}

function rulePolicies(policy: AuthorizationPolicy, action: RBAC_Action, context: RuleContext): RulePolicies {
  const rules = policy.spec?.rules ?? [];
  if (rules.length === 0) return [[policyName(policy, 0), matchNothing(policy, context.lineage)]];
  const target = { ...context, namespace: namespaceOf(policy) };
  const errors = { strict: action === Verdict.ALLOW };
  return rules.flatMap((rule, index): [string, Policy][] => {
    const generated = buildRulePolicy(rule, context.trustDomains, target, errors);
    return generated instanceof Unfit ? [] : [[policyName(policy, index), generated]];
  });
}

/** A policy without rules is there and matches nothing: as the only ALLOW policy it denies everything. */
function matchNothing(policy: AuthorizationPolicy, lineage: Lineage): Policy {
  const never = create(PolicySchema, {
    permissions: [permissionAlgebra.not(permissionAlgebra.any())],
    principals: [principalAlgebra.not(principalAlgebra.any())],
  });
  const { about, field } = nameplateOf(policy);
  return lineage.inherit(never, about, field);
}
