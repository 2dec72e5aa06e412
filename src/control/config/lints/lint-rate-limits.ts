import type { RateLimit, RateLimit_Action } from '#schema/envoy/config/route/v3/route_components_pb.js';
import type { LocalRateLimit } from '#schema/envoy/extensions/filters/http/local_ratelimit/v3/local_rate_limit_pb.js';
import type { HttpConnectionManager } from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import type { CheckContext } from '../checks/check-context.ts';
import { nearMiss } from '../decode/near-miss.ts';
import { filterConfig } from './jwt-filters.ts';

const LOCAL_RATE_LIMIT = 'envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit';

/** L17: a descriptor with a key that no action of the routes makes is a limit that never counts. */
export function lintRateLimits(manager: HttpConnectionManager, context: CheckContext): void {
  const made = keysMadeBy(manager);
  if (made === 'anything') return;
  for (const filter of manager.httpFilters) {
    const limit = filterConfig<LocalRateLimit>(filter, LOCAL_RATE_LIMIT);
    for (const { entries } of limit?.descriptors ?? []) {
      for (const entry of entries) if (!made.has(entry.key)) complain(entry, made, context);
    }
  }
}

function complain(entry: { key: string }, made: ReadonlySet<string>, context: CheckContext): void {
  const meant = nearMiss(entry.key, made);
  const known =
    made.size === 0
      ? 'no route has `rate_limits` with `actions`'
      : `actions make \`${[...made].join('`, `')}\``;
  context.complain({
    code: 'descriptorNeverMade',
    severity: 'warning',
    message: `no action of the routes makes a descriptor with the key \`${entry.key}\`, so this limit never counts`,
    hint: meant === undefined ? known : `did you mean \`${meant}\`?`,
    about: entry,
    field: 'key',
    envoy: 'accepts',
  });
}

/** Keys that the actions of routes and virtual hosts make; `anything` where one of them is not known here. */
function keysMadeBy({ routeSpecifier }: HttpConnectionManager): ReadonlySet<string> | 'anything' {
  if (routeSpecifier.case !== 'routeConfig') return 'anything';
  const limits: RateLimit[] = routeSpecifier.value.virtualHosts.flatMap(({ rateLimits, routes }) => [
    ...rateLimits,
    ...routes.flatMap(({ action }) => (action.case === 'route' ? action.value.rateLimits : [])),
  ]);
  const keys = limits.flatMap(({ actions }) => actions).map(keyOf);
  return keys.includes(undefined) ? 'anything' : new Set(keys as string[]);
}

function keyOf({ actionSpecifier: action }: RateLimit_Action): string | undefined {
  switch (action.case) {
    case 'sourceCluster':
      return 'source_cluster';
    case 'destinationCluster':
      return 'destination_cluster';
    case 'remoteAddress':
      return 'remote_address';
    case 'maskedRemoteAddress':
      return 'masked_remote_address';
    case 'requestHeaders':
      return action.value.descriptorKey;
    case 'metadata':
      return action.value.descriptorKey;
    case 'genericKey':
      return action.value.descriptorKey || 'generic_key';
    case 'headerValueMatch':
      return action.value.descriptorKey || 'header_match';
    case 'queryParameterValueMatch':
      return action.value.descriptorKey || 'query_match';
    default:
      return undefined;
  }
}
