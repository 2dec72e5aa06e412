import type { Bootstrap } from '#schema/envoy/config/bootstrap/v3/bootstrap_pb.js';
import type {
  JwtAuthentication,
  JwtProvider,
  RemoteJwks,
  RequirementRule,
} from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import type {
  HttpConnectionManager,
  HttpFilter,
} from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { configOf } from '../checks/check-context.ts';

/** A jwt_authn filter and the connection manager that it stands in. */
export interface JwtFilter {
  manager: HttpConnectionManager;
  jwt: JwtAuthentication;
}

export const JWT_AUTHN = 'envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication';

export function jwtFiltersOf(managers: readonly HttpConnectionManager[]): JwtFilter[] {
  return managers.flatMap((manager) =>
    manager.httpFilters.flatMap((filter) => {
      const jwt = filterConfig<JwtAuthentication>(filter, JWT_AUTHN);
      return jwt === undefined ? [] : [{ manager, jwt }];
    }),
  );
}

/** A filter's configuration, if it is of that type. */
export function filterConfig<T extends { $typeName: string }>(
  { configType }: HttpFilter,
  typeName: T['$typeName'],
): T | undefined {
  return configOf<T>(configType.case === 'typedConfig' ? configType.value : undefined, typeName);
}

export function managersOf(bootstrap: Bootstrap): HttpConnectionManager[] {
  const chains = (bootstrap.staticResources?.listeners ?? []).flatMap(
    ({ filterChains, defaultFilterChain }) =>
      defaultFilterChain === undefined ? filterChains : [...filterChains, defaultFilterChain],
  );
  return chains.flatMap((chain) =>
    chain.filters.flatMap(({ configType }) => {
      const any = configType.case === 'typedConfig' ? configType.value : undefined;
      const manager = configOf<HttpConnectionManager>(
        any,
        'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
      );
      return manager === undefined ? [] : [manager];
    }),
  );
}

export interface RemoteProvider {
  name: string;
  provider: JwtProvider;
  remote: RemoteJwks;
}

export function remoteProvidersOf(jwt: JwtAuthentication): RemoteProvider[] {
  return Object.entries(jwt.providers).flatMap(([name, provider]) => {
    const source = provider.jwksSourceSpecifier;
    return source.case === 'remoteJwks' ? [{ name, provider, remote: source.value }] : [];
  });
}

/** A rule that lets what it matches through without a token. */
export function exempts(rule: RequirementRule): boolean {
  const type = rule.requirementType;
  if (type.case === undefined) return true;
  return type.case === 'requires' && type.value.requiresType.case === undefined;
}
