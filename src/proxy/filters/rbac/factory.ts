import type { Message } from '@bufbuild/protobuf';
import type { RBAC as Rules } from '#schema/envoy/config/rbac/v3/rbac_pb.js';
import { type RBAC, RBACSchema } from '#schema/envoy/extensions/filters/http/rbac/v3/rbac_pb.js';
import { compileRbacEngine, type RbacSubject } from '../../../core/rbac/index.ts';
import { refuseField, refuseInto } from '../../refusals.ts';
import type { FactoryContext, HttpFilter, HttpFilterFactory } from '../filter.ts';
import { RbacFilter, type RuleSet } from './filter.ts';
import { remoteAddressOf } from './remote-address.ts';
import { RbacStats } from './stats.ts';

export const rbacFactory: HttpFilterFactory = {
  schema: RBACSchema,
  compile: (config: Message, context: FactoryContext) => compileRbac(config as RBAC, context),
};

function compileRbac(config: RBAC, context: FactoryContext): HttpFilter | null {
  const { findings } = context;
  const before = findings.list.length;
  if (config.matcher !== undefined) refuseField(findings, config, 'matcher');
  if (config.shadowMatcher !== undefined) refuseField(findings, config, 'shadow_matcher');
  const enforced = compileRules(config.rules, config.rulesStatPrefix, 'enforced', config, context);
  const shadow = compileRules(config.shadowRules, config.shadowRulesStatPrefix, 'shadow', config, context);
  const hasErrors = findings.list.slice(before).some(({ severity }) => severity === 'error');
  return hasErrors ? null : new RbacFilter(config, enforced, shadow);
}

function compileRules(
  rules: Rules | undefined,
  prefix: string,
  kind: 'enforced' | 'shadow',
  config: RBAC,
  context: FactoryContext,
): RuleSet | null {
  if (rules === undefined) return null;
  const { remoteAddress } = context;
  const engine = compileRbacEngine(rules, {
    refuse: refuseInto(context.findings),
    remoteAddressOf: ({ request, connection }: RbacSubject) =>
      remoteAddressOf(request, connection, remoteAddress),
  });
  if (engine === null) return null;
  const tracked = config.trackPerRuleStats ? engine.policies.map(({ name }) => name) : [];
  return {
    engine,
    policyIdKey: `${prefix}${kind}_effective_policy_id`,
    resultKey: `${prefix}${kind}_engine_result`,
    stats: new RbacStats(context.stats, prefix, kind === 'shadow' ? 'shadow_' : '', tracked),
  };
}
