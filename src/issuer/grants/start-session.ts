import { createUuid, createUuidShape } from '../random.ts';
import type { Client, User } from '../realm/realm.ts';
import type { RealmRuntime } from '../realm-runtime.ts';
import type { Session } from '../store/session.ts';
import { createPlainId } from '../tokens/build-claims.ts';
import { issueTokens } from '../tokens/issue-tokens.ts';
import {
  accessTokenSeconds,
  clientSessionEnds,
  refreshTokenSeconds,
  sessionEnds,
} from '../tokens/lifetimes.ts';
import { startFamily } from '../tokens/refresh-rotation.ts';
import { hasOfflineAccess, type ScopeSelection } from '../tokens/scope-selection.ts';
import type { TokenSubject } from '../tokens/token-subject.ts';

interface Login {
  readonly client: Client;
  readonly user: User;
  readonly selection: ScopeSelection;
  readonly grantLetters: TokenSubject['grantLetters'];
  readonly notes: Readonly<Record<string, string>>;
  /** The client gets refresh tokens from this grant. */
  readonly givesRefreshToken: boolean;
}

/** Begins a session and issues its first tokens. The session is kept before any token leaves. */
export async function startSession(runtime: RealmRuntime, login: Login): Promise<object> {
  const { realm, profile, store, clock, random, issuerUrl } = runtime;
  const { client, user, selection } = login;
  const nowMs = clock.now();
  const isOffline = hasOfflineAccess(selection);
  const sid = profile.sidIsUuid ? createUuid(random) : random.bytes(18).toString('base64url');
  const jti = createPlainId({ profile }, random);
  const reuseId =
    realm.refreshTokens.areRevokedOnUse && profile.refreshTokenIsDetailed
      ? createUuidShape(random)
      : undefined;
  const part = {
    startedMs: nowMs,
    lastRefreshMs: nowMs,
    families: realm.refreshTokens.areRevokedOnUse ? { [reuseId ?? '']: startFamily(jti) } : {},
  };
  const times = { isOffline, startedMs: nowMs, lastRefreshMs: nowMs };
  const session: Session = {
    ...times,
    realm: realm.name,
    sid,
    userId: user.id,
    endsMs: endOfSession(runtime, times),
    notes: login.notes,
    clients: { [client.clientId]: part },
  };
  const ends = clientSessionEnds(realm, client, session, part);
  await store.createSession(session);
  const { notes, grantLetters } = login;
  const subject: TokenSubject = {
    realm,
    issuerUrl,
    profile,
    client,
    user,
    selection,
    sid,
    isOffline,
    notes,
    grantLetters,
  };
  const order = {
    subject,
    iat: Math.floor(nowMs / 1000),
    accessSeconds: accessTokenSeconds(realm, client, ends, nowMs),
    refresh: login.givesRefreshToken
      ? { jti, reuseId, selection, seconds: refreshTokenSeconds(ends, isOffline, nowMs) }
      : undefined,
  };
  return issueTokens(order, runtime.keys, random);
}

/** When the store may forget the session. */
export function endOfSession(
  { realm }: Pick<RealmRuntime, 'realm'>,
  session: Pick<Session, 'isOffline' | 'startedMs' | 'lastRefreshMs'>,
): number {
  const ends = sessionEnds(realm, session);
  return Math.min(ends.idleMs, ends.maxMs ?? Infinity);
}
