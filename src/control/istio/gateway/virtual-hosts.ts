import { create } from '@bufbuild/protobuf';
import {
  RedirectActionSchema,
  type Route,
  RouteSchema,
  type VirtualHost,
  VirtualHostSchema,
} from '#schema/envoy/config/route/v3/route_components_pb.js';
import { type RouteConfiguration, RouteConfigurationSchema } from '#schema/envoy/config/route/v3/route_pb.js';
import type { VirtualService } from '#schema/istio/networking_pb.js';
import { inOrderOfCreation, namespaceOf } from '../identity.ts';
import type { Lineage } from '../lineage.ts';
import { buildRoutes, type RouteContext, wholeGateway } from '../routing/build-routes.ts';
import { commonHost, isExportedTo, parseServerHost, wholeHost } from '../routing/host-names.ts';
import type { Workload } from '../workload.ts';
import type { BoundServer } from './gateway-servers.ts';

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
  const hosts = new Map<string, VirtualHost>();
  const done = new Set<string>();
  const services = inOrderOfCreation(context.virtualServices);
  for (const bound of servers) {
    if (bound.server.tls?.httpsRedirect === true) {
      addRedirects(bound, port, hosts, context.lineage);
      continue;
    }
    for (const [index, service] of services.entries()) {
      for (const host of hostsInCommon(bound, service, context.workload)) {
        const key = `${index} ${host}`;
        if (done.has(key)) continue;
        done.add(key);
        const virtualHost = hosts.get(host) ?? newVirtualHost(host, port);
        hosts.set(host, context.lineage.inherit(virtualHost, service.spec ?? service, 'hosts'));
        virtualHost.routes.push(...routesFor(service, bound, port, servers, context));
      }
    }
  }
  const virtualHosts = hosts.size > 0 ? [...hosts.values()] : [blackHole(port)];
  const configuration = create(RouteConfigurationSchema, {
    name,
    validateClusters: false,
    ignorePortInHostMatching: true,
    virtualHosts,
  });
  const [first] = servers;
  return first === undefined ? configuration : context.lineage.inherit(configuration, first.server, 'hosts');
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
  bound: BoundServer,
  port: number,
  servers: readonly BoundServer[],
  { workload, lineage, clusterFor }: RoutingContext,
): Route[] {
  const { labels, namespace } = workload;
  const gateways = new Set(servers.map(({ gatewayName }) => gatewayName));
  const site = { port, tls: bound.tls, gateways, labels, namespace };
  return buildRoutes(service, { site, lineage, clusterFor });
}

/** `httpsRedirect` sends every request for the server's hosts to https, whatever the routes say. */
function addRedirects(
  { server }: BoundServer,
  port: number,
  hosts: Map<string, VirtualHost>,
  lineage: Lineage,
): void {
  const about = server.tls ?? server;
  const mark = <T extends object>(made: T) => lineage.inherit(made, about, 'https_redirect');
  for (const host of server.hosts.map((text) => parseServerHost(text, '').host)) {
    if (hosts.has(host)) continue;
    const schemeRewriteSpecifier = { case: 'httpsRedirect' as const, value: true };
    const value = mark(create(RedirectActionSchema, { schemeRewriteSpecifier }));
    const match = { pathSpecifier: { case: 'prefix' as const, value: '/' } };
    const route = mark(create(RouteSchema, { match, action: { case: 'redirect', value } }));
    const virtualHost = mark(newVirtualHost(host, port));
    virtualHost.routes.push(route);
    hosts.set(host, virtualHost);
  }
}

function newVirtualHost(host: string, port: number): VirtualHost {
  return create(VirtualHostSchema, { name: `${host}:${port}`, domains: [host] });
}

function blackHole(port: number): VirtualHost {
  return create(VirtualHostSchema, { name: `blackhole:${port}`, domains: ['*'] });
}
