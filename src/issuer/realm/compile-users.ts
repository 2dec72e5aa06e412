import { createHash, createHmac } from 'node:crypto';
import { decodeCredential } from '../passwords/decode-credential.ts';
import { createDecoy, hashPassword, type PasswordHash } from '../passwords/password-hash.ts';
import { type Random, renderUuid } from '../random.ts';
import type { ProblemList, RealmProblem } from './problem.ts';
import type { Client, User, UserDirectory } from './realm.ts';
import type { RealmRepresentation, UserRepresentation } from './representation.ts';
import type { RoleBook } from './roles.ts';

interface UsersContext {
  readonly realm: RealmRepresentation;
  readonly clients: ReadonlyMap<string, Client>;
  readonly roles: RoleBook;
  readonly random: Random;
  readonly problems: ProblemList;
}

/** Plain passwords are hashed here, before the realm is ever used. */
export async function compileUsers(context: UsersContext): Promise<UserDirectory> {
  const representations = context.realm.users ?? [];
  const users = await Promise.all(
    representations.map((user, index) => compileUser(user, ['users', index], context)),
  );
  const byId = new Map(users.map((user) => [user.id, user]));
  const byName = new Map(users.map((user) => [user.username.toLowerCase(), user]));
  const byEmail = new Map(
    users.flatMap((user): [string, User][] => (user.email ? [[user.email.toLowerCase(), user]] : [])),
  );
  const accounts = serviceAccounts(users, context);
  for (const account of accounts.values()) byId.set(account.id, account);
  const withEmail = context.realm.loginWithEmailAllowed ?? true;
  tellTwins(users, withEmail ? ['username', 'id', 'email'] : ['username', 'id'], context.problems);
  const hashes = users.flatMap((user) => user.password ?? []);
  const secret = decoySecret(representations);
  return {
    byId: (id) => byId.get(id),
    byLogin: (name) =>
      byName.get(name.toLowerCase()) ?? (withEmail ? byEmail.get(name.toLowerCase()) : undefined),
    serviceAccount: (clientId) => accounts.get(clientId),
    decoyFor: (name) => {
      const like = hashes[placeOf(name.toLowerCase(), secret, hashes.length)];
      return createDecoy(like, (count) => context.random.bytes(count));
    },
  };
}

/** Nobody outside knows it, it is the same after a restart, and no longer for many users: each unknown name is hashed with it. */
function decoySecret(users: readonly UserRepresentation[]): Buffer {
  return createHash('sha256')
    .update(JSON.stringify(users.map((user) => user.credentials)))
    .digest();
}

/** One of `count` places, always the same for a name. */
function placeOf(name: string, secret: Buffer, count: number): number {
  const bytes = createHmac('sha256', secret).update(name).digest();
  return count === 0 ? 0 : bytes.readUInt32BE() % count;
}

async function compileUser(
  user: UserRepresentation,
  path: RealmProblem['path'],
  context: UsersContext,
): Promise<User> {
  const groupRoles = (user.groups ?? []).flatMap((group) => context.roles.ofGroup(group));
  return {
    id: user.id ?? deriveId(context.realm.realm, 'user', user.username.toLowerCase()),
    username: user.username.toLowerCase(),
    email: user.email || undefined,
    emailVerified: user.emailVerified ?? false,
    enabled: user.enabled ?? true,
    firstName: user.firstName || undefined,
    lastName: user.lastName || undefined,
    createdTimestamp: user.createdTimestamp,
    attributes: user.attributes ?? {},
    requiredActions: user.requiredActions ?? [],
    groups: user.groups ?? [],
    roles: context.roles.expand({ realm: user.realmRoles, client: user.clientRoles }, ...groupRoles),
    notBefore: user.notBefore ?? 0,
    serviceAccountClientId: user.serviceAccountClientId || undefined,
    password: await compilePassword(user, path, context),
  };
}

async function compilePassword(
  user: UserRepresentation,
  path: RealmProblem['path'],
  { random, problems }: UsersContext,
): Promise<PasswordHash | undefined> {
  const index = (user.credentials ?? []).findIndex((credential) => credential.type === 'password');
  const credential = user.credentials?.[index];
  if (credential === undefined) return undefined;
  const decoded = decodeCredential(credential);
  if (typeof decoded === 'string') {
    problems.error([...path, 'credentials', index], `password of user \`${user.username}\`: ${decoded}`);
    return undefined;
  }
  return decoded.kind === 'plain' ? hashPassword(decoded.value, random.bytes(16)) : decoded;
}

/** The user behind each client with a service account: the file's, or one made up with the realm's default roles. */
function serviceAccounts(users: User[], context: UsersContext): Map<string, User> {
  const accounts = new Map<string, User>();
  for (const user of users) {
    if (user.serviceAccountClientId !== undefined) accounts.set(user.serviceAccountClientId, user);
  }
  for (const client of context.clients.values()) {
    if (client.serviceAccountsEnabled && !accounts.has(client.clientId)) {
      accounts.set(client.clientId, createServiceAccount(client.clientId, context));
    }
  }
  return accounts;
}

function createServiceAccount(clientId: string, { realm, roles }: UsersContext): User {
  return {
    id: deriveId(realm.realm, 'service-account', clientId),
    username: `service-account-${clientId}`.toLowerCase(),
    email: undefined,
    emailVerified: false,
    enabled: true,
    firstName: undefined,
    lastName: undefined,
    createdTimestamp: undefined,
    attributes: {},
    requiredActions: [],
    groups: [],
    roles: roles.expand({ realm: [roles.defaultRole] }),
    notBefore: 0,
    serviceAccountClientId: clientId,
    password: undefined,
  };
}

/** An id that stays the same over restarts although no file holds it. */
function deriveId(...parts: string[]): string {
  return renderUuid(createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16));
}

/** What finds a user must find no other: a refresh by a shared id would give one user's tokens to the other. */
function tellTwins(
  users: readonly User[],
  members: readonly ('username' | 'id' | 'email')[],
  problems: ProblemList,
): void {
  const seen = new Set<string>();
  for (const [index, user] of users.entries()) {
    const names = members.map((member) => ({ member, name: `${member} ${user[member]?.toLowerCase()}` }));
    const twin = names.find(({ member, name }) => user[member] !== undefined && seen.has(name))?.member;
    if (twin !== undefined) problems.error(['users', index, twin], `\`${user[twin]}\` is there twice`);
    for (const { name } of names) seen.add(name);
  }
}
