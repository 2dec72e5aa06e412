import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, it } from 'node:test';
import { createMemoryStore } from './memory-store.ts';
import type { Session } from './session.ts';
import { openSqliteStore } from './sqlite-store.ts';
import type { StoredKey } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'jotgate-store-'));
after(() => rmSync(folder, { recursive: true }));

const session: Session = {
  realm: 'r',
  sid: 's',
  userId: 'u',
  isOffline: false,
  startedMs: 1,
  lastRefreshMs: 1,
  endsMs: 100,
  notes: { a: 'b' },
  clients: { c: { startedMs: 1, lastRefreshMs: 1, families: {} } },
};

const key: StoredKey = {
  realm: 'r',
  kid: 'k',
  use: 'sig',
  algorithm: 'RS256',
  state: 'active',
  createdMs: 5,
  secret: Buffer.from([1, 2, 0]),
  certificate: Buffer.from([3]),
};
const secretKey: StoredKey = { ...key, kid: 'h', algorithm: 'HS256', certificate: null };

let files = 0;
const STORES = [
  { name: 'in memory', open: createMemoryStore },
  { name: 'in a file', open: () => openSqliteStore(join(folder, `${files++}.db`)) },
];

for (const { name, open } of STORES) {
  describe(`the store ${name}`, () => {
    it('keeps keys by realm and id, and replaces them', async () => {
      const store = open();
      await store.saveKeys([key, secretKey, { ...key, realm: 'other' }]);
      await store.saveKeys([{ ...key, state: 'passive' }]);
      const byKid = (await store.keys('r')).toSorted((a, b) => (a.kid < b.kid ? -1 : 1));
      assert.deepEqual(byKid, [secretKey, { ...key, state: 'passive' }]);
      await store.close();
    });

    it('hands a session to a decision and keeps what comes back', async () => {
      const store = open();
      await store.createSession(session);
      const read = await store.updateSession('r', 's', (held) => ({ session: held, result: held }));
      assert.deepEqual(read, session);
      await store.updateSession('r', 's', () => ({ session: { ...session, userId: 'v' }, result: 0 }));
      const userId = await store.updateSession('r', 's', (held) => ({ session: null, result: held?.userId }));
      assert.equal(userId, 'v');
      assert.equal(await store.updateSession('r', 's', (held) => ({ session: null, result: held })), null);
      await store.close();
    });

    it('keeps the session as it was when the decision throws', async () => {
      const store = open();
      await store.createSession(session);
      const broken = store.updateSession('r', 's', () => {
        throw new Error('no');
      });
      await assert.rejects(broken, /no/);
      assert.deepEqual(
        await store.updateSession('r', 's', (held) => ({ session: held, result: held })),
        session,
      );
      await store.close();
    });

    it('forgets sessions that have ended, and only those', async () => {
      const store = open();
      await store.createSession(session);
      await store.createSession({ ...session, sid: 't', endsMs: 101 });
      await store.deleteExpiredSessions(100);
      const isThere = (sid: string) =>
        store.updateSession('r', sid, (held) => ({ session: held, result: held !== null }));
      assert.deepEqual([await isThere('s'), await isThere('t')], [false, true]);
      await store.close();
    });
  });
}

describe('the file of a store', () => {
  it('can be read by its owner alone', async () => {
    const path = join(folder, 'mode.db');
    await openSqliteStore(path).close();
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  it('of a newer jotgate is refused', () => {
    const path = join(folder, 'newer.db');
    const database = new DatabaseSync(path);
    database.exec('PRAGMA user_version = 99');
    database.close();
    assert.throws(() => openSqliteStore(path), /newer jotgate/);
  });

  it('serves two at once: each decision sees what the other left', async () => {
    const path = join(folder, 'shared.db');
    const [one, two] = [openSqliteStore(path), openSqliteStore(path)];
    await one.createSession({ ...session, startedMs: 0 });
    const addOne = (held: Session | null) => {
      const next = held === null ? null : { ...held, startedMs: held.startedMs + 1 };
      return { session: next, result: next?.startedMs };
    };
    for (let turn = 0; turn < 10; turn++) {
      await one.updateSession('r', 's', addOne);
      await two.updateSession('r', 's', addOne);
    }
    assert.equal(await one.updateSession('r', 's', addOne), 21);
    await one.close();
    await two.close();
  });
});
