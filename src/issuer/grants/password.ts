import { invalidGrant, OAuthError } from '../oauth-error.ts';
import { verifyPassword } from '../passwords/password-hash.ts';
import type { Client, User } from '../realm/realm.ts';
import type { RealmRuntime } from '../realm-runtime.ts';
import { hasOfflineAccess, type ScopeSelection, selectScopes } from '../tokens/scope-selection.ts';
import type { GrantReply, GrantRequest } from './grant.ts';
import { startSession } from './start-session.ts';

/** RFC 6749 §4.3, with Keycloak's refusals in Keycloak's order. */
export async function passwordGrant(runtime: RealmRuntime, request: GrantRequest): Promise<GrantReply> {
  const { client, form } = request;
  checkClient(client);
  const selection = selectScopes(client, form.get('scope'));
  const user = await authenticate(runtime, form.get('username'), form.get('password'));
  checkUser(runtime, user);
  checkOffline(selection, user);
  const body = await startSession(runtime, {
    client,
    user,
    selection,
    grantLetters: 'ro',
    notes: {},
    givesRefreshToken: client.usesRefreshTokens,
  });
  return { body, locale: runtime.profile.localeCookieIsSet ? user.attributes['locale']?.[0] : undefined };
}

function checkClient(client: Client): void {
  if (!client.directAccessGrantsEnabled) {
    throw new OAuthError(400, 'unauthorized_client', 'Client not allowed for direct access grants');
  }
  if (client.consentRequired) {
    throw new OAuthError(400, 'invalid_client', 'Client requires user consent');
  }
}

/** Costs as much for a name that nobody has as for a wrong password. */
async function authenticate(
  runtime: RealmRuntime,
  username: string | undefined,
  password: string | undefined,
): Promise<User> {
  const { realm, passwords, profile } = runtime;
  if (username === undefined) throw new OAuthError(401, 'invalid_request', 'Missing parameter: username');
  const user = realm.users.byLogin(username);
  const stored = user?.serviceAccountClientId === undefined ? user?.password : undefined;
  const check = passwords.run(() => verifyPassword(stored ?? realm.users.decoyFor(username), password ?? ''));
  if (check === null) {
    throw new OAuthError(503, 'temporarily_unavailable', 'Too many logins at once', { retryAfterSeconds: 1 });
  }
  const matches = await check;
  if (user === undefined || stored === undefined || !password || !matches) {
    throw new OAuthError(profile.badCredentialsStatus, 'invalid_grant', 'Invalid user credentials');
  }
  return user;
}

function checkUser({ profile }: RealmRuntime, user: User): void {
  if (!user.enabled) throw invalidGrant('Account disabled');
  const isComplete = user.email !== undefined && user.firstName !== undefined && user.lastName !== undefined;
  if (user.requiredActions.length > 0 || (profile.userProfileIsRequired && !isComplete)) {
    throw invalidGrant('Account is not fully set up');
  }
}

function checkOffline(selection: ScopeSelection, user: User): void {
  if (hasOfflineAccess(selection) && !user.roles.realm.has('offline_access')) {
    throw new OAuthError(400, 'not_allowed', 'Offline tokens not allowed for the user or client');
  }
}
