import type { Clock } from '../base/index.ts';
import { systemClock } from './system-clock.ts';

/**
 * A clock plus an offset that all threads share, so that whoever moves it moves the time of issuer, gate and workers at once.
 * Hand `buffer` to a worker and make another `SharedClock` on it there.
 */
export class SharedClock implements Clock {
  readonly buffer: SharedArrayBuffer;
  readonly #offsetMs: BigInt64Array;
  readonly #base: Clock;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(8), base: Clock = systemClock) {
    this.buffer = buffer;
    this.#offsetMs = new BigInt64Array(buffer);
    this.#base = base;
  }

  now(): number {
    return this.#base.now() + Number(Atomics.load(this.#offsetMs, 0));
  }

  advance(ms: number): void {
    Atomics.add(this.#offsetMs, 0, BigInt(Math.round(ms)));
  }

  /** Sets the time of day; it runs on from there. */
  set(nowMs: number): void {
    Atomics.store(this.#offsetMs, 0, BigInt(Math.round(nowMs - this.#base.now())));
  }
}
