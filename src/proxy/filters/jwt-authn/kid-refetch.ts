import type { Clock } from '../../../base/index.ts';
import type { KeySet } from '../../../core/jwt/index.ts';

/** After a fetch for an unknown `kid` none is made for so long. */
const COOLDOWN_MS = 30_000;
/** More requests than this do not wait for one. */
const WAITERS_MAX = 100;

/**
 * Fetches a provider's keys for a token whose `kid` they do not have: ours, beyond Envoy, off with `--envoy-exact`. Whoever makes up
 * kids gets one fetch per cooldown out of it, one at a time, and nobody else waits (security.md §1.5).
 */
export class KidRefetch {
  readonly #clock: Clock;
  readonly #fetch: () => Promise<KeySet | null>;
  #running: Promise<KeySet | null> | null = null;
  #waiting = 0;
  #restsUntilMs = Number.NEGATIVE_INFINITY;

  /** @param fetch ends by itself, at the latest after the fetch's timeout */
  constructor(clock: Clock, fetch: () => Promise<KeySet | null>) {
    this.#clock = clock;
    this.#fetch = fetch;
  }

  /** @returns the keys as they are now (null: the fetch failed), or null at once where there is nothing to wait for */
  ask(): Promise<KeySet | null> | null {
    if (this.#waiting >= WAITERS_MAX) return null;
    if (this.#running === null) {
      const nowMs = this.#clock.now();
      if (nowMs < this.#restsUntilMs) return null;
      this.#restsUntilMs = nowMs + COOLDOWN_MS;
      this.#running = this.#fetch();
    }
    return this.#wait(this.#running);
  }

  async #wait(running: Promise<KeySet | null>): Promise<KeySet | null> {
    this.#waiting++;
    const keys = await running;
    this.#waiting--;
    if (this.#running === running) this.#running = null;
    return keys;
  }
}
