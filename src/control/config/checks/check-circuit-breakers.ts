import type {
  CircuitBreakers,
  CircuitBreakers_Thresholds,
} from '#schema/envoy/config/cluster/v3/circuit_breaker_pb.js';
import type { CheckContext } from './check-context.ts';

const NONE_AT_ALL = ['max_pending_requests', 'max_requests', 'max_connection_pools'] as const;

const KEEPS_ALL_OUT = new RegExp(`^circuit_breakers\\..+\\.(default|high)\\.(${NONE_AT_ALL.join('|')})$`);

/**
 * A cluster that may have no request waiting, none under way or no pool takes none at all; one without connections has one all the same
 * (Envoy: conn_pool_base.cc). Thresholds above that hang on what others do just then, and are not counted here.
 */
export function checkCircuitBreakers(breakers: CircuitBreakers, context: CheckContext): void {
  for (const threshold of breakers.thresholds) {
    for (const field of NONE_AT_ALL)
      if (thresholdOf(threshold, field) === 0) complain(threshold, field, context);
  }
}

function thresholdOf(threshold: CircuitBreakers_Thresholds, field: (typeof NONE_AT_ALL)[number]) {
  switch (field) {
    case 'max_pending_requests':
      return threshold.maxPendingRequests;
    case 'max_requests':
      return threshold.maxRequests;
    default:
      return threshold.maxConnectionPools;
  }
}

function complain(about: object, field: string, context: CheckContext): void {
  context.complain({
    code: 'fieldNotDone',
    message: `\`${field}: 0\` keeps every request from the cluster in Envoy, which is not done by jotgate`,
    hint: 'let a route answer by `direct_response` what nobody is to get at',
    about,
    field,
    envoy: 'accepts',
  });
}

/** The runtime says of a cluster what `checkCircuitBreakers` refuses (Envoy: upstream_impl.cc). */
export const keepsClusterShut = (key: string, number: number | undefined) =>
  number === 0 && KEEPS_ALL_OUT.test(key);
