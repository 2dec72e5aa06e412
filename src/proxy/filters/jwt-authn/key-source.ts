import type { Clock, Logger } from '../../../base/index.ts';
import {
  type CryptoPort,
  findingText,
  jwksFaultText,
  type KeySet,
  parseJwks,
} from '../../../core/jwt/index.ts';
import { nextTurn } from '../../../platform/index.ts';
import type { JwksFetcher, JwksRequest } from '../filter.ts';
import { KidRefetch } from './kid-refetch.ts';
import type { JwtAuthnStats } from './stats.ts';

/** Where a provider's keys come from. */
export interface KeySource {
  /** false: there is no way to the keys here (no network), so that they are not known. */
  readonly reachable: boolean;
  /** A server is asked for keys that are not at hand; what has none to ask has none at once (Envoy: jwks_fetcher.cc). */
  readonly asksServer: boolean;
  /** The keys if they are at hand and fresh, else null. */
  current(): KeySet | null;
  /** Waits for keys; null: there are none to be had. */
  fetch(): Promise<KeySet | null>;
  /** Keys for a token whose `kid` the ones at hand do not have, after a wait; null at once: they stay as they are. */
  refetch(): Promise<KeySet | null> | null;
  /** What the configuration wants fetched before the first request, and whether the listener waits for it. */
  readonly ahead: 'nothing' | 'awaited' | 'started';
}

/** Keys written in the configuration; null for an empty text, with which Envoy loads and verifies nothing. */
export class LocalKeys implements KeySource {
  readonly reachable: boolean = true;
  readonly asksServer = false;
  readonly ahead = 'nothing';
  readonly #keys: KeySet | null;

  constructor(keys: KeySet | null) {
    this.#keys = keys;
  }

  current(): KeySet | null {
    return this.#keys;
  }

  fetch(): Promise<KeySet | null> {
    return Promise.resolve(this.#keys);
  }

  refetch(): null {
    return null;
  }
}

/** Keys that the configuration has, yet not here: no token is verified, and who explains says so. */
export class UnknownKeys extends LocalKeys {
  override readonly reachable = false;

  constructor() {
    super(null);
  }
}

/** What `remote_jwks` says, and what fetching needs. */
export interface RemoteKeysOptions {
  request: JwksRequest;
  /** Whole seconds, as Envoy cuts them; below one second nothing is kept. */
  cacheMs: number;
  /** Set for `async_fetch`. */
  background: { failedRefetchMs: number; awaited: boolean } | null;
  /** An unknown `kid` has the keys fetched anew. */
  refetchesUnknownKid: boolean;
  /** Told what is wrong with single keys of a set. */
  logger: Logger;
  fetcher: JwksFetcher | null;
  clock: Clock;
  crypto: CryptoPort;
  stats: JwtAuthnStats;
}

/**
 * Keys from a server. On demand (the default): a request that finds none fresh waits for them; all that wait share one fetch; expired
 * keys are never used. In the background (`async_fetch`): they are renewed before they get old, and stay in use while the server fails
 * (envoy.md §5.1–5.2); those that a request had to fetch meanwhile expire. Nothing ticks: what is due is started by the request that
 * finds it due, and keys too old to be what Envoy, which has a timer, would hold are waited for.
 */
export class RemoteKeys implements KeySource {
  readonly reachable: boolean;
  readonly ahead: KeySource['ahead'];
  readonly #options: RemoteKeysOptions;
  readonly #kidRefetch: KidRefetch | null;
  #keys: KeySet | null = null;
  /** Text of the document behind `#keys`: the same again brings the same set. */
  #text = '';
  #pending: Promise<KeySet | null> | null = null;
  /** Never, of keys that were fetched in the background. */
  #expireMs = Number.NEGATIVE_INFINITY;
  /** In the background: when the next fetch is due, and when keys are too old to be used until it is done. */
  #dueMs = Number.NEGATIVE_INFINITY;
  #lateMs = Number.NEGATIVE_INFINITY;
  /** The fetch that was due began in time, as that of a timer would have. */
  #renews = false;

  constructor(options: RemoteKeysOptions) {
    this.#options = options;
    const { fetcher, request } = options;
    this.reachable = fetcher !== null && fetcher.covers?.(request.provider) !== false;
    this.ahead = options.background === null ? 'nothing' : options.background.awaited ? 'awaited' : 'started';
    this.#kidRefetch =
      this.reachable && options.refetchesUnknownKid
        ? new KidRefetch(options.clock, () => this.fetch())
        : null;
  }

