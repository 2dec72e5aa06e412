import type { GroupRepresentation, RealmRepresentation, RoleRepresentation } from './representation.ts';

/** Realm roles, and roles by the client that they belong to. */
export interface RoleSet {
  readonly realm: ReadonlySet<string>;
  readonly clients: ReadonlyMap<string, ReadonlySet<string>>;
}

export interface RoleNames {
  realm?: readonly string[] | undefined;
  client?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** What a realm knows about roles: what they are composed of, and which ones a group brings. */
export interface RoleBook {
  /** The roles named and all that they are composed of. */
  expand(...names: RoleNames[]): RoleSet;
  /** The roles of the group at `path` (`/ops/eu`) and of the groups around it. */
  ofGroup(path: string): RoleNames[];
  readonly defaultRole: string;
}

export function compileRoles(realm: RealmRepresentation): RoleBook {
  const defaultRole = realm.defaultRole?.name ?? `default-roles-${realm.realm}`;
  const composites = new Map<string, RoleNames>(builtInComposites(defaultRole));
  for (const role of realm.roles?.realm ?? []) addComposite(composites, realmKey(role.name), role);
  for (const [client, roles] of Object.entries(realm.roles?.client ?? {})) {
    for (const role of roles) addComposite(composites, clientKey(client, role.name), role);
  }
  const groups = new Map<string, RoleNames[]>();
  for (const group of realm.groups ?? []) addGroup(groups, '', [], group);
  return {
    expand: (...names) => expandRoles(composites, names),
    ofGroup: (path) => groups.get(path) ?? [],
    defaultRole,
  };
}

/** The roles of `user` that a client may see. */
export function intersectRoles(user: RoleSet, allowed: RoleSet): RoleSet {
  const clients = new Map<string, ReadonlySet<string>>();
  for (const [client, roles] of user.clients) {
    const kept = intersect(roles, allowed.clients.get(client));
    if (kept.size > 0) clients.set(client, kept);
  }
  return { realm: intersect(user.realm, allowed.realm), clients };
}

function intersect(held: ReadonlySet<string>, allowed: ReadonlySet<string> | undefined): Set<string> {
  return new Set([...held].filter((name) => allowed?.has(name)));
}

const realmKey = (role: string) => `\0${role}`;
const clientKey = (client: string, role: string) => `${client}\0${role}`;

/** The composites that every Keycloak realm is born with. */
function builtInComposites(defaultRole: string): [string, RoleNames][] {
  return [
    [
      realmKey(defaultRole),
      {
        realm: ['offline_access', 'uma_authorization'],
        client: { account: ['manage-account', 'view-profile'] },
      },
    ],
    [clientKey('account', 'manage-account'), { client: { account: ['manage-account-links'] } }],
    [clientKey('account', 'manage-consent'), { client: { account: ['view-consent'] } }],
  ];
}

function addComposite(composites: Map<string, RoleNames>, key: string, role: RoleRepresentation): void {
  if (role.composites !== undefined) composites.set(key, role.composites);
}

function addGroup(
  groups: Map<string, RoleNames[]>,
  parentPath: string,
  inherited: RoleNames[],
  group: GroupRepresentation,
): void {
  const path = `${parentPath}/${group.name}`;
  const own = [...inherited, { realm: group.realmRoles, client: group.clientRoles }];
  groups.set(path, own);
  for (const child of group.subGroups ?? []) addGroup(groups, path, own, child);
}

function expandRoles(composites: Map<string, RoleNames>, names: RoleNames[]): RoleSet {
  const realm = new Set<string>();
  const clients = new Map<string, Set<string>>();
  const pending = [...names];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const role of next.realm ?? []) {
      if (realm.has(role)) continue;
      realm.add(role);
      pending.push(composites.get(realmKey(role)) ?? {});
    }
    for (const [client, roles] of Object.entries(next.client ?? {})) {
      const held = clients.get(client) ?? new Set<string>();
      clients.set(client, held);
      for (const role of roles) {
        if (held.has(role)) continue;
        held.add(role);
        pending.push(composites.get(clientKey(client, role)) ?? {});
      }
    }
  }
  return { realm, clients };
}
