import type { Clock } from '../../base/index.ts';

/** Remembers the `jti` of client assertions until they run out, so that each is good once (RFC 7523 §3). */
export class AssertionMemory {
  readonly #clock: Clock;
  readonly #seen = new Map<string, number>();
  #sweepAtMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns false when the assertion was there before. */
  add(clientId: string, jti: string, expSeconds: number): boolean {
    this.#sweep();
    const key = JSON.stringify([clientId, jti]);
    if (this.#seen.has(key)) return false;
    this.#seen.set(key, expSeconds * 1000);
    return true;
  }

  #sweep(): void {
    const nowMs = this.#clock.now();
    if (nowMs < this.#sweepAtMs) return;
    this.#sweepAtMs = nowMs + 60_000;
    for (const [key, endMs] of this.#seen) if (endMs <= nowMs) this.#seen.delete(key);
  }
}
