import type { HttpFilter } from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import type { MeshConfig } from '#schema/istio/mesh_pb.js';
import type { Gateway } from '#schema/istio/networking_pb.js';
import { nameOf, namespaceOf } from '../identity.ts';
import { parseServerHost } from '../routing/host-names.ts';
import { buildConnectionManager } from './connection-manager.ts';
import { type BoundServer, groupServers, type ServerGroup } from './gateway-servers.ts';
import { buildListener, type ChainPlan } from './listener.ts';
import { buildServerTls, type TlsSources } from './server-tls.ts';
import { buildRouteConfiguration, type RoutingContext } from './virtual-hosts.ts';

export interface IngressContext extends RoutingContext, TlsSources {
  /** What the policies became; every chain has them all. */
  filters: readonly HttpFilter[];
  mesh: MeshConfig;
  /** Takes the place of the one address and port that there is. */
  listen: { address: string; port: number } | undefined;
}

/** A listener for each port of the gateways, with the routes of the VirtualServices bound to them (istio.md §6.1). */
export function buildIngressListeners(gateways: readonly Gateway[], context: IngressContext) {
  const groups = groupServers(gateways);
  return groups.map((group) => {
    const { address, port } = groups.length === 1 && context.listen !== undefined ? context.listen : group;
    return buildListener(address, port, group.tls ? tlsChains(group, context) : [plainChain(group, context)]);
  });
}

function plainChain({ address, port, servers }: ServerGroup, context: IngressContext): ChainPlan {
  const routes = buildRouteConfiguration(`http.${port}`, port, servers, context);
  const manager = buildConnectionManager(`${address}_${port}`, routes, context.filters, context.mesh);
  return { manager, tls: null };
}

function tlsChains({ address, port, servers }: ServerGroup, context: IngressContext): ChainPlan[] {
  return servers.flatMap((bound) => {
    const { tls } = bound.server;
    if (tls === undefined) return [];
    const routes = buildRouteConfiguration(chainName(port, bound), port, [bound], context);
    const manager = buildConnectionManager(`${address}_${port}`, routes, context.filters, context.mesh);
    const socket = buildServerTls(tls, context, context.lineage);
    return [{ manager, tls: { socket, serverNames: serverNames(bound) } }];
  });
}

function chainName(port: number, { server, gateway }: BoundServer): string {
  return `https.${port}.${server.port?.name ?? ''}.${nameOf(gateway)}.${namespaceOf(gateway)}`;
}

/** None: whatever name the client asks for. */
function serverNames({ server, gateway }: BoundServer): string[] {
  const names = server.hosts.map((text) => parseServerHost(text, namespaceOf(gateway)).host);
  return names.includes('*') ? [] : [...new Set(names)];
}
