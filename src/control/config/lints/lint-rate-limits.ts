import type { RateLimit, RateLimit_Action } from '#schema/envoy/config/route/v3/route_components_pb.js';
import type { LocalRateLimit } from '#schema/envoy/extensions/filters/http/local_ratelimit/v3/local_rate_limit_pb.js';
import type { HttpConnectionManager } from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import type { CheckContext } from '../checks/check-context.ts';
import { renderNames } from '../decode/render-names.ts';
import { filterConfig } from './jwt-filters.ts';

const LOCAL_RATE_LIMIT = 'envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit';

/** L17: a descriptor with a key that no action makes is a limit that never counts. The filter's own `rate_limits` go before the routes'. */
export function lintRateLimits(manager: HttpConnectionManager, context: CheckContext): void {
  const ofRoutes = limitsOfRoutes(manager);
  for (const filter of manager.httpFilters) {
    const limit = filterConfig<LocalRateLimit>(filter, LOCAL_RATE_LIMIT);
    const hasOwn = limit !== undefined && limit.rateLimits.length > 0;
    const made = keysMadeBy(hasOwn ? limit.rateLimits : ofRoutes);
    if (made === 'anything') continue;
    for (const { entries } of limit?.descriptors ?? []) {
      for (const entry of entries) if (!made.has(entry.key)) complain(entry, made, context);
    }
  }
}

function complain(entry: { key: string }, made: ReadonlySet<string>, context: CheckContext): void {
  const meant = context.guess(entry.key, () => made);
  const known =
    made.size === 0
      ? 'neither the filter nor a route has `rate_limits`'
      : `actions make ${renderNames(made)}`;
  context.complain({
    code: 'descriptorNeverMade',
    severity: 'warning',
    message: `no action makes a descriptor with the key \`${entry.key}\`, so this limit never counts`,
    hint: meant === undefined ? known : `did you mean \`${meant}\`?`,
    about: entry,
    field: 'key',
    envoy: 'accepts',
  });
}

/** What routes and virtual hosts say; null where the routes are not known here. */
function limitsOfRoutes({ routeSpecifier }: HttpConnectionManager): readonly RateLimit[] | null {
  if (routeSpecifier.case !== 'routeConfig') return null;
  return routeSpecifier.value.virtualHosts.flatMap(({ rateLimits, routes }) => [
    ...rateLimits,
    ...routes.flatMap(({ action }) => (action.case === 'route' ? action.value.rateLimits : [])),
  ]);
}

/** Keys that actions make; `anything` where one of them is not known here. */
function keysMadeBy(limits: readonly RateLimit[] | null): ReadonlySet<string> | 'anything' {
  const keys = limits?.flatMap(({ actions }) => actions).map(keyOf) ?? [undefined];
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
