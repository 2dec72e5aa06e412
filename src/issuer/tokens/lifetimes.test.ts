import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileRealm } from '../realm/compile-realm.ts';
import type { Realm } from '../realm/realm.ts';
import type { ClientRepresentation, RealmRepresentation } from '../realm/representation.ts';
import { accessTokenSeconds, clientSessionEnds, hasEnded, refreshTokenSeconds } from './lifetimes.ts';

const NOW = 1_000_000_000_000;

async function measure(
  settings: Partial<RealmRepresentation>,
  attributes: ClientRepresentation['attributes'],
  ages: { startedAgo?: number; refreshedAgo?: number; isOffline?: boolean },
) {
  const clients = [{ clientId: 'c', attributes }];
  const { realm } = (await compileRealm({ realm: 'r', clients, ...settings })) as { realm: Realm };
  const client = realm.clients.get('c');
  assert.ok(client);
  const { startedAgo = 0, refreshedAgo = 0, isOffline = false } = ages;
  const part = { startedMs: NOW - startedAgo * 1000, lastRefreshMs: NOW - refreshedAgo * 1000 };
  const ends = clientSessionEnds(realm, client, { ...part, isOffline }, part);
  return {
    access: accessTokenSeconds(realm, client, ends, NOW),
    refresh: refreshTokenSeconds(ends, isOffline, NOW),
    ended: hasEnded(ends, NOW),
  };
}

const CASES = [
  { name: "Keycloak's defaults", want: { access: 300, refresh: 1800, ended: false } },
  { name: 'idle too long', ages: { refreshedAgo: 1800 }, want: { access: 300, refresh: 1, ended: true } },
  {
    name: 'near the end of the session both shrink',
    ages: { startedAgo: 35_900 },
    want: { access: 100, refresh: 100, ended: false },
  },
  {
    name: "the client's own lifespans shorten",
    attributes: {
      'access.token.lifespan': '60',
      'client.session.idle.timeout': '600',
      'client.session.max.lifespan': '500',
    },
    want: { access: 60, refresh: 500, ended: false },
  },
  {
    name: "the client's own idle time cannot lengthen",
    attributes: { 'client.session.idle.timeout': '9000' },
    want: { access: 300, refresh: 1800, ended: false },
  },
  {
    name: "the realm's lifespans for clients hold where the client has none",
    settings: { clientSessionIdleTimeout: 60, clientSessionMaxLifespan: 50 },
    want: { access: 50, refresh: 50, ended: false },
  },
  {
    name: '-1 is as long as the session',
    attributes: { 'access.token.lifespan': '-1' },
    want: { access: 36_000, refresh: 1800, ended: false },
  },
  {
    name: 'an offline session has no end of its own',
    ages: { isOffline: true, startedAgo: 99_999 },
    want: { access: 300, refresh: null, ended: false },
  },
  {
    name: 'an offline session may be given one',
    settings: { offlineSessionMaxLifespanEnabled: true, offlineSessionMaxLifespan: 1000 },
    ages: { isOffline: true, startedAgo: 900 },
    want: { access: 100, refresh: 100, ended: false },
  },
  {
    name: 'an offline session ends when nobody uses it',
    ages: { isOffline: true, refreshedAgo: 2_592_000 },
    want: { access: 300, refresh: null, ended: true },
  },
];

describe('lifetimes', () => {
  for (const { name, settings = {}, attributes, ages = {}, want } of CASES) {
    it(name, async () => assert.deepEqual(await measure(settings, attributes, ages), want));
  }
});