  get asksServer(): boolean {
    const { fetcher, request } = this.#options;
    return fetcher?.knowsCluster?.(request.cluster) !== false;
  }

  refetch(): Promise<KeySet | null> | null {
    return this.#kidRefetch === null ? null : this.#kidRefetch.ask();
  }

  current(): KeySet | null {
    const { clock, background } = this.#options;
    const nowMs = clock.now();
    const keys = this.#held(nowMs);
    if (keys === null || background === null || nowMs < this.#dueMs || this.#renews) return keys;
    if (nowMs >= this.#lateMs) return null;
    this.#renews = true;
    void this.fetch();
    return keys;
  }

  #held(nowMs: number): KeySet | null {
    return nowMs < this.#expireMs ? this.#keys : null;
  }

  /** All that wait share one fetch, and each is woken in a turn of its own, so that what one does is done before the next goes on. */
  async fetch(): Promise<KeySet | null> {
    this.#pending ??= this.#fetchOnce();
    const keys = await this.#pending;
    await nextTurn();
    return keys;
  }

  async #fetchOnce(): Promise<KeySet | null> {
    const { fetcher, request, stats, background, clock } = this.#options;
    const isDue = background !== null && clock.now() >= this.#dueMs;
    const text = await (fetcher === null ? null : fetcher.fetch(request));
    const keys = text === null ? null : this.#read(text);
    this.#pending = null;
    this.#renews = false;
    (keys === null ? stats.jwksFetchFailed : stats.jwksFetchSuccess).increment();
    this.#schedule(keys !== null, isDue);
    if (keys !== null) this.#keys = keys;
    return keys ?? this.#held(clock.now());
  }

  #read(text: string): KeySet | null {
    if (this.#keys !== null && text === this.#text) return this.#keys;
    const keys = parseJwks(text, this.#options.crypto);
    const { provider } = this.#options.request;
    if (typeof keys === 'number') {
      this.#options.logger.warn(`no keys for provider \`${provider}\``, {
        reason: jwksFaultText(text, keys),
      });
      return null;
    }
    logKeyFindings(provider, keys, this.#options.logger);
    this.#text = text;
    return keys;
  }

  /**
   * @param isDue a timer's fetch in Envoy, which has its next time from it and brings keys that do not expire; any other one, for a
   *   request that finds no keys or for a `kid`, leaves the timer alone
   */
  #schedule(succeeded: boolean, isDue: boolean): void {
    const { clock, cacheMs, background } = this.#options;
    const nowMs = clock.now();
    if (succeeded)
      this.#expireMs = isDue ? Number.POSITIVE_INFINITY : Math.max(this.#expireMs, nowMs + cacheMs);
    if (background === null || !isDue) return;
    const { failedRefetchMs } = background;
    const waitMs = succeeded ? (cacheMs > AHEAD_MS ? cacheMs - AHEAD_MS : cacheMs) : failedRefetchMs;
    this.#dueMs = nowMs + waitMs;
    const lateMs = this.#dueMs + (succeeded ? LATE_MS : LATE_AFTER_FAILURE_MS);
    this.#lateMs = succeeded ? Math.min(nowMs + cacheMs, lateMs) : lateMs;
  }
}

const FINDINGS_LOGGED_MAX = 20;
const FINDING_LENGTH_MAX = 200;

/** Says what was skipped, refused or doubted in a set; the rest of it is used. */
function logKeyFindings(provider: string, { findings }: KeySet, logger: Logger): void {
  for (const finding of findings.slice(0, FINDINGS_LOGGED_MAX)) {
    const reason = findingText(finding).slice(0, FINDING_LENGTH_MAX);
    logger.warn(`a key of provider \`${provider}\` is not as it should be`, { reason });
  }
  const left = findings.length - FINDINGS_LOGGED_MAX;
  if (left > 0) logger.warn(`${left} more keys of provider \`${provider}\` are not as they should be`);
}

/** Keys are renewed so long before they would expire (Envoy: jwks_async_fetcher.cc). */
const AHEAD_MS = 5000;

/** Keys that have been due for longer are waited for: their issuer may have taken one back. */
const LATE_MS = 1000;
/** Longer while the server fails: who comes often enough need not wait for it to fail again. */
const LATE_AFTER_FAILURE_MS = 5000;
