import { parseClaimPath } from './claim-value.ts';
import type { MapperConfig } from './compile-mapper.ts';
import type { ApplyMapper } from './protocol-mapper.ts';

export function mapRealmRoles(config: MapperConfig): ApplyMapper {
  const path = parseClaimPath(config['claim.name'] ?? 'realm_access.roles');
  const prefix = config['usermodel.realmRoleMapping.rolePrefix'] ?? '';
  return (claims, { roles }) => {
    if (roles.realm.size > 0)
      claims.mapAt(
        path,
        [...roles.realm].map((role) => prefix + role),
      );
  };
}

/** Roles of one client, or of every client in turn; `${client_id}` in the claim's name is that client. */
export function mapClientRoles(config: MapperConfig): ApplyMapper {
  const name = config['claim.name'] ?? `resource_access.\${client_id}.roles`;
  const prefix = config['usermodel.clientRoleMapping.rolePrefix'] ?? '';
  const only = config['usermodel.clientRoleMapping.clientId'];
  return (claims, { roles }) => {
    for (const [client, names] of roles.clients) {
      if (names.size === 0 || (only !== undefined && only !== '' && only !== client)) continue;
      const path = parseClaimPath(name).map((part) => part.replace(`\${client_id}`, () => client));
      claims.mapAt(
        path,
        [...names].map((role) => prefix + role),
      );
    }
  };
}

export function mapGroups(config: MapperConfig): ApplyMapper {
  const path = parseClaimPath(config['claim.name'] ?? 'groups');
  const isFull = config['full.path'] === 'true';
  return (claims, { user }) => {
    if (user.groups.length === 0) return;
    claims.mapAt(
      path,
      user.groups.map((group) => (isFull ? group : group.slice(group.lastIndexOf('/') + 1))),
    );
  };
}
