import { chmodSync, closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Session } from './session.ts';
import type { IssuerStore, KeyState, StoredKey } from './store.ts';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS keys (
  realm TEXT NOT NULL, kid TEXT NOT NULL, use TEXT NOT NULL, algorithm TEXT NOT NULL, state TEXT NOT NULL,
  created_ms INTEGER NOT NULL, secret BLOB NOT NULL, certificate BLOB, PRIMARY KEY (realm, kid)
) STRICT;
CREATE TABLE IF NOT EXISTS sessions (
  realm TEXT NOT NULL, sid TEXT NOT NULL, ends_ms INTEGER NOT NULL, content TEXT NOT NULL, PRIMARY KEY (realm, sid)
) STRICT;
CREATE INDEX IF NOT EXISTS sessions_by_end ON sessions (ends_ms);
`;

const VERSION = 1;

/**
 * Keeps everything in one SQLite file: a write that was acknowledged is on the disk (write-ahead log, `synchronous=FULL`).
 * The file holds private keys, so only its owner may read it.
 * @throws Error when the file cannot be opened, is no database, or comes from a newer jotgate.
 */
export function openSqliteStore(path: string): IssuerStore {
  makePrivate(path);
  const database = new DatabaseSync(path, { timeout: 5000 });
  try {
    prepare(database, path);
    return createStore(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Before the first byte is in it; SQLite gives the file's mode to those that it puts beside it. */
function makePrivate(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
}

function prepare(database: DatabaseSync, path: string): void {
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version > VERSION) throw new Error(`\`${path}\` was written by a newer jotgate`);
  database.exec(SCHEMA);
  database.exec(`PRAGMA user_version = ${VERSION}`);
}

function createStore(database: DatabaseSync): IssuerStore {
  const statements = {
    keys: database.prepare('SELECT * FROM keys WHERE realm = ? ORDER BY created_ms, kid'),
    saveKey: database.prepare('INSERT OR REPLACE INTO keys VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
    session: database.prepare('SELECT content FROM sessions WHERE realm = ? AND sid = ?'),
    saveSession: database.prepare('INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?)'),
    deleteSession: database.prepare('DELETE FROM sessions WHERE realm = ? AND sid = ?'),
    deleteExpired: database.prepare('DELETE FROM sessions WHERE ends_ms <= ?'),
  };
  const save = (session: Session) =>
    statements.saveSession.run(session.realm, session.sid, session.endsMs, JSON.stringify(session));
  return {
    keys: async (realm) => statements.keys.all(realm).map(decodeKey),
    async saveKeys(keys) {
      transact(database, () => {
        for (const key of keys) statements.saveKey.run(...encodeKey(key));
      });
    },
    async createSession(session) {
      save(session);
    },
    async updateSession(realm, sid, decide) {
      return transact(database, () => {
        const row = statements.session.get(realm, sid);
        const held = row === undefined ? null : (JSON.parse(String(row['content'])) as Session);
        const { session, result } = decide(held);
        if (session !== null) save(session);
        else if (held !== null) statements.deleteSession.run(realm, sid);
        return result;
      });
    },
    async deleteExpiredSessions(nowMs) {
      statements.deleteExpired.run(Math.floor(nowMs));
    },
    async close() {
      database.close();
    },
  };
}

/** The lock is taken before the first read, so that another process cannot come between. */
function transact<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

function encodeKey(key: StoredKey): [string, string, string, string, string, number, Buffer, Buffer | null] {
  return [key.realm, key.kid, key.use, key.algorithm, key.state, key.createdMs, key.secret, key.certificate];
}

function decodeKey(row: Record<string, unknown>): StoredKey {
  const certificate = row['certificate'] as Uint8Array | null;
  return {
    realm: String(row['realm']),
    kid: String(row['kid']),
    use: row['use'] as 'sig' | 'enc',
    algorithm: String(row['algorithm']),
    state: row['state'] as KeyState,
    createdMs: Number(row['created_ms']),
    secret: Buffer.from(row['secret'] as Uint8Array),
    certificate: certificate === null ? null : Buffer.from(certificate),
  };
}
