import { create } from '@bufbuild/protobuf';
import { ClusterSchema } from '#schema/envoy/config/cluster/v3/cluster_pb.js';
import { type RouteConfiguration, RouteConfigurationSchema } from '#schema/envoy/config/route/v3/route_pb.js';
import {
  type ConfigSource,
  decodeNode,
  type LoadedConfig,
  loadConfig,
  parseYaml,
} from '../../control/config/index.ts';
import type { Snapshot } from '../../resources/index.ts';
import { managersOf } from '../snapshot-parts.ts';

/** Whether a text is a route configuration by itself, as `router_check_tool` takes it. */
export const looksLikeRoutes = ({ text }: ConfigSource): boolean =>
  /^["']?virtual_hosts["']?\s*:|^\s*\{\s*"(?:name"[^{]*"|)virtual_hosts"/m.test(text);

const FRAME = `
static_resources:
  listeners:
  - name: routes
    address: {socket_address: {address: 127.0.0.1, port_value: 80}}
    filter_chains:
    - filters:
      - name: hcm
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: routes
          route_config: {}
          http_filters:
          - name: router
            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
`;

/** Routes in a gate that has nothing else; each message keeps the place where it was written. */
export function loadRoutes(source: ConfigSource): LoadedConfig {
  const loaded = loadConfig([{ name: 'frame.yaml', text: FRAME }]);
  const { findings, provenance, snapshot } = loaded;
  const [root] = parseYaml(source, { findings });
  const routes =
    root === undefined ? null : decodeNode(RouteConfigurationSchema, root, { findings, provenance });
  if (routes === null || findings.hasErrors || snapshot === null) return { ...loaded, snapshot: null };
  for (const { manager } of managersOf(snapshot))
    manager.routeSpecifier = { case: 'routeConfig', value: routes };
  snapshot.clusters.push(...clustersOf(routes).map((name) => create(ClusterSchema, { name })));
  return loaded;
}

/** Which clusters there are is not told beside the routes: all that they name. */
function clustersOf({ virtualHosts }: RouteConfiguration): string[] {
  const names = virtualHosts
    .flatMap(({ routes }) => routes)
    .flatMap(({ action }) => {
      const specifier = action.case === 'route' ? action.value.clusterSpecifier : undefined;
      if (specifier?.case === 'cluster') return [specifier.value];
      return specifier?.case === 'weightedClusters' ? specifier.value.clusters.map(({ name }) => name) : [];
    });
  return [...new Set(names)].filter((name) => name !== '');
}

/** Leaves a configuration nothing but its routes: no filter decides before them. */
export function withoutFilters(snapshot: Snapshot): void {
  for (const { manager } of managersOf(snapshot))
    manager.httpFilters.splice(0, manager.httpFilters.length - 1);
}
