import { create } from '@bufbuild/protobuf';
import { DurationSchema } from '@bufbuild/protobuf/wkt';
import {
  Bootstrap_StaticResourcesSchema,
  BootstrapSchema,
} from '#schema/envoy/config/bootstrap/v3/bootstrap_pb.js';
import type { Cluster } from '#schema/envoy/config/cluster/v3/cluster_pb.js';
import type { Listener } from '#schema/envoy/config/listener/v3/listener_pb.js';
import { type RouteConfiguration, RouteConfigurationSchema } from '#schema/envoy/config/route/v3/route_pb.js';
import type { HttpFilter } from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import type { MeshConfig } from '#schema/istio/mesh_pb.js';
import type { Snapshot } from '../../../resources/index.ts';
import { outboundCluster } from '../services.ts';
import { buildConnectionManager } from './connection-manager.ts';
import { buildListener } from './listener.ts';
import { type Origin, originCluster } from './upstream-cluster.ts';

export interface GatewayPlan {
  listen: { address: string; port: number };
  upstream: Origin;
  /** What the policies became. */
  filters: readonly HttpFilter[];
  mesh: MeshConfig;
}

/** A gateway with one listener and one route, for policies that come without routes. */
export function buildPlainGateway({ listen, upstream, filters, mesh }: GatewayPlan): Resources {
  const { address, port } = listen;
  const name = outboundCluster(upstream.host, upstream.port);
  const routes = routeEverything(port, upstream, name);
  const manager = buildConnectionManager(`${address}_${port}`, routes, filters, mesh);
  return {
    listeners: [buildListener(address, port, [{ manager, tls: null }])],
    clusters: [originCluster(name, upstream)],
  };
}

/** The parts of a snapshot. */
export interface Resources {
  listeners: Listener[];
  clusters: Cluster[];
}

/** @param beside what stands beside; a cluster of it takes the place of ours of the same name */
export function snapshotOf(resources: Resources, beside: Snapshot | null | undefined): Snapshot {
  const taken = new Set(beside?.clusters.map(({ name }) => name));
  const listeners = [...(beside?.listeners ?? []), ...resources.listeners];
  const own = resources.clusters.filter(({ name }) => !taken.has(name));
  const clusters = [...(beside?.clusters ?? []), ...own];
  const bootstrap = beside?.bootstrap === undefined ? create(BootstrapSchema) : { ...beside.bootstrap };
  bootstrap.staticResources = create(Bootstrap_StaticResourcesSchema, { listeners, clusters });
  return { listeners, clusters, bootstrap };
}

/** Istio's routes have no time limit. A TLS origin is asked for by its own name, as its certificate is checked for it. */
function routeEverything(port: number, { tls, host }: Origin, cluster: string): RouteConfiguration {
  return create(RouteConfigurationSchema, {
    name: `http.${port}`,
    validateClusters: false,
    virtualHosts: [
      {
        name: `*:${port}`,
        domains: ['*'],
        routes: [
          {
            match: { pathSpecifier: { case: 'prefix', value: '/' } },
            action: {
              case: 'route',
              value: {
                clusterSpecifier: { case: 'cluster', value: cluster },
                timeout: create(DurationSchema, {}),
                ...(tls ? { hostRewriteSpecifier: { case: 'hostRewriteLiteral', value: host } } : {}),
              },
            },
          },
        ],
      },
    ],
  });
}
