import type { SelectedRoute } from '../../route/selected-route.ts';
import type { FilterResult, FilterStream, HttpFilter } from '../filter.ts';
import type { Judgment } from './judge.ts';
import { denialReply } from './replies.ts';
import { judgeBy, type RuleSet, tellLogHint, tellVerdict } from './rule-set.ts';

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
    const rules = own ?? this.#rules;
    const shadowed = rules.shadow && judgeShadow(rules.shadow, stream);
    const judgment = rules.enforced && judgeBy(rules.enforced, stream, stream.recorder);
    const hint = judgment?.accessLogHint ?? null;
    if (hint !== null) tellLogHint(hint, stream.metadata);
    if (judgment?.isAllowed === false) {
      return denialReply(judgment.policy ?? 'none', () => tellAll(rules, shadowed, judgment, stream));
    }
    tellAll(rules, shadowed, judgment, stream);
    return undefined;
  }
}

function judgeShadow(shadow: RuleSet, stream: FilterStream): Judgment {
  const judgment = judgeBy(shadow, stream, null);
  const { isAllowed, policy } = judgment;
  stream.recorder?.note(
    `shadow rules would have ${isAllowed ? 'allowed' : 'denied'} it (policy ${policy ?? 'none'})`,
  );
  return judgment;
}

/**
 * Only after both have judged: what the shadow rules say is no matter for the enforced ones of the same filter. A refusal is put together
 * before anything is told.
 */
function tellAll(
  { enforced, shadow }: RbacRules,
  shadowed: Judgment | null,
  judgment: Judgment | null,
  stream: FilterStream,
): void {
  if (shadow !== null && shadowed !== null)
    tellVerdict(shadow, shadowed, METADATA_NAMESPACE, stream.metadata);
  if (enforced !== null && judgment !== null)
    tellVerdict(enforced, judgment, METADATA_NAMESPACE, stream.metadata);
}
