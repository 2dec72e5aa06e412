import type { Recorder } from '../../../base/index.ts';
import type { RbacSubject } from '../../../core/rbac/index.ts';
import type { DynamicMetadata } from '../filter.ts';
import type { Judge, Judgment } from './judge.ts';
import type { RbacStats } from './stats.ts';

/** A set of rules of a request's or a connection's filter, and where its verdicts are counted and told. */
export interface RuleSet {
  judge: Judge;
  stats: RbacStats;
  policyIdKey: string;
  resultKey: string;
}

/** @param keyPrefix of the metadata's keys: `rules_stat_prefix` or `shadow_rules_stat_prefix` */
export function createRuleSet(
  judge: Judge,
  stats: RbacStats,
  kind: 'enforced' | 'shadow',
  keyPrefix: string,
): RuleSet {
  return {
    judge,
    stats,
    policyIdKey: `${keyPrefix}${kind}_effective_policy_id`,
    resultKey: `${keyPrefix}${kind}_engine_result`,
  };
}

/** What the rules decide, counted. */
export function judgeBy(
  { judge, stats }: RuleSet,
  subject: RbacSubject,
  recorder: Recorder | null,
): Judgment {
  const judgment = judge.judge(subject, recorder);
  stats.count(judgment.isAllowed, judgment.policy ?? undefined);
  return judgment;
}

/** Tells later filters what was decided, and by which policy. */
export function tellVerdict(
  { policyIdKey, resultKey }: RuleSet,
  { isAllowed, policy }: Judgment,
  namespace: string,
  metadata: DynamicMetadata,
): void {
  if (policy !== null) metadata.set(namespace, policyIdKey, policy);
  metadata.set(namespace, resultKey, isAllowed ? 'allowed' : 'denied');
}

/** Tells access logs what rules that log say. */
export function tellLogHint(hint: boolean, metadata: DynamicMetadata): void {
  metadata.set('envoy.common', 'access_log_hint', hint);
}
