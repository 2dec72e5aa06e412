import type { SelectedRoute } from '../route/selected-route.ts';
import type { HttpFilterFactory } from './filter.ts';

/**
 * What the route says to a filter, most specific level only: route, virtual host, route configuration. Another filter's message under
 * this filter's name counts as nothing said (Envoy: resolveMostSpecificPerFilterConfig).
 * @param name the filter's name in the chain
 * @returns what the factory's `perRoute` compiled, which the caller knows the type of
 */
export function routeConfigOf(
  route: SelectedRoute | null,
  name: string,
  factory: HttpFilterFactory,
): object | undefined {
  if (route === null || route.perFilter === null) return undefined;
  const config = route.perFilter.get(name)?.configs[0];
  return config !== undefined && config.typeName === factory.perRoute?.schema.typeName
    ? config.compiled
    : undefined;
}

/** The same of every level, the most specific first. */
export function routeConfigsOf(
  route: SelectedRoute | null,
  name: string,
  factory: HttpFilterFactory,
): readonly object[] {
  const configs = route?.perFilter?.get(name)?.configs ?? [];
  return configs
    .filter(({ typeName }) => typeName === factory.perRoute?.schema.typeName)
    .map(({ compiled }) => compiled);
}
