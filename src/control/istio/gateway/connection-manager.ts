import { create } from '@bufbuild/protobuf';
import type { RouteConfiguration } from '#schema/envoy/config/route/v3/route_pb.js';
import { RouterSchema } from '#schema/envoy/extensions/filters/http/router/v3/router_pb.js';
import {
  HttpConnectionManager_PathWithEscapedSlashesAction as EscapedSlashes,
  type HttpConnectionManager,
  HttpConnectionManagerSchema,
  type HttpFilter,
  HttpFilterSchema,
} from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import {
  type MeshConfig,
  PathNormalization_NormalizationType as Normalization,
} from '#schema/istio/mesh_pb.js';
import { packAny } from '../../../resources/index.ts';
import { CORS_FILTER, corsFilter } from '../routing/cors.ts';

/** The connection manager as istiod sets an ingress gateway's (istio.md §2.3, §2.8, §6.3). */
export function buildConnectionManager(
  place: string,
  routes: RouteConfiguration,
  filters: readonly HttpFilter[],
  mesh: MeshConfig,
): HttpConnectionManager {
  const normalization = mesh.pathNormalization?.normalization ?? Normalization.DEFAULT;
  const decodes = normalization === Normalization.DECODE_AND_MERGE_SLASHES;
  return create(HttpConnectionManagerSchema, {
    statPrefix: `outbound_${place}`,
    serverName: 'istio-envoy',
    useRemoteAddress: true,
    xffNumTrustedHops: mesh.defaultConfig?.gatewayTopology?.numTrustedProxies ?? 0,
    normalizePath: normalization !== Normalization.NONE,
    mergeSlashes: decodes || normalization === Normalization.MERGE_SLASHES,
    ...(decodes ? { pathWithEscapedSlashesAction: EscapedSlashes.UNESCAPE_AND_FORWARD } : {}),
    routeSpecifier: { case: 'routeConfig', value: routes },
    httpFilters: [...filters, ...(hasCors(routes) ? [corsFilter()] : []), routerFilter()],
  });
}

function hasCors({ virtualHosts }: RouteConfiguration): boolean {
  return virtualHosts.some(({ routes }) =>
    routes.some(({ typedPerFilterConfig }) => typedPerFilterConfig[CORS_FILTER] !== undefined),
  );
}

function routerFilter(): HttpFilter {
  return create(HttpFilterSchema, {
    name: 'envoy.filters.http.router',
    configType: { case: 'typedConfig', value: packAny(RouterSchema, create(RouterSchema)) },
  });
}
