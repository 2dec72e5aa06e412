import type { Counter, StatsScope } from '../../stats.ts';

/** Envoy's counters of the filter. */
export interface ExtAuthzStats {
  ok: Counter;
  denied: Counter;
  error: Counter;
  disabled: Counter;
  failureModeAllowed: Counter;
  invalid: Counter;
  ignoredMetadata: Counter;
  requestOutgrown: Counter;
}

/** @param statPrefix of the configuration, joined by a dot */
export function createExtAuthzStats(manager: StatsScope, statPrefix: string): ExtAuthzStats {
  const scope = manager.scope(statPrefix === '' ? 'ext_authz.' : `ext_authz.${statPrefix}.`);
  return {
    ok: scope.counter('ok'),
    denied: scope.counter('denied'),
    error: scope.counter('error'),
    disabled: scope.counter('disabled'),
    failureModeAllowed: scope.counter('failure_mode_allowed'),
    invalid: scope.counter('invalid'),
    requestOutgrown: scope.counter('request_header_limits_reached'),
    ignoredMetadata: scope.counter('ignored_dynamic_metadata'),
  };
}
