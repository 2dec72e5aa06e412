import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { Clock } from '../../base/index.ts';
import type { Random } from '../random.ts';
import type { Realm } from '../realm/realm.ts';
import type { IssuerStore, KeyState, StoredKey } from '../store/store.ts';
import { createHmacKey, createRsaKey, importKey, priorityOf } from './create-key.ts';

/** A key ready for use. */
export interface RingKey {
  readonly stored: StoredKey;
  /** The private key, or the HMAC secret. */
  readonly signingKey: KeyObject | Buffer;
  /** Null for HMAC. */
  readonly publicKey: KeyObject | null;
}

/** What of a key may be told. */
export interface KeyInfo {
  readonly kid: string;
  readonly use: 'sig' | 'enc';
  readonly algorithm: string;
  readonly state: KeyState;
}

/**
 * The keys of one realm. A key goes from passive (published, signs nothing yet) to active to passive again (published, signs
 * nothing any more) to retired. Every change is kept in the store before it has an effect.
 */
export class KeyRing {
  readonly #realm: string;
  readonly #store: IssuerStore;
  readonly #clock: Clock;
  #keys: readonly RingKey[];

  private constructor(realm: string, store: IssuerStore, clock: Clock, keys: readonly RingKey[]) {
    this.#realm = realm;
    this.#store = store;
    this.#clock = clock;
    this.#keys = keys;
  }

  /** Loads a realm's keys; those that are missing come from the realm file or are made. */
  static async open(
    realm: Realm,
    refreshAlgorithm: string,
    parts: { store: IssuerStore; clock: Clock; random: Random },
  ): Promise<KeyRing> {
    const { store, clock } = parts;
    const held = await store.keys(realm.name);
    const added = held.length === 0 ? await importKeys(realm, clock.now()) : [];
    const missing = algorithmsOf(realm, refreshAlgorithm).filter(
      (algorithm) => !hasActive([...held, ...added], algorithm),
    );
    const made = await Promise.all(
      missing.map((algorithm) => createKey(realm.name, algorithm, 'active', parts)),
    );
    const fresh = [...added, ...made];
    if (fresh.length > 0) await store.saveKeys(fresh);
    return new KeyRing(realm.name, store, clock, [...held, ...fresh].map(openKey));
  }

  /** The key that signs with an algorithm. @throws Error when there is none, which opening the ring rules out. */
  signer(algorithm: string): RingKey {
    const key = this.#keys.find(({ stored }) => stored.algorithm === algorithm && stored.state === 'active');
    if (key === undefined) throw new Error(`realm \`${this.#realm}\` has no active ${algorithm} key`);
    return key;
  }

  /** A key that may verify: active or passive. */
  verifier(kid: string): RingKey | undefined {
    return this.#keys.find(({ stored }) => stored.kid === kid && stored.state !== 'retired');
  }

  /** Public keys that the key set shows: those that sign first, encryption last; the same order after a restart. */
  published(): readonly RingKey[] {
    return this.#keys
      .filter((key) => key.publicKey !== null && key.stored.state !== 'retired')
      .toSorted((a, b) => compareText(publishingRank(a.stored), publishingRank(b.stored)));
  }

  list(): KeyInfo[] {
    return this.#keys.map(({ stored: { kid, use, algorithm, state } }) => ({ kid, use, algorithm, state }));
  }

  /** Makes the next key and publishes it; it signs nothing before it is activated. */
  async add(algorithm: string): Promise<KeyInfo> {
    const wanted = { realm: this.#realm, algorithm, state: 'passive', nowMs: this.#clock.now() } as const;
    const key = await createRsaKey(wanted);
    await this.#store.saveKeys([key]);
    this.#keys = [...this.#keys, openKey(key)];
    return { kid: key.kid, use: key.use, algorithm, state: key.state };
  }

  /** From now on the key signs; the one that did so far stays published. */
  async activate(kid: string): Promise<void> {
    const next = this.#find(kid);
    const last = this.#keys.filter(
      ({ stored }) => stored.algorithm === next.algorithm && stored.state === 'active' && stored.kid !== kid,
    );
    await this.#save([
      { ...next, state: 'active' },
      ...last.map(({ stored }) => ({ ...stored, state: 'passive' as const })),
    ]);
  }

  /** Takes a key out of the key set; what it signed is good no more. @throws Error when it is the one that signs. */
  async retire(kid: string): Promise<void> {
    const key = this.#find(kid);
    if (key.state === 'active') throw new Error(`key \`${kid}\` signs; activate another one first`);
    await this.#save([{ ...key, state: 'retired' }]);
  }

  #find(kid: string): StoredKey {
    const key = this.#keys.find(({ stored }) => stored.kid === kid)?.stored;
    if (key === undefined) throw new Error(`realm \`${this.#realm}\` has no key \`${kid}\``);
    return key;
  }

  async #save(changed: readonly StoredKey[]): Promise<void> {
    await this.#store.saveKeys(changed);
    this.#keys = this.#keys.map((key) => {
      const stored = changed.find(({ kid }) => kid === key.stored.kid);
      return stored === undefined ? key : { ...key, stored };
    });
  }
}

function publishingRank({ use, state, algorithm, createdMs, kid }: StoredKey): string {
  return [use === 'enc' ? 1 : 0, state === 'active' ? 0 : 1, algorithm, createdMs, kid].join(' ');
}

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function openKey(stored: StoredKey): RingKey {
  if (stored.certificate === null) return { stored, signingKey: stored.secret, publicKey: null };
  const signingKey = createPrivateKey({ key: stored.secret, format: 'der', type: 'pkcs8' });
  return { stored, signingKey, publicKey: createPublicKey(signingKey) };
}

/** What the realm's clients want signed, one encryption key, and one for refresh tokens. */
function algorithmsOf(realm: Realm, refreshAlgorithm: string): string[] {
  const wanted = [...realm.clients.values()].flatMap((client) => [
    client.accessTokenAlgorithm,
    client.idTokenAlgorithm,
  ]);
  return [...new Set(['RS256', realm.signatureAlgorithm, ...wanted, 'RSA-OAEP', refreshAlgorithm])];
}

function hasActive(keys: readonly StoredKey[], algorithm: string): boolean {
  return keys.some((key) => key.algorithm === algorithm && key.state === 'active');
}

/** Of several providers whose keys could sign with an algorithm the one of the highest priority does; the others verify. */
async function importKeys(realm: Realm, nowMs: number): Promise<StoredKey[]> {
  const providers = realm.keyProviders.toSorted((a, b) => priorityOf(b) - priorityOf(a));
  const keys = await Promise.all(providers.map((provider) => importKey(realm.name, provider, nowMs)));
  const signing = new Set<string>();
  return keys
    .filter((key) => key !== null)
    .map((key) => {
      if (key.state !== 'active') return key;
      const isSpare = signing.has(key.algorithm);
      signing.add(key.algorithm);
      return isSpare ? { ...key, state: 'passive' as const } : key;
    });
}

async function createKey(
  realm: string,
  algorithm: string,
  state: KeyState,
  { clock, random }: { clock: Clock; random: Random },
): Promise<StoredKey> {
  const wanted = { realm, algorithm, state, nowMs: clock.now() };
  return algorithm.startsWith('HS') ? createHmacKey(wanted, random) : createRsaKey(wanted);
}
