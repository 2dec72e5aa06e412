import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { ManualClock } from '../../base/index.ts';
import { systemRandom } from '../random.ts';
import { compileRealm } from '../realm/compile-realm.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { KeyRing } from './key-ring.ts';

function provider(priority: string) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64');
  return { config: { priority: [priority], privateKey: [key] } };
}

async function open(...providers: ReturnType<typeof provider>[]) {
  const components = { 'org.keycloak.keys.KeyProvider': providers };
  const { realm } = await compileRealm({ realm: 'r', components });
  assert.ok(realm);
  const parts = { store: createMemoryStore(), clock: new ManualClock(0), random: systemRandom };
  return KeyRing.open(realm, 'HS256', parts);
}

describe('keys of a realm file', () => {
  it('sign by priority, wherever they stand; the others verify', async () => {
    const [low, high] = [provider('50'), provider('100')];
    const rings = [await open(low, high), await open(high, low)];
    const [one, two] = rings.map((ring) => ring.signer('RS256').stored.kid);
    const alone = (await open(high)).signer('RS256').stored.kid;
    assert.deepEqual([one, two], [alone, alone]);
    for (const ring of rings) {
      const states = ring.list().filter(({ algorithm }) => algorithm === 'RS256');
      assert.deepEqual(states.map(({ state }) => state).sort(), ['active', 'passive']);
      assert.ok(states.every(({ kid }) => ring.verifier(kid) !== undefined));
    }
  });
});
