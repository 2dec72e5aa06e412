import type { Session } from './session.ts';
import type { IssuerStore, StoredKey } from './store.ts';

/** Keeps everything in this process; nothing survives it. */
export function createMemoryStore(): IssuerStore {
  const keys = new Map<string, StoredKey>();
  const sessions = new Map<string, Session>();
  const nameOf = (realm: string, id: string) => JSON.stringify([realm, id]);
  return {
    keys: async (realm) => [...keys.values()].filter((key) => key.realm === realm),
    async saveKeys(added) {
      for (const key of added) keys.set(nameOf(key.realm, key.kid), key);
    },
    async createSession(session) {
      sessions.set(nameOf(session.realm, session.sid), session);
    },
    async updateSession(realm, sid, decide) {
      const name = nameOf(realm, sid);
      const { session, result } = decide(sessions.get(name) ?? null);
      if (session === null) sessions.delete(name);
      else sessions.set(name, session);
      return result;
    },
    async deleteExpiredSessions(nowMs) {
      for (const [name, session] of sessions) if (session.endsMs <= nowMs) sessions.delete(name);
    },
    async close() {},
  };
}
