import type { SelectedRoute } from '../../route/selected-route.ts';
import type { FilterResult, FilterStream, HttpFilter } from '../filter.ts';
import type { Judge, Judgment } from './judge.ts';
import { denialReply } from './replies.ts';
import type { RbacStats } from './stats.ts';

/** A set of rules and where its verdicts are told. */
export interface RuleSet {
  judge: Judge;
  policyIdKey: string;
  resultKey: string;
  stats: RbacStats;
}

const METADATA_NAMESPACE = 'envoy.filters.http.rbac';

/** All that one configuration of the filter says. */
export interface RbacRules {
  origin: object;
  enforced: RuleSet | null;
  shadow: RuleSet | null;
}

/** `envoy.filters.http.rbac`: shadow rules are only told of, enforced ones decide (Envoy: rbac_filter.cc). */
export class RbacFilter implements HttpFilter {
  readonly kind = 'rbac';
  readonly origin: object;
  readonly #rules: RbacRules;
  readonly #routeRules: (route: SelectedRoute | null) => RbacRules | undefined;

  /** @param routeRules what a route puts in the place of `rules` */
  constructor(rules: RbacRules, routeRules: (route: SelectedRoute | null) => RbacRules | undefined) {
    this.origin = rules.origin;
    this.#rules = rules;
    this.#routeRules = routeRules;
  }

  decodeHeaders(stream: FilterStream): FilterResult {
    const own = this.#routeRules(stream.route);
    if (own !== undefined) stream.recorder?.note('the route has rules of its own');
    const { enforced, shadow } = own ?? this.#rules;
    if (shadow !== null) this.#judgeShadow(shadow, stream);
    if (enforced === null) return undefined;
    const judgment = enforced.judge.judge(stream, stream.recorder);
    tell(enforced, judgment, stream);
    if (judgment.accessLogHint !== null) {
      stream.metadata.set('envoy.common', 'access_log_hint', judgment.accessLogHint);
    }
    return judgment.isAllowed ? undefined : denialReply(judgment.policy ?? 'none');
  }

  #judgeShadow(shadow: RuleSet, stream: FilterStream): void {
    const judgment = shadow.judge.judge(stream, null);
    tell(shadow, judgment, stream);
    const { isAllowed, policy } = judgment;
    stream.recorder?.note(
      `shadow rules would have ${isAllowed ? 'allowed' : 'denied'} it (policy ${policy ?? 'none'})`,
    );
  }
}

function tell(
  { policyIdKey, resultKey, stats }: RuleSet,
  { isAllowed, policy }: Judgment,
  stream: FilterStream,
): void {
  stats.count(isAllowed, policy ?? undefined);
  const { metadata } = stream;
  if (policy !== null) metadata.set(METADATA_NAMESPACE, policyIdKey, policy);
  metadata.set(METADATA_NAMESPACE, resultKey, isAllowed ? 'allowed' : 'denied');
}
