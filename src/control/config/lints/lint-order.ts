import type { RouteMatch } from '#schema/envoy/config/route/v3/route_components_pb.js';
import type { HttpConnectionManager } from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import type { CheckContext } from '../checks/check-context.ts';
import { CoverIndex } from './cover-index.ts';
import type { JwtFilter } from './jwt-filters.ts';

/** What stands in an ordered list of which the first that matches counts. */
interface Entry {
  match?: RouteMatch | undefined;
}

/** L14 for the rules of a filter. */
export function lintRuleOrder({ jwt }: JwtFilter, context: CheckContext): void {
  lintOrder('rule', jwt.rules, context);
}

/** L14 for routes. */
export function lintRouteOrder({ routeSpecifier }: HttpConnectionManager, context: CheckContext): void {
  if (routeSpecifier.case !== 'routeConfig') return;
  for (const { routes } of routeSpecifier.value.virtualHosts) lintOrder('route', routes, context);
}

function lintOrder(kind: string, entries: readonly Entry[], context: CheckContext): void {
  const earlier = new CoverIndex();
  for (const { match } of entries) {
    const shadow = match === undefined ? undefined : earlier.findCover(match);
    earlier.add(match);
    if (match === undefined || shadow === undefined) continue;
    const line = context.placeOf(entries[shadow]?.match as RouteMatch)?.line;
    context.complain({
      code: 'neverMatches',
      severity: 'warning',
      message: `this ${kind} never matches: the one at line ${line} takes all of its requests first`,
      hint: `the first ${kind} that matches decides; put the narrower one in front`,
      about: match,
      envoy: 'accepts',
    });
  }
}
