import { compileMapper } from '../mappers/compile-mapper.ts';
import type { ProtocolMapper } from '../mappers/protocol-mapper.ts';
import { builtInScopes } from './built-in-scopes.ts';
import type { ProblemList, RealmProblem } from './problem.ts';
import type { ClientScope } from './realm.ts';
import type { ProtocolMapperRepresentation, RealmRepresentation } from './representation.ts';
import type { RoleBook, RoleNames } from './roles.ts';

/** The file's scopes replace Keycloak's own; `offline_access` is always there. */
export function compileScopes(
  realm: RealmRepresentation,
  roles: RoleBook,
  problems: ProblemList,
): Map<string, ClientScope> {
  const scopes = new Map<string, ClientScope>();
  for (const [index, scope] of (realm.clientScopes ?? builtInScopes).entries()) {
    const path = ['clientScopes', index];
    if (scopes.has(scope.name)) problems.error([...path, 'name'], `\`${scope.name}\` is there twice`);
    scopes.set(scope.name, {
      name: scope.name,
      isVisible: scope.attributes?.['include.in.token.scope'] !== 'false',
      mappers: compileMappers(scope.protocolMappers ?? [], [...path, 'protocolMappers'], problems),
      roles: roles.expand(...scopeMappings(realm, 'clientScope', scope.name)),
    });
  }
  if (!scopes.has('offline_access')) {
    scopes.set('offline_access', {
      name: 'offline_access',
      isVisible: true,
      mappers: [],
      roles: roles.expand({ realm: ['offline_access'] }),
    });
  }
  return scopes;
}

/** The roles that the realm allots to a client or a client scope (`scopeMappings`, `clientScopeMappings`). */
export function scopeMappings(
  realm: RealmRepresentation,
  kind: 'client' | 'clientScope',
  name: string,
): RoleNames[] {
  const own = (realm.scopeMappings ?? []).filter((mapping) => mapping[kind] === name);
  const byClient = Object.entries(realm.clientScopeMappings ?? {}).flatMap(([client, mappings]) =>
    mappings
      .filter((mapping) => mapping[kind] === name)
      .map((mapping): RoleNames => ({ client: { [client]: mapping.roles ?? [] } })),
  );
  return [...own.map((mapping): RoleNames => ({ realm: mapping.roles })), ...byClient];
}

export function compileMappers(
  mappers: readonly ProtocolMapperRepresentation[],
  path: RealmProblem['path'],
  problems: ProblemList,
): ProtocolMapper[] {
  return mappers.flatMap((mapper, index) => {
    const compiled = compileMapper(mapper);
    if (compiled === null) {
      problems.warn(
        [...path, index, 'protocolMapper'],
        `mapper kind \`${mapper.protocolMapper}\` is not supported; its claims will be missing`,
      );
    }
    return compiled === null ? [] : [compiled];
  });
}
