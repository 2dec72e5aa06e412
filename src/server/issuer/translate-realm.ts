import type { JsonObject, JsonValue, Message } from '@bufbuild/protobuf';
import type { ListValue } from '@bufbuild/protobuf/wkt';
import type { Client, Group, Realm, Role, User } from '#schema/realm/realm_pb.js';
import type { RealmRepresentation } from '../../issuer/index.ts';

type Lists = Record<string, string[]>;

/** The decoded message as the plain data that the issuer compiles; an empty list is one that is not there. */
export function translateRealm(message: Realm): RealmRepresentation {
  return {
    ...withoutType(message),
    realm: message.realm ?? '',
    roles: message.roles && {
      realm: message.roles.realm.map(translateRole),
      client: mapMembers(message.roles.client, rolesOf),
    },
    defaultRole: message.defaultRole && { name: message.defaultRole.name },
    groups: message.groups.map(translateGroup),
    users: message.users.map(translateUser),
    clients: message.clients.map(translateClient),
    clientScopes: filled(message.clientScopes),
    clientScopeMappings: mapMembers(message.clientScopeMappings, scopeMappingsOf),
    defaultDefaultClientScopes: filled(message.defaultDefaultClientScopes),
    defaultOptionalClientScopes: filled(message.defaultOptionalClientScopes),
    components: mapMembers(message.components, componentsOf),
  };
}

function translateRole(role: Role) {
  const { realm, client } = role.composites ?? {};
  return { name: role.name, composites: { realm, client: stringLists(client) } };
}

function translateGroup(group: Group): NonNullable<RealmRepresentation['groups']>[number] {
  return {
    name: group.name,
    realmRoles: group.realmRoles,
    clientRoles: stringLists(group.clientRoles),
    subGroups: group.subGroups.map(translateGroup),
  };
}

function translateUser(user: User) {
  return {
    ...withoutType(user),
    attributes: stringLists(user.attributes),
    clientRoles: stringLists(user.clientRoles),
  };
}

function translateClient(client: Client) {
  return {
    ...withoutType(client),
    defaultClientScopes: listOf(client.defaultClientScopes),
    optionalClientScopes: listOf(client.optionalClientScopes),
  };
}

function withoutType<T extends Message>(message: T): Omit<T, '$typeName' | '$unknown'> {
  const { $typeName: _name, $unknown: _unknown, ...rest } = message;
  return rest;
}

const filled = <T>(list: T[]): T[] | undefined => (list.length === 0 ? undefined : list);

function listOf(list: ListValue | undefined): string[] | undefined {
  return list?.values.map((value) => String(value.kind.value));
}

/** `{a: ["x"], b: "y"}` → lists of texts throughout. */
function stringLists(object: JsonObject | undefined): Lists {
  return mapMembers(object, stringsOf);
}

function stringsOf(value: JsonValue): string[] {
  if (Array.isArray(value)) return value.filter((item) => item !== null).map(String);
  return value === null ? [] : [String(value)];
}

function mapMembers<T>(object: JsonObject | undefined, map: (value: JsonValue) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(object ?? {}).map(([name, value]) => [name, map(value)]));
}

function objectsOf(value: JsonValue): JsonObject[] {
  return Array.isArray(value) ? value.filter((item): item is JsonObject => isObject(item)) : [];
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function rolesOf(value: JsonValue) {
  return objectsOf(value).map((role) => {
    const composites = isObject(role['composites']) ? role['composites'] : {};
    const client = isObject(composites['client']) ? composites['client'] : undefined;
    return {
      name: String(role['name']),
      composites: { realm: stringsOf(composites['realm'] ?? null), client: stringLists(client) },
    };
  });
}

function scopeMappingsOf(value: JsonValue) {
  return objectsOf(value).map(({ client, clientScope, roles }) => ({
    client: textOf(client),
    clientScope: textOf(clientScope),
    roles: stringsOf(roles ?? null),
  }));
}

function componentsOf(value: JsonValue) {
  return objectsOf(value).map(({ name, providerId, config }) => ({
    name: textOf(name),
    providerId: textOf(providerId),
    config: stringLists(isObject(config) ? config : undefined),
  }));
}

const textOf = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;
