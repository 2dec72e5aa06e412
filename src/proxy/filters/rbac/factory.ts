import type { DescMessage, Message, MessageShape } from '@bufbuild/protobuf';
import type { TypedExtensionConfig } from '#schema/envoy/config/core/v3/extension_pb.js';
import type { RBAC as Rules } from '#schema/envoy/config/rbac/v3/rbac_pb.js';
import {
  type RBAC,
  type RBACPerRoute,
  RBACPerRouteSchema,
  RBACSchema,
} from '#schema/envoy/extensions/filters/http/rbac/v3/rbac_pb.js';
import { UpstreamIpPortMatcherSchema } from '#schema/envoy/extensions/rbac/matchers/upstream_ip_port/v3/upstream_ip_port_matcher_pb.js';
import { ConfigSchema as MtlsAuthenticatedSchema } from '#schema/envoy/extensions/rbac/principals/mtls_authenticated/v3/mtls_authenticated_pb.js';
import type { Matcher } from '#schema/xds/type/matcher/v3/matcher_pb.js';
import { compileRbacEngine } from '../../../core/rbac/index.ts';
import { typeNameOf, unpackAny } from '../../../resources/index.ts';
import { clientOf } from '../../http/client-address.ts';
import { pathTemplateOf } from '../../path-template.ts';
import { refuseInto } from '../../refusals.ts';
import type { FactoryContext, HttpFilter, HttpFilterFactory } from '../filter.ts';
import { routeConfigOf } from '../route-config.ts';
import { RbacFilter, type RbacRules } from './filter.ts';
import { type Judge, judgeByPolicies, judgeByTree } from './judge.ts';
import type { MatchContext } from './match-input.ts';
import { createRuleSet, type RuleSet } from './rule-set.ts';
import { RbacStats } from './stats.ts';

/** `envoy.filters.http.rbac`, and what routes say to it. */
export const rbacFactory: HttpFilterFactory = {
  schema: RBACSchema,
  compile(config: Message, context: FactoryContext): HttpFilter | null {
    const rules = compileRbac(config as RBAC, config as RBAC, context);
    if (rules === null) return null;
    return new RbacFilter(
      rules,
      (route) => routeConfigOf(route, context.name, rbacFactory) as RbacRules | undefined,
    );
  },
  perRoute: { schema: RBACPerRouteSchema, compile: compilePerRoute },
};

/** Without `rbac` the filter has no rules on the route, and lets everything pass. */
function compilePerRoute(config: Message, context: FactoryContext, own: Message | null): RbacRules | null {
  const { rbac } = config as RBACPerRoute;
  if (rbac === undefined) return { origin: config, enforced: null, shadow: null };
  return compileRbac(rbac, (own as RBAC | null) ?? rbac, context);
}

/** @param counting says under which names is counted: for a route's rules too it is the filter itself (Envoy: rbac_filter.cc) */
function compileRbac(config: RBAC, counting: RBAC, context: FactoryContext): RbacRules | null {
  const { findings } = context;
  const before = findings.list.length;
  const enforced = compileRules(
    { rules: config.rules, matcher: config.matcher },
    prefixesOf(config.rulesStatPrefix, counting.rulesStatPrefix),
    'enforced',
    config,
    context,
  );
  const shadow = compileRules(
    { rules: config.shadowRules, matcher: config.shadowMatcher },
    prefixesOf(config.shadowRulesStatPrefix, counting.shadowRulesStatPrefix),
    'shadow',
    config,
    context,
  );
  const hasErrors = findings.list.slice(before).some(({ severity }) => severity === 'error');
  return hasErrors ? null : { origin: config, enforced, shadow };
}

/** Verdicts are told under the route's own prefix where it has one. */
const prefixesOf = (own: string, counting: string) => ({ key: own || counting, stats: counting });

function compileRules(
  said: { rules: Rules | undefined; matcher: Matcher | undefined },
  prefix: { key: string; stats: string },
  kind: 'enforced' | 'shadow',
  config: RBAC,
  context: FactoryContext,
): RuleSet | null {
  const { findings, clock } = context;
  const judge = compileJudge(said, {
    refuse: refuseInto(findings),
    remotePeerOf: ({ request, connection }) => clientOf(request, connection),
    startMsOf: ({ progress }) => progress?.startMs ?? clock.now(),
  });
  if (judge === null) return null;
  const tracked = config.trackPerRuleStats ? judge.policyNames : [];
  const stats = new RbacStats(context.stats, prefix.stats, kind === 'shadow' ? 'shadow_' : '', tracked);
  return createRuleSet(judge, stats, kind, prefix.key);
}

/** A matcher takes the place of rules; null: neither is there, or there was an error. */
export function compileJudge(
  { rules, matcher }: { rules: Rules | undefined; matcher: Matcher | undefined },
  context: MatchContext,
): Judge | null {
  if (matcher !== undefined) return judgeByTree(matcher, context);
  if (rules === undefined) return null;
  const engine = compileRbacEngine(rules, {
    ...context,
    pathTemplateOf: (extension) => pathTemplateOf(extension as TypedExtensionConfig),
    upstreamMatcherOf: (extension) =>
      unpackAs(UpstreamIpPortMatcherSchema, extension as TypedExtensionConfig),
    clientCertificateOf: (extension) => unpackAs(MtlsAuthenticatedSchema, extension as TypedExtensionConfig),
  });
  return engine && judgeByPolicies(engine);
}

/** What an extension says; null where it is another one. */
function unpackAs<Desc extends DescMessage>(
  schema: Desc,
  { typedConfig }: TypedExtensionConfig,
): MessageShape<Desc> | null {
  if (typedConfig === undefined || typeNameOf(typedConfig) !== schema.typeName) return null;
  return unpackAny(schema, typedConfig);
}
