import type { ExchangeState } from './client-side.ts';
import { type Deadlines, deadlineAfter, NEVER } from './deadlines.ts';
import type { RouterLimits } from './router-fields.ts';
import { STREAM_ERROR, type StreamError } from './stream-error.ts';

/** How far an exchange has come, as its time limits look at it. */
interface Limited {
  readonly state: ExchangeState;
  /** The request's body has come to its end. */
  readonly requestDone: boolean;
}

/** The time limits of one exchange: how long it may be silent, and how long its response may take. All times are in ms; 0: no limit. */
export class ExchangeLimits {
  readonly #deadlines: Deadlines;
  readonly #idleMs: number;
  /** When the last byte went in either direction. */
  #activeMs: number;
  #routeMs = 0;
  /** Only where a filter has said some. */
  #said: RouterLimits | null = null;
  #deadlineMs = NEVER;

  constructor(deadlines: Deadlines, idleMs: number) {
    this.#deadlines = deadlines;
    this.#idleMs = idleMs;
    this.#activeMs = deadlines.nowMs;
  }

  noteActivity(): void {
    this.#activeMs = this.#deadlines.nowMs;
  }

  /**
   * @param routeMs the route's limit
   * @param said what filters have said, which goes before it; null: nothing
   */
  limitResponse(routeMs: number, said: RouterLimits | null): void {
    this.#routeMs = routeMs;
    this.#said = said;
  }

  /** The request is whole: from now on its response is waited for (Envoy: router.cc, onRequestComplete). */
  startWaiting(): void {
    const said = this.#said;
    const ms = said === null ? this.#routeMs : said.headMs || said.timeoutMs;
    this.#deadlineMs = deadlineAfter(this.#deadlines, ms);
  }

  /** @returns what the exchange ends by; null while it has time */
  exceeded(nowMs: number, exchange: Limited): StreamError | null {
    if (nowMs >= this.#deadlineMs) return this.#responseExceeded(exchange);
    if (this.#idleMs === 0 || nowMs - this.#activeMs < this.#idleMs) return null;
    return exchange.requestDone ? STREAM_ERROR.responseIdle : STREAM_ERROR.requestIdle;
  }

  #responseExceeded({ state }: Limited): StreamError | null {
    const said = this.#said;
    if (said === null) return STREAM_ERROR.routeTimeout;
    const isHead = said.headMs > 0;
    if (isHead && state === 'respond') {
      this.#waitForRest(said);
      return null;
    }
    const error = isHead ? STREAM_ERROR.headTimeout : STREAM_ERROR.routeTimeout;
    return said.isSilent ? { ...error, status: 204, body: '' } : error;
  }

  /** The head came in time. What is left of the whole response's limit is for its body. */
  #waitForRest(said: RouterLimits): void {
    const leftMs = said.timeoutMs - said.headMs;
    this.#said = { ...said, headMs: 0 };
    this.#deadlineMs = leftMs > 0 ? this.#deadlineMs + leftMs : NEVER;
  }
}
