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
    const shadowed = shadow === null ? null : this.#judgeShadow(shadow, stream);
    const judgment = enforced === null ? null : this.#judge(enforced, stream);
    const hint = judgment?.accessLogHint ?? null;
    if (hint !== null) stream.metadata.set('envoy.common', 'access_log_hint', hint);
    const tellAll = () => {
      if (shadow !== null && shadowed !== null) tell(shadow, shadowed, stream);
      if (enforced !== null && judgment !== null) tell(enforced, judgment, stream);
    };
    if (judgment?.isAllowed === false) return denialReply(judgment.policy ?? 'none', tellAll);
    tellAll();
    return undefined;
  }

  #judge({ judge, stats }: RuleSet, stream: FilterStream): Judgment {
    const judgment = judge.judge(stream, stream.recorder);
    stats.count(judgment.isAllowed, judgment.policy ?? undefined);
    return judgment;
  }

  #judgeShadow(shadow: RuleSet, stream: FilterStream): Judgment {
    const judgment = shadow.judge.judge(stream, null);
    shadow.stats.count(judgment.isAllowed, judgment.policy ?? undefined);
    const { isAllowed, policy } = judgment;
    stream.recorder?.note(
      `shadow rules would have ${isAllowed ? 'allowed' : 'denied'} it (policy ${policy ?? 'none'})`,
    );
    return judgment;
  }
}

/**
 * Only after both have judged: what the shadow rules say is no matter for the enforced ones of the same filter. A refusal is sent before
 * anything is told.
 */
function tell(
  { policyIdKey, resultKey }: RuleSet,
  { isAllowed, policy }: Judgment,
  { metadata }: FilterStream,
): void {
  if (policy !== null) metadata.set(METADATA_NAMESPACE, policyIdKey, policy);
  metadata.set(METADATA_NAMESPACE, resultKey, isAllowed ? 'allowed' : 'denied');
}
