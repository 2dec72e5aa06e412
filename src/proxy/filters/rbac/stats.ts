import type { Counter, StatsScope } from '../../stats.ts';

/** Counts verdicts of one set of rules, and those of each policy where `track_per_rule_stats` asks for it. */
export class RbacStats {
  readonly #allowed: Counter;
  readonly #denied: Counter;
  readonly #perPolicy: ReadonlyMap<string, { allowed: Counter; denied: Counter }>;

  /**
   * @param manager the connection manager's scope
   * @param statPrefix `rules_stat_prefix` or `shadow_rules_stat_prefix`, joined by a dot
   * @param lead empty, or `shadow_`
   * @param tracked names of the policies that are counted one by one
   */
  constructor(manager: StatsScope, statPrefix: string, lead: string, tracked: readonly string[]) {
    const own = statPrefix === '' || statPrefix.endsWith('.') ? statPrefix : `${statPrefix}.`;
    const scope = manager.scope(`rbac.${own}`);
    this.#allowed = scope.counter(`${lead}allowed`);
    this.#denied = scope.counter(`${lead}denied`);
    this.#perPolicy = new Map(
      tracked.map((name) => [
        name,
        {
          allowed: scope.counter(`policy.${name}.${lead}allowed`),
          denied: scope.counter(`policy.${name}.${lead}denied`),
        },
      ]),
    );
  }

  count(isAllowed: boolean, policy: string | undefined): void {
    (isAllowed ? this.#allowed : this.#denied).increment();
    const own = policy === undefined ? undefined : this.#perPolicy.get(policy);
    if (own !== undefined) (isAllowed ? own.allowed : own.denied).increment();
  }
}
