import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import type { RouteConfiguration } from '#schema/envoy/config/route/v3/route_pb.js';
import {
  type JwtAuthentication,
  JwtAuthenticationSchema,
} from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import { type RBAC, RBACSchema } from '#schema/envoy/extensions/filters/http/rbac/v3/rbac_pb.js';
import {
  type HttpConnectionManager,
  HttpConnectionManagerSchema,
  type HttpFilter,
} from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { type Snapshot, typeNameOf, unpackAny } from '../resources/index.ts';

/** What decides in one connection manager. The messages are those that the decision objects are compiled from. */
export interface ManagerParts {
  manager: HttpConnectionManager;
  routes: RouteConfiguration | null;
  jwtFilters: JwtAuthentication[];
  rbacFilters: RBAC[];
}

export function managersOf(snapshot: Snapshot): ManagerParts[] {
  return snapshot.listeners
    .flatMap((listener) => [
      ...listener.filterChains,
      ...(listener.defaultFilterChain === undefined ? [] : [listener.defaultFilterChain]),
    ])
    .flatMap((chain) => chain.filters)
    .flatMap((filter) => partOf(filter, HttpConnectionManagerSchema))
    .map(partsOf);
}

function partsOf(manager: HttpConnectionManager): ManagerParts {
  const { routeSpecifier, httpFilters } = manager;
  return {
    manager,
    routes: routeSpecifier.case === 'routeConfig' ? routeSpecifier.value : null,
    jwtFilters: httpFilters.flatMap((filter) => partOf(filter, JwtAuthenticationSchema)),
    rbacFilters: httpFilters.flatMap((filter) => partOf(filter, RBACSchema)),
  };
}

/** The typed configuration of a filter, where it is of that type. */
function partOf<Desc extends DescMessage>(
  { configType }: Pick<HttpFilter, 'configType'> | { configType: { case: undefined; value?: undefined } },
  schema: Desc,
): MessageShape<Desc>[] {
  if (configType.case !== 'typedConfig' || typeNameOf(configType.value) !== schema.typeName) return [];
  return [unpackAny(schema, configType.value)];
}
