import { invalidGrant, OAuthError } from '../oauth-error.ts';
import type { Client, User } from '../realm/realm.ts';
import type { RealmRuntime } from '../realm-runtime.ts';
import type { ClientSession, Session } from '../store/session.ts';
import type { SessionChange } from '../store/store.ts';
import { createPlainId } from '../tokens/build-claims.ts';
import { issueTokens } from '../tokens/issue-tokens.ts';
import {
  accessTokenSeconds,
  clientSessionEnds,
  hasEnded,
  refreshTokenSeconds,
  sessionEnds,
} from '../tokens/lifetimes.ts';
import { parseRefreshToken, type RefreshToken } from '../tokens/parse-refresh-token.ts';
import { useRefreshToken } from '../tokens/refresh-rotation.ts';
import { hasOfflineAccess, narrowScopes } from '../tokens/scope-selection.ts';
import type { GrantReply, GrantRequest } from './grant.ts';
import { endOfSession } from './start-session.ts';

const OFFLINE_GONE = 'Offline user session not found';

/** A refresh that was accepted: the session as it is from now on. */
interface Refreshed {
  readonly session: Session;
  readonly part: ClientSession;
  readonly user: User;
}

/** RFC 6749 §6. The token is used up, or found used, in one step with the session's own state. */
export async function refreshTokenGrant(runtime: RealmRuntime, request: GrantRequest): Promise<GrantReply> {
  const { realm, store, random, profile, clock, issuerUrl, keys } = runtime;
  const { client, form } = request;
  const text = form.get('refresh_token');
  if (text === undefined) throw new OAuthError(400, 'invalid_request', 'No refresh token');
  const token = checkRefreshToken(runtime, client, text);
  const selection = narrowScopes(client, token.scope, form.get('scope'));
  const original = narrowScopes(client, token.scope, undefined);
  if (token.isOffline && !hasOfflineAccess(original)) throw invalidGrant(OFFLINE_GONE);
  const nowMs = clock.now();
  const jti = createPlainId(runtime, random);
  const refreshed = await store.updateSession(realm.name, token.sid, (session) =>
    refreshSession({ runtime, client, token, successor: jti, nowMs }, session),
  );
  if (refreshed instanceof OAuthError) throw refreshed;
  const { session, part, user } = refreshed;
  const ends = clientSessionEnds(realm, client, session, part);
  const { isOffline, notes } = session;
  const subject = {
    realm,
    issuerUrl,
    profile,
    client,
    user,
    selection,
    isOffline,
    notes,
    sid: session.sid,
    grantLetters: 'rt',
  } as const;
  const order = {
    subject,
    iat: Math.floor(nowMs / 1000),
    accessSeconds: accessTokenSeconds(realm, client, ends, nowMs),
    refresh: client.usesRefreshTokens
      ? {
          jti,
          reuseId: token.reuseId,
          seconds: refreshTokenSeconds(ends, isOffline, nowMs),
          selection: original,
        }
      : undefined,
  };
  return { body: await issueTokens(order, keys, random) };
}

/** Everything about the token that does not depend on the session. */
function checkRefreshToken(
  { realm, keys, clock, issuerUrl }: RealmRuntime,
  client: Client,
  text: string,
): RefreshToken {
  const token = parseRefreshToken(text, keys);
  if (token === null) throw invalidGrant('Invalid refresh token');
  if (token.iss !== issuerUrl) throw invalidGrant(`Invalid token issuer. Expected '${issuerUrl}'`);
  const nowMs = clock.now();
  if (token.exp !== null && token.exp * 1000 <= nowMs) throw invalidGrant('Token is not active');
  if (token.iat < Math.max(realm.notBefore, client.notBefore)) throw invalidGrant('Stale token');
  if (token.clientId !== client.clientId) {
    throw invalidGrant("Invalid refresh token. Token client and authorized client don't match");
  }
  return token;
}

interface RefreshUse {
  readonly runtime: RealmRuntime;
  readonly client: Client;
  readonly token: RefreshToken;
  readonly successor: string;
  readonly nowMs: number;
}

/** Judges one use of a refresh token against the session, and says what becomes of the session. */
function refreshSession(use: RefreshUse, session: Session | null): SessionChange<Refreshed | OAuthError> {
  const { runtime, client, token, nowMs } = use;
  const { realm } = runtime;
  const refuse = (description: string, kept = session) => ({
    session: kept,
    result: invalidGrant(description),
  });
  const gone = token.isOffline ? OFFLINE_GONE : 'Session not active';
  if (session === null || session.isOffline !== token.isOffline) return refuse(gone);
  if (hasEnded(sessionEnds(realm, session), nowMs)) return refuse(gone, null);
  const user = realm.users.byId(session.userId);
  if (user === undefined) return refuse('Unknown user');
  if (!user.enabled) return refuse('User disabled');
  if (token.iat < user.notBefore) return refuse('Stale token');
  if (token.isOffline && !user.roles.realm.has('offline_access')) return refuse(OFFLINE_GONE);
  if (token.iat * 1000 + 999 < session.startedMs) {
    return refuse('Refresh token issued before the user session started');
  }
  const part = Object.hasOwn(session.clients, client.clientId) ? session.clients[client.clientId] : undefined;
  if (part === undefined) return refuse("Session doesn't have required client");
  if (hasEnded(clientSessionEnds(realm, client, session, part), nowMs)) {
    return refuse('Client session not active', withoutClient(session, client));
  }
  return rotate(use, session, part, user);
}

/** A token that was used before takes the whole client session with it (RFC 9700 §4.14.2). */
function rotate(
  { runtime, client, token, successor, nowMs }: RefreshUse,
  session: Session,
  part: ClientSession,
  user: User,
): SessionChange<Refreshed | OAuthError> {
  const { areRevokedOnUse, reuseMax } = runtime.realm.refreshTokens;
  let families = part.families;
  if (areRevokedOnUse) {
    const id = token.reuseId ?? '';
    const held = Object.hasOwn(families, id) ? families[id] : undefined;
    const isForeign = held === undefined && token.reuseId !== undefined;
    const use = isForeign
      ? ({ verdict: 'stale' } as const)
      : useRefreshToken(held, token.jti, successor, reuseMax);
    if (use.verdict !== 'accepted') {
      const text = use.verdict === 'stale' ? 'Stale token' : 'Maximum allowed refresh token reuse exceeded';
      return { session: withoutClient(session, client), result: invalidGrant(text) };
    }
    families = { ...families, [id]: use.family };
  }
  const nextPart = { ...part, lastRefreshMs: nowMs, families };
  const moved = {
    ...session,
    lastRefreshMs: nowMs,
    clients: { ...session.clients, [client.clientId]: nextPart },
  };
  const next = { ...moved, endsMs: endOfSession(runtime, moved) };
  return { session: next, result: { session: next, part: nextPart, user } };
}

function withoutClient(session: Session, client: Client): Session {
  const clients = Object.entries(session.clients).filter(([id]) => id !== client.clientId);
  return { ...session, clients: Object.fromEntries(clients) };
}
