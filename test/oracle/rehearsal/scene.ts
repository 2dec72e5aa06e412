import {
  clusterOf,
  listenerOf,
  managerOf,
  bootstrapOf as renderBootstrap,
} from '../../fixtures/envoy-config.ts';

/** One listener with its own filters and routes; scenes share an Envoy. */
export interface Scene {
  name: string;
  filters: { type: string; offByDefault?: boolean; [field: string]: unknown }[];
  /** Default: everything goes to the origin. */
  routeConfig?: object;
  manager?: object;
  /** More fields of the listener, and of its filter chain. */
  listener?: object;
  chain?: object;
}

export interface SceneRequest {
  method?: string;
  path: string;
  host?: string;
  headers?: readonly (readonly [name: string, value: string])[];
}

export interface Case {
  name: string;
  scene: string;
  request: SceneRequest;
  /** Default: true. Not where only a real exchange knows the answer. */
  rehearsed?: boolean;
}

const TYPE = 'type.googleapis.com/envoy.extensions.filters';

export const ROUTE_ALL = {
  virtual_hosts: [
    { name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: 'origin' } }] },
  ],
};

export function jwtAuthn(config: object): Scene['filters'][number] {
  return { type: `${TYPE}.http.jwt_authn.v3.JwtAuthentication`, ...config };
}

export function rbac(config: object): Scene['filters'][number] {
  return { type: `${TYPE}.http.rbac.v3.RBAC`, ...config };
}

/**
 * A bootstrap of all scenes, as JSON, which both sides read as a file.
 * @param others ports of more clusters, by name
 * @param clusters still more, as they are
 */
export function bootstrapOf(
  scenes: readonly Scene[],
  originPort: number,
  others: Readonly<Record<string, number>> = {},
  clusters: readonly object[] = [],
): string {
  const hosts = Object.entries({ origin: originPort, ...others });
  return renderBootstrap(scenes.map(renderScene), [
    ...hosts.map(([name, port]) => clusterOf(name, port)),
    ...clusters,
  ]);
}

function renderScene({
  name,
  filters,
  routeConfig = ROUTE_ALL,
  manager = {},
  listener,
  chain,
}: Scene): object {
  const http = filters.map(({ type, offByDefault = false, ...config }, index) => ({
    name: `filter-${index}`,
    ...(offByDefault ? { disabled: true } : {}),
    typed_config: { '@type': type, ...config },
  }));
  const fields = { stat_prefix: name, route_config: routeConfig, ...manager };
  return { ...listenerOf(name, [managerOf({ filters: http, fields })], chain), ...listener };
}
