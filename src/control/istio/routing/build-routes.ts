import { create } from '@bufbuild/protobuf';
import { type Route, RouteSchema } from '#schema/envoy/config/route/v3/route_components_pb.js';
import { CorsPolicySchema } from '#schema/envoy/extensions/filters/http/cors/v3/cors_pb.js';
import type { HttpMatch, HttpRoute, VirtualService } from '#schema/istio/networking_pb.js';
import { packAny } from '../../../resources/index.ts';
import { namespaceOf } from '../identity.ts';
import type { Lineage } from '../lineage.ts';
import { buildCorsPolicy, CORS_FILTER } from './cors.ts';
import { buildHeaderChanges } from './header-operations.ts';
import { buildRouteAction } from './route-action.ts';
import { buildRouteMatch, isCatchAll } from './route-match.ts';

/** What the routes are built for. */
export interface RouteSite {
  port: number;
  tls: boolean;
  /** Names of the gateways that serve the port: `NAMESPACE/NAME`. */
  gateways: ReadonlySet<string>;
  /** The gateway's own labels and namespace. */
  labels: Readonly<Record<string, string>>;
  namespace: string;
}

export interface RouteContext {
  site: RouteSite;
  lineage: Lineage;
  /** The name of the cluster for a destination written in an object of this namespace. */
  clusterFor: Parameters<typeof buildRouteAction>[1]['clusterFor'];
}

/**
 * The HTTP routes of one VirtualService on one port, in order; each alternative of a `match` is a route of its own. Nothing comes
 * behind one that takes everything (istio.md §1.8).
 */
export function buildRoutes(service: VirtualService, context: RouteContext): Route[] {
  const routes: Route[] = [];
  for (const http of service.spec?.http ?? []) {
    const alternatives = http.match.length > 0 ? http.match : [null];
    for (const match of alternatives) {
      if (!appliesTo(match, service, context.site)) continue;
      const route = buildRoute(http, match, service, context);
      routes.push(route);
      if (route.match !== undefined && isCatchAll(route.match)) return routes;
    }
  }
  return routes;
}

function buildRoute(
  http: HttpRoute,
  match: HttpMatch | null,
  service: VirtualService,
  { site, lineage, clusterFor }: RouteContext,
): Route {
  const { changes, authority } = buildHeaderChanges(http.headers, lineage);
  const namespace = namespaceOf(service);
  const { action, own } = buildRouteAction(http, { site, lineage, authority, namespace, clusterFor });
  const route = create(RouteSchema, {
    name: match?.name ? `${http.name}.${match.name}` : http.name,
    match: buildRouteMatch(match, lineage),
    action,
    requestHeadersToAdd: [...changes.requestHeadersToAdd, ...own.requestHeadersToAdd],
    requestHeadersToRemove: [...changes.requestHeadersToRemove, ...own.requestHeadersToRemove],
    responseHeadersToAdd: [...changes.responseHeadersToAdd, ...own.responseHeadersToAdd],
    responseHeadersToRemove: [...changes.responseHeadersToRemove, ...own.responseHeadersToRemove],
    typedPerFilterConfig: filterConfigs(http, lineage),
  });
  return lineage.inherit(route, match ?? http);
}

function filterConfigs({ corsPolicy }: HttpRoute, lineage: Lineage): Route['typedPerFilterConfig'] {
  if (corsPolicy === undefined) return {};
  const policy = lineage.inherit(buildCorsPolicy(corsPolicy), corsPolicy);
  return { [CORS_FILTER]: packAny(CorsPolicySchema, policy) };
}

/** A match may be for one port, for some of the service's gateways, or for a client of a certain kind only. */
function appliesTo(match: HttpMatch | null, service: VirtualService, site: RouteSite): boolean {
  if (match === null) return true;
  if (match.port !== 0 && match.port !== site.port) return false;
  if (match.gateways.length > 0) {
    return match.gateways.some((name) => site.gateways.has(wholeGateway(name, namespaceOf(service))));
  }
  const labels = Object.entries(match.sourceLabels);
  if (!labels.every(([key, value]) => site.labels[key] === value)) return false;
  return match.sourceNamespace === '' || match.sourceNamespace === site.namespace;
}

/** A gateway's name with its namespace; `mesh` is none. */
export function wholeGateway(name: string, namespace: string): string {
  return name.includes('/') || name === 'mesh' ? name : `${namespace}/${name}`;
}
