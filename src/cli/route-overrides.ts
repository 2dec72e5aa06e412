import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import type { Any } from '@bufbuild/protobuf/wkt';
import { FilterConfigSchema } from '#schema/envoy/config/route/v3/route_components_pb.js';
import type { RouteConfiguration } from '#schema/envoy/config/route/v3/route_pb.js';
import {
  type PerRouteConfig,
  PerRouteConfigSchema,
} from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import {
  type RBACPerRoute,
  RBACPerRouteSchema,
} from '#schema/envoy/extensions/filters/http/rbac/v3/rbac_pb.js';
import { typeNameOf, unpackAny } from '../resources/index.ts';

/** What a route, a virtual host or a cluster of several says in place of a filter's own configuration. */
export interface RouteOverride {
  /** `rbac of route shop`: the filter's name and where it stands. */
  name: string;
  config: { kind: 'jwt'; message: PerRouteConfig } | { kind: 'rbac'; message: RBACPerRoute };
  /** Takes it away, and answers how to give it back. */
  remove(): () => void;
}

type Level = { typedPerFilterConfig: { [filter: string]: Any } };

/** @param nameOf says what a route is called */
export function overridesOf(routes: RouteConfiguration, nameOf: RouteNamer): RouteOverride[] {
  return [
    ...at(routes, `route configuration ${routes.name}`),
    ...routes.virtualHosts.flatMap((host) => [
      ...at(host, `virtual host ${host.name}`),
      ...host.routes.flatMap((route, index) => {
        const name = nameOf(route, host.name, index);
        return [
          ...at(route, name),
          ...splitsOf(route).flatMap((split) => at(split, `${split.name} of ${name}`)),
        ];
      }),
    ]),
  ];
}

type Route = RouteConfiguration['virtualHosts'][number]['routes'][number];
export type RouteNamer = (route: Route, host: string, index: number) => string;

function splitsOf({ action }: Route) {
  const specifier = action.case === 'route' ? action.value.clusterSpecifier : undefined;
  return specifier?.case === 'weightedClusters' ? specifier.value.clusters : [];
}

function at(level: Level, where: string): RouteOverride[] {
  return Object.entries(level.typedPerFilterConfig).flatMap(([filter, any]) => {
    const config = configIn(any);
    if (config === null) return [];
    const remove = () => {
      delete level.typedPerFilterConfig[filter];
      return () => {
        level.typedPerFilterConfig[filter] = any;
      };
    };
    return [{ name: `${filter} of ${where}`, config, remove }];
  });
}

function configIn(any: Any): RouteOverride['config'] | null {
  const wrapped = unpacked(any, FilterConfigSchema);
  if (wrapped !== null) return wrapped.config === undefined ? null : configIn(wrapped.config);
  const jwt = unpacked(any, PerRouteConfigSchema);
  if (jwt !== null) return { kind: 'jwt', message: jwt };
  const rbac = unpacked(any, RBACPerRouteSchema);
  return rbac === null ? null : { kind: 'rbac', message: rbac };
}

function unpacked<Desc extends DescMessage>(any: Any, schema: Desc): MessageShape<Desc> | null {
  return typeNameOf(any) === schema.typeName ? unpackAny(schema, any) : null;
}
