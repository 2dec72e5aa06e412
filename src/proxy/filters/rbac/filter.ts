import type { Policy, RbacEngine } from '../../../core/rbac/index.ts';
import type { SelectedRoute } from '../../route/selected-route.ts';
import type { FilterResult, FilterStream, HttpFilter } from '../filter.ts';
import { denialReply } from './replies.ts';
import type { RbacStats } from './stats.ts';

/** A set of rules and where its verdicts are told. */
export interface RuleSet {
  engine: RbacEngine;
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
    const { engine } = enforced;
    const matched = engine.match(stream, stream.recorder);
    const isAllowed = tell(enforced, matched, stream);
    if (engine.action === 'LOG') stream.metadata.set('envoy.common', 'access_log_hint', matched !== null);
    if (stream.recorder !== null && matched === null) {
      stream.recorder.note(`no ${engine.action} policy matches`);
    }
    return isAllowed ? undefined : denialReply(matched?.name ?? 'none');
  }

  #judgeShadow(shadow: RuleSet, stream: FilterStream): void {
    const matched = shadow.engine.match(stream, null);
    const isAllowed = tell(shadow, matched, stream);
    stream.recorder?.note(
      `shadow rules would have ${isAllowed ? 'allowed' : 'denied'} it (policy ${matched?.name ?? 'none'})`,
    );
  }
}

function tell(
  { engine, policyIdKey, resultKey, stats }: RuleSet,
  matched: Policy | null,
  stream: FilterStream,
): boolean {
  const isAllowed = engine.allows(matched);
  stats.count(isAllowed, matched?.name);
  const { metadata } = stream;
  if (matched !== null) metadata.set(METADATA_NAMESPACE, policyIdKey, matched.name);
  metadata.set(METADATA_NAMESPACE, resultKey, isAllowed ? 'allowed' : 'denied');
  return isAllowed;
}
