import type { Profile } from '../profile.ts';
import type { Client, Realm, User } from '../realm/realm.ts';
import { intersectRoles, type RoleSet } from '../realm/roles.ts';
import type { ScopeSelection } from './scope-selection.ts';

/** Whom and what a set of tokens is about. */
export interface TokenSubject {
  readonly realm: Realm;
  readonly issuerUrl: string;
  readonly profile: Profile;
  readonly client: Client;
  readonly user: User;
  readonly selection: ScopeSelection;
  /** Undefined for tokens without a session. */
  readonly sid: string | undefined;
  readonly isOffline: boolean;
  readonly notes: Readonly<Record<string, string>>;
  /** Which grant issues the tokens: the letters in a modern `jti`. */
  readonly grantLetters: 'ro' | 'rt' | 'cc';
}

/** The user's roles that the client may see through the scopes chosen. */
export function visibleRoles({ user, client, selection }: TokenSubject): RoleSet {
  if (client.fullScopeAllowed) return user.roles;
  const sets = [client.scopeRoles, ...selection.scopes.map((scope) => scope.roles)];
  const clients = new Map<string, Set<string>>();
  for (const set of sets) {
    for (const [name, roles] of set.clients) {
      clients.set(name, new Set([...(clients.get(name) ?? []), ...roles]));
    }
  }
  return intersectRoles(user.roles, { realm: new Set(sets.flatMap((set) => [...set.realm])), clients });
}
