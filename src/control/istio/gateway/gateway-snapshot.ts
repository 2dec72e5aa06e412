import { create } from '@bufbuild/protobuf';
import { DurationSchema } from '@bufbuild/protobuf/wkt';
import { BootstrapSchema } from '#schema/envoy/config/bootstrap/v3/bootstrap_pb.js';
import type { Cluster } from '#schema/envoy/config/cluster/v3/cluster_pb.js';
import { type Listener, ListenerSchema } from '#schema/envoy/config/listener/v3/listener_pb.js';
import { RouterSchema } from '#schema/envoy/extensions/filters/http/router/v3/router_pb.js';
import {
  type HttpConnectionManager,
  HttpConnectionManagerSchema,
  type HttpFilter,
  HttpFilterSchema,
} from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { packAny, type Snapshot } from '../../../resources/index.ts';
import { outboundCluster } from '../services.ts';
import { type Origin, upstreamCluster } from './upstream-cluster.ts';

export interface GatewayPlan {
  listen: { address: string; port: number };
  upstream: Origin;
  /** What the policies became. */
  filters: HttpFilter[];
  /** Clusters that the filters need. */
  clusters: Cluster[];
}

/** A gateway with one listener and one route, set as istiod sets an ingress gateway's (istio.md §2.3, §2.8). */
export function buildGatewaySnapshot({ listen, upstream, filters, clusters }: GatewayPlan): Snapshot {
  const name = outboundCluster(upstream.host, upstream.port);
  const listener = buildListener(listen, buildManager(listen, upstream, name, filters));
  const all = [upstreamCluster(name, upstream), ...clusters];
  const bootstrap = create(BootstrapSchema, { staticResources: { listeners: [listener], clusters: all } });
  return { listeners: [listener], clusters: all, bootstrap };
}

function buildListener(listen: GatewayPlan['listen'], manager: HttpConnectionManager): Listener {
  const { address, port } = listen;
  const config = packAny(HttpConnectionManagerSchema, manager);
  return create(ListenerSchema, {
    name: `${address}_${port}`,
    address: {
      address: {
        case: 'socketAddress',
        value: { address, portSpecifier: { case: 'portValue', value: port } },
      },
    },
    filterChains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            configType: { case: 'typedConfig', value: config },
          },
        ],
      },
    ],
  });
}

function buildManager(
  { address, port }: GatewayPlan['listen'],
  upstream: Origin,
  cluster: string,
  filters: HttpFilter[],
): HttpConnectionManager {
  return create(HttpConnectionManagerSchema, {
    statPrefix: `outbound_${address}_${port}`,
    serverName: 'istio-envoy',
    useRemoteAddress: true,
    normalizePath: true,
    routeSpecifier: { case: 'routeConfig', value: routeConfig(port, upstream, cluster) },
    httpFilters: [...filters, routerFilter()],
  });
}

/** Istio's routes have no time limit. A TLS origin is asked for by its own name, as its certificate is checked for it. */
function routeConfig(port: number, { tls, host }: Origin, cluster: string) {
  return {
    name: `http.${port}`,
    validateClusters: false,
    virtualHosts: [
      {
        name: `*:${port}`,
        domains: ['*'],
        routes: [
          {
            match: { pathSpecifier: { case: 'prefix' as const, value: '/' } },
            action: {
              case: 'route' as const,
              value: {
                clusterSpecifier: { case: 'cluster' as const, value: cluster },
                timeout: create(DurationSchema, {}),
                ...(tls
                  ? { hostRewriteSpecifier: { case: 'hostRewriteLiteral' as const, value: host } }
                  : {}),
              },
            },
          },
        ],
      },
    ],
  };
}

function routerFilter(): HttpFilter {
  return create(HttpFilterSchema, {
    name: 'envoy.filters.http.router',
    configType: { case: 'typedConfig', value: packAny(RouterSchema, create(RouterSchema)) },
  });
}
