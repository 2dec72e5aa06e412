import type { Counter, StatsScope } from '../../stats.ts';

/** Envoy's counters (envoy.md §2.3) and two of ours: tokens whose signature was or was not at hand. */
export interface JwtAuthnStats {
  allowed: Counter;
  denied: Counter;
  corsPreflightBypassed: Counter;
  jwksFetchSuccess: Counter;
  jwksFetchFailed: Counter;
  jwtCacheHit: Counter;
  jwtCacheMiss: Counter;
  memoHit: Counter;
  memoMiss: Counter;
}

/** @param statPrefix joined by one dot, whether it ends in one or not */
export function createJwtAuthnStats(manager: StatsScope, statPrefix: string): JwtAuthnStats {
  const own = statPrefix === '' || statPrefix.endsWith('.') ? statPrefix : `${statPrefix}.`;
  const scope = manager.scope(`jwt_authn.${own}`);
  return {
    allowed: scope.counter('allowed'),
    denied: scope.counter('denied'),
    corsPreflightBypassed: scope.counter('cors_preflight_bypassed'),
    jwksFetchSuccess: scope.counter('jwks_fetch_success'),
    jwksFetchFailed: scope.counter('jwks_fetch_failed'),
    jwtCacheHit: scope.counter('jwt_cache_hit'),
    jwtCacheMiss: scope.counter('jwt_cache_miss'),
    memoHit: scope.counter('memo_hit'),
    memoMiss: scope.counter('memo_miss'),
  };
}
