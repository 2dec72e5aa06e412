import type { Client, Realm } from '../realm/realm.ts';
import type { ClientSession, Session } from '../store/session.ts';

const SECOND_MS = 1000;

/** When a session ends if nobody refreshes it, and the end that no refresh can move. Milliseconds; null: never. */
export interface SessionEnds {
  readonly idleMs: number;
  readonly maxMs: number | null;
}

export function sessionEnds(
  realm: Realm,
  session: Pick<Session, 'isOffline' | 'startedMs' | 'lastRefreshMs'>,
): SessionEnds {
  const { lifetimes } = realm;
  const idle = session.isOffline ? lifetimes.offlineIdleSeconds : lifetimes.sessionIdleSeconds;
  const max = session.isOffline ? lifetimes.offlineMaxSeconds : lifetimes.sessionMaxSeconds;
  return {
    idleMs: session.lastRefreshMs + idle * SECOND_MS,
    maxMs: max === null ? null : session.startedMs + max * SECOND_MS,
  };
}

/** The same for one client's part in the session; what the client or the realm sets for clients can only shorten it. */
export function clientSessionEnds(
  realm: Realm,
  client: Client,
  session: Pick<Session, 'isOffline' | 'startedMs' | 'lastRefreshMs'>,
  part: Pick<ClientSession, 'startedMs' | 'lastRefreshMs'>,
): SessionEnds {
  const ends = sessionEnds(realm, session);
  if (session.isOffline) return ends;
  const idle = client.sessionIdleSeconds || realm.lifetimes.clientIdleSeconds;
  const max = client.sessionMaxSeconds || realm.lifetimes.clientMaxSeconds;
  return {
    idleMs: idle > 0 ? Math.min(ends.idleMs, part.lastRefreshMs + idle * SECOND_MS) : ends.idleMs,
    maxMs: max > 0 ? Math.min(ends.maxMs ?? Infinity, part.startedMs + max * SECOND_MS) : ends.maxMs,
  };
}

export function hasEnded(ends: SessionEnds, nowMs: number): boolean {
  return nowMs >= Math.min(ends.idleMs, ends.maxMs ?? Infinity);
}

/** Seconds that an access token issued now is good for: never longer than the session can last. */
export function accessTokenSeconds(
  realm: Realm,
  client: Client,
  ends: SessionEnds | null,
  nowMs: number,
): number {
  const wanted = client.accessTokenSeconds || realm.lifetimes.accessTokenSeconds;
  const left = ends?.maxMs == null ? Infinity : Math.floor((ends.maxMs - nowMs) / SECOND_MS);
  if (wanted === -1) return Number.isFinite(left) ? left : realm.lifetimes.sessionMaxSeconds;
  return Math.max(1, Math.min(wanted, left));
}

/** Seconds that a refresh token issued now is good for; null: it has no end of its own. */
export function refreshTokenSeconds(ends: SessionEnds, isOffline: boolean, nowMs: number): number | null {
  if (isOffline) return ends.maxMs === null ? null : Math.floor((ends.maxMs - nowMs) / SECOND_MS);
  return Math.max(1, Math.floor((Math.min(ends.idleMs, ends.maxMs ?? Infinity) - nowMs) / SECOND_MS));
}
