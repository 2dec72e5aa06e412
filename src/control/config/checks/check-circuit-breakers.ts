import type { CircuitBreakers } from '#schema/envoy/config/cluster/v3/circuit_breaker_pb.js';
import type { ClusterLoadAssignment_Policy } from '#schema/envoy/config/endpoint/v3/endpoint_pb.js';
import type { CheckContext } from './check-context.ts';

/** The thresholds of which 0 lets no request through, and their properties. */
const NONE_AT_ALL = {
  max_pending_requests: 'maxPendingRequests',
  max_requests: 'maxRequests',
  max_connection_pools: 'maxConnectionPools',
} as const;

const KEEPS_ALL_OUT = new RegExp(
  `^circuit_breakers\\..+\\.(default|high)\\.(${Object.keys(NONE_AT_ALL).join('|')})$`,
);

/**
 * A cluster that may have no request waiting, none under way or no pool takes none at all; one without connections has one all the same
 * (Envoy: conn_pool_base.cc). Thresholds above that hang on what others do just then, and are not counted here.
 */
export function checkCircuitBreakers(breakers: CircuitBreakers, context: CheckContext): void {
  for (const threshold of breakers.thresholds) {
    for (const [field, property] of Object.entries(NONE_AT_ALL))
      if (threshold[property] === 0)
        complain(threshold, field, `\`${field}: 0\` keeps every request from the cluster`, context);
  }
}

/** A share of the requests that are kept from a cluster, whatever they are (Envoy: router.cc, `dropOverload`). */
export function checkDropOverloads(policy: ClusterLoadAssignment_Policy, context: CheckContext): void {
  for (const overload of policy.dropOverloads)
    if ((overload.dropPercentage?.numerator ?? 0) > 0)
      complain(overload, 'drop_percentage', '`drop_percentage` keeps requests from the cluster', context);
}

function complain(about: object, field: string, message: string, context: CheckContext): void {
  context.complain({
    code: 'fieldNotDone',
    message: `${message} in Envoy, which is not done by jotgate`,
    hint: 'let a route answer by `direct_response` what nobody is to get at',
    about,
    field,
    envoy: 'accepts',
  });
}

/** The runtime says of a cluster what `checkCircuitBreakers` refuses (Envoy: upstream_impl.cc). */
export const keepsClusterShut = (key: string, number: number | undefined) =>
  number === 0 && KEEPS_ALL_OUT.test(key);
