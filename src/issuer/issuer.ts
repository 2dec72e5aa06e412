import type { Clock, Logger } from '../base/index.ts';
import { AssertionMemory } from './endpoints/assertion-memory.ts';
import type { IssuerReply, IssuerRequest } from './endpoints/http.ts';
import { replyRouterError } from './endpoints/replies.ts';
import { routeRequest } from './endpoints/router.ts';
import { type KeyInfo, KeyRing } from './keys/key-ring.ts';
import { WorkQueue } from './passwords/work-queue.ts';
import { type ProfileName, profiles } from './profile.ts';
import { type Random, systemRandom } from './random.ts';
import type { Realm } from './realm/realm.ts';
import type { RealmRuntime } from './realm-runtime.ts';
import type { IssuerStore } from './store/store.ts';

export interface IssuerOptions {
  readonly realms: readonly Realm[];
  readonly profile: ProfileName;
  /** Public address of the server, path prefix included, without a slash at the end: issuer = `{baseUrl}/realms/{realm}`. */
  readonly baseUrl: string;
  readonly store: IssuerStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random?: Random;
  /** Password checks at once, and how many more may wait; default 2 and 64. */
  readonly passwordChecks?: { readonly runningMax: number; readonly waitingMax: number };
}

/** A token issuer without a socket. */
export interface Issuer {
  /** Answers one request. Never rejects. */
  handle(request: IssuerRequest): Promise<IssuerReply>;
  issuerUrl(realm: string): string;
  /** @throws Error for a realm that is not there; so do the three below. */
  keys(realm: string): KeyInfo[];
  /** Publishes the next key; it signs nothing yet. Default RS256. */
  addKey(realm: string, algorithm?: string): Promise<KeyInfo>;
  /** Lets a published key sign from now on; the last one stays published. */
  activateKey(realm: string, kid: string): Promise<void>;
  /** Takes a key that no longer signs out of the key set. */
  retireKey(realm: string, kid: string): Promise<void>;
  close(): Promise<void>;
}

const SWEEP_EVERY_MS = 60_000;

/** Opens the realms' keys in the store, making those that are missing. */
export async function createIssuer(options: IssuerOptions): Promise<Issuer> {
  const runtimes = new Map<string, RealmRuntime>();
  await Promise.all(
    options.realms.map(async (realm) => void runtimes.set(realm.name, await openRealm(realm, options))),
  );
  const basePaths = ['/auth', ...[...runtimes.values()].map(({ issuerUrl }) => basePathOf(issuerUrl))];
  const sweep = createSweep(options);
  const find = (name: string): RealmRuntime => {
    const runtime = runtimes.get(name);
    if (runtime === undefined) throw new Error(`there is no realm \`${name}\``);
    return runtime;
  };
  return {
    async handle(request) {
      try {
        await sweep();
        return await routeRequest(runtimes, basePaths, request);
      } catch (error) {
        options.logger.error('request failed', { error: (error as Error).stack ?? String(error) });
        return replyRouterError(500, 'unknown_error');
      }
    },
    issuerUrl: (realm) => find(realm).issuerUrl,
    keys: (realm) => find(realm).keys.list(),
    addKey: async (realm, algorithm = 'RS256') => find(realm).keys.add(algorithm),
    activateKey: async (realm, kid) => find(realm).keys.activate(kid),
    retireKey: async (realm, kid) => find(realm).keys.retire(kid),
    close: () => options.store.close(),
  };
}

async function openRealm(realm: Realm, options: IssuerOptions): Promise<RealmRuntime> {
  const profile = profiles[options.profile];
  const { store, clock, logger, random = systemRandom } = options;
  const { runningMax, waitingMax } = options.passwordChecks ?? { runningMax: 2, waitingMax: 64 };
  return {
    realm,
    issuerUrl: `${realm.frontendUrl ?? options.baseUrl}/realms/${realm.name}`,
    keys: await KeyRing.open(realm, profile.refreshTokenAlgorithm, { store, clock, random }),
    profile,
    store,
    passwords: new WorkQueue(runningMax, waitingMax),
    assertions: new AssertionMemory(clock),
    clock,
    random,
    logger,
  };
}

/** Forgets ended sessions, at most once a minute, when somebody asks for something. */
function createSweep({ store, clock }: IssuerOptions): () => Promise<void> {
  let nextMs = clock.now() + SWEEP_EVERY_MS;
  return async () => {
    const nowMs = clock.now();
    if (nowMs < nextMs) return;
    nextMs = nowMs + SWEEP_EVERY_MS;
    await store.deleteExpiredSessions(nowMs);
  };
}

/** `https://id.example/auth/realms/x` → `/auth`. */
function basePathOf(issuerUrl: string): string {
  const path = URL.parse(issuerUrl)?.pathname ?? '';
  return path.slice(0, path.lastIndexOf('/realms/'));
}
