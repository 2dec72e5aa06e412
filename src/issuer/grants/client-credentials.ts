import { OAuthError } from '../oauth-error.ts';
import type { Client, User } from '../realm/realm.ts';
import type { RealmRuntime } from '../realm-runtime.ts';
import { issueTokens } from '../tokens/issue-tokens.ts';
import { accessTokenSeconds } from '../tokens/lifetimes.ts';
import { selectScopes } from '../tokens/scope-selection.ts';
import type { GrantReply, GrantRequest } from './grant.ts';
import { startSession } from './start-session.ts';

/** RFC 6749 §4.4. No session is kept, unless the client wants refresh tokens. */
export async function clientCredentialsGrant(
  runtime: RealmRuntime,
  { client, form, remoteAddress }: GrantRequest,
): Promise<GrantReply> {
  const user = serviceAccountOf(runtime, client);
  const selection = selectScopes(client, form.get('scope'));
  const notes = {
    clientHost: remoteAddress,
    clientAddress: remoteAddress,
    client_id: client.clientId,
    clientId: client.clientId,
  };
  if (client.usesRefreshTokensForClientCredentials) {
    const login = { client, user, selection, notes, grantLetters: 'cc', givesRefreshToken: true } as const;
    return { body: await startSession(runtime, login) };
  }
  const { realm, issuerUrl, profile, clock, keys, random } = runtime;
  const nowMs = clock.now();
  const order = {
    subject: {
      realm,
      issuerUrl,
      profile,
      client,
      user,
      selection,
      notes,
      sid: undefined,
      isOffline: false,
      grantLetters: 'cc',
    },
    iat: Math.floor(nowMs / 1000),
    accessSeconds: accessTokenSeconds(realm, client, null, nowMs),
    refresh: undefined,
  } as const;
  return { body: await issueTokens(order, keys, random) };
}

function serviceAccountOf({ realm }: RealmRuntime, client: Client): User {
  const refuse = (description: string) => new OAuthError(401, 'unauthorized_client', description);
  if (client.isPublic) throw refuse('Public client not allowed to retrieve service account');
  const user = realm.users.serviceAccount(client.clientId);
  if (!client.serviceAccountsEnabled || user === undefined) {
    throw refuse('Client not enabled to retrieve service account');
  }
  if (!user.enabled) throw new OAuthError(401, 'invalid_request', `User '${user.username}' disabled`);
  return user;
}
