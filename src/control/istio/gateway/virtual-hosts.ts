import { create } from '@bufbuild/protobuf';
import type { Route } from '#schema/envoy/config/route/v3/route_components_pb.js';
import { type RouteConfiguration, RouteConfigurationSchema } from '#schema/envoy/config/route/v3/route_pb.js';
import type { VirtualService } from '#schema/istio/networking_pb.js';
import { inOrderOfCreation, namespaceOf } from '../identity.ts';
import type { Lineage } from '../lineage.ts';
import { buildRoutes, type RouteContext, wholeGateway } from '../routing/build-routes.ts';
import { commonHost, isExportedTo, parseServerHost, wholeHost } from '../routing/host-names.ts';
import type { Workload } from '../workload.ts';
import type { BoundServer } from './gateway-servers.ts';
import { blackHole, VirtualHosts } from './host-table.ts';

export interface RoutingContext {
  workload: Workload;
  virtualServices: readonly VirtualService[];
  lineage: Lineage;
  clusterFor: RouteContext['clusterFor'];
}

/**
 * The routes of servers that share a port (or of the one server of a TLS chain): a virtual host for each host that a server and a
 * VirtualService of its gateway have in common. A request for any other host, and one that no route takes, gets 404.
 */
export function buildRouteConfiguration(
  name: string,
  port: number,
  servers: readonly BoundServer[],
  context: RoutingContext,
): RouteConfiguration {
  const services = inOrderOfCreation(context.virtualServices);
  const hosts = new VirtualHosts(port, context.lineage);
  for (const bound of servers) {
    if (bound.server.tls?.httpsRedirect === true) addRedirects(bound, services, hosts, context);
    else addRoutes(bound, services, hosts, context);
  }
  const virtualHosts = hosts.list.length > 0 ? hosts.list : [blackHole(port)];
  const configuration = create(RouteConfigurationSchema, {
    name,
    validateClusters: false,
    ignorePortInHostMatching: true,
    virtualHosts,
  });
  const [first] = servers;
  return first === undefined ? configuration : context.lineage.inherit(configuration, first.server, 'hosts');
}

function addRoutes(
  bound: BoundServer,
  services: readonly VirtualService[],
  hosts: VirtualHosts,
  context: RoutingContext,
): void {
  for (const service of services) {
    const common = hostsInCommon(bound, service, context.workload);
    if (common.length === 0) continue;
    const routes = routesFor(service, bound, hosts.port, context);
    if (routes.length === 0) continue;
    for (const host of common) hosts.add(host, routes, { service, gatewayName: bound.gatewayName });
  }
}

/**
 * `httpsRedirect` sends every request for the server's hosts to https, and for those of its gateway's VirtualServices, whatever their
 * routes say and whoever else serves them on the port.
 */
function addRedirects(
  bound: BoundServer,
  services: readonly VirtualService[],
  hosts: VirtualHosts,
  { workload }: RoutingContext,
): void {
  const own = bound.server.hosts.map((text) => parseServerHost(text, '').host);
  const common = services.flatMap((service) => hostsInCommon(bound, service, workload));
  for (const host of new Set([...own, ...common])) hosts.redirect(host, bound.server);
}

function hostsInCommon(
  { gatewayName, gateway, server }: BoundServer,
  service: VirtualService,
  { namespace }: Workload,
): string[] {
  const own = namespaceOf(service);
  const { hosts = [], gateways = [], exportTo = [] } = service.spec ?? {};
  if (!gateways.some((name) => wholeGateway(name, own) === gatewayName)) return [];
  if (!isExportedTo(exportTo, own, namespace)) return [];
  const common = server.hosts
    .map((text) => parseServerHost(text, namespaceOf(gateway)))
    .filter((wanted) => wanted.namespace === null || wanted.namespace === own)
    .flatMap(({ host }) => hosts.map((name) => commonHost(host, wholeHost(name, own))));
  return [...new Set(common.filter((host) => host !== null))];
}

function routesFor(
  service: VirtualService,
  { tls, gatewayName }: BoundServer,
  port: number,
  { workload, lineage, clusterFor }: RoutingContext,
): Route[] {
  const { labels, namespace } = workload;
  const site = { port, tls, gateways: new Set([gatewayName]), labels, namespace };
  return buildRoutes(service, { site, lineage, clusterFor });
}
