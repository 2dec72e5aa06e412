import type { Counter, StatsScope } from '../../stats.ts';

/** Envoy's counters of one configuration of the filter. */
export interface LocalRateLimitStats {
  enabled: Counter;
  ok: Counter;
  rateLimited: Counter;
  enforced: Counter;
}

/** @param statPrefix the configuration's own: these counters have no connection manager's in front */
export function createLocalRateLimitStats(root: StatsScope, statPrefix: string): LocalRateLimitStats {
  const scope = root.scope(`${statPrefix}.http_local_rate_limit.`);
  return {
    enabled: scope.counter('enabled'),
    ok: scope.counter('ok'),
    rateLimited: scope.counter('rate_limited'),
    enforced: scope.counter('enforced'),
  };
}
