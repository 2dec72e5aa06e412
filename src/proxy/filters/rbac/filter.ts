import type { RBAC } from '#schema/envoy/extensions/filters/http/rbac/v3/rbac_pb.js';
import type { Policy, RbacEngine } from '../../../core/rbac/index.ts';
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

/** `envoy.filters.http.rbac`: shadow rules are only told of, enforced ones decide (Envoy: rbac_filter.cc). */
export class RbacFilter implements HttpFilter {
  readonly kind = 'rbac';
  readonly origin: RBAC;
  readonly #enforced: RuleSet | null;
  readonly #shadow: RuleSet | null;

  constructor(origin: RBAC, enforced: RuleSet | null, shadow: RuleSet | null) {
    this.origin = origin;
    this.#enforced = enforced;
    this.#shadow = shadow;
  }

  decodeHeaders(stream: FilterStream): FilterResult {
    if (this.#shadow !== null) this.#judgeShadow(this.#shadow, stream);
    if (this.#enforced === null) return undefined;
    const { engine } = this.#enforced;
    const matched = engine.match(stream, stream.recorder);
    const isAllowed = tell(this.#enforced, matched, stream);
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
