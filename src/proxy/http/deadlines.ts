/** Something that may take too long. */
export interface Watched {
  /** Called every tick. @param nowMs monotonic milliseconds. */
  checkDeadline(nowMs: number): void;
}

/**
 * The one coarse clock of a data loop. Whoever may take too long notes a time in a field of its own, which costs nothing per
 * request, and is asked at every tick whether it is past. The time is monotonic: moving the wall clock ends no connection.
 */
export class Deadlines {
  nowMs = 0;
  readonly #watched = new Set<Watched>();

  add(watched: Watched): void {
    this.#watched.add(watched);
  }

  remove(watched: Watched): void {
    this.#watched.delete(watched);
  }

  get size(): number {
    return this.#watched.size;
  }

  /** Moves the time on and asks everybody. */
  tick(nowMs: number): void {
    this.nowMs = nowMs;
    for (const watched of this.#watched) watched.checkDeadline(nowMs);
  }
}

/** No deadline. */
export const NEVER = Number.POSITIVE_INFINITY;

/** The time that lies `ms` ahead; 0 means that there is no limit. */
export function deadlineAfter(deadlines: Deadlines, ms: number): number {
  return ms === 0 ? NEVER : deadlines.nowMs + ms;
}
