import type { DurationLimits } from '../route/stream-limits.ts';
import { NEVER } from './deadlines.ts';
import type { HeaderList } from './header-list.ts';
import { limitDuration } from './limit-duration.ts';

/** How long one exchange may take altogether; kept only where the configuration says something of it. */
export class StreamDuration {
  /** When it has taken too long. */
  endMs = NEVER;
  readonly #startMs: number;
  readonly #managerMs: number;
  #wasLimited = false;

  /**
   * @param startMs when the request's first byte came
   * @param managerMs the connection manager's limit; 0: none
   */
  constructor(startMs: number, managerMs: number) {
    this.#startMs = startMs;
    this.#managerMs = managerMs;
    if (managerMs > 0) this.#limit(managerMs);
  }

  /** A route to a cluster was chosen, which a later choice may take back. @param said what it says; null: nothing */
  follow(said: DurationLimits | null, headers: HeaderList): void {
    this.#limit(limitDuration(headers, said, this.#managerMs, this.#wasLimited));
  }

  #limit(ms: number | null): void {
    this.endMs = ms === null ? NEVER : this.#startMs + ms;
    if (ms !== null) this.#wasLimited = true;
  }
}
