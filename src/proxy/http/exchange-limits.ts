import type { StreamLimits } from '../route/stream-limits.ts';
import type { ExchangeState } from './client-side.ts';
import { type Deadlines, deadlineAfter, NEVER } from './deadlines.ts';
import type { HeaderList } from './header-list.ts';
import type { HttpOptions } from './http-options.ts';
import type { RouterLimits } from './router-fields.ts';
import { StreamDuration } from './stream-duration.ts';
import { STREAM_ERROR, type StreamError } from './stream-error.ts';

/** How far an exchange has come, as its time limits look at it. */
interface Limited {
  readonly state: ExchangeState;
  /** The request's body has come to its end. */
  readonly requestDone: boolean;
}

type LimitOptions = Pick<HttpOptions, 'streamIdleTimeoutMs' | 'maxStreamDurationMs'>;

/** The time limits of one exchange: how long it may be silent, and how long it and its response may take. All times are in ms; 0: no limit. */
export class ExchangeLimits {
  readonly #deadlines: Deadlines;
  readonly #startMs: number;
  #idleMs: number;
  /** When the last byte went in either direction. */
  #activeMs: number;
  #routeMs = 0;
  /** Only where a filter has said some. */
  #said: RouterLimits | null = null;
  #deadlineMs = NEVER;
  /** null: it may take for ever. */
  #duration: StreamDuration | null = null;
  #hasWaited = false;
  /** The limit of the silence that began then stays as it was. */
  #silence: { sinceMs: number; limitMs: number } | null = null;

  /** @param startMs when the request's first byte came */
  constructor(
    deadlines: Deadlines,
    { streamIdleTimeoutMs, maxStreamDurationMs }: LimitOptions,
    startMs: number,
  ) {
    this.#deadlines = deadlines;
    this.#startMs = startMs;
    this.#idleMs = streamIdleTimeoutMs;
    this.#activeMs = deadlines.nowMs;
    if (maxStreamDurationMs > 0) this.#duration = new StreamDuration(startMs, maxStreamDurationMs);
  }

  /** When it has taken too long altogether. */
  get endMs(): number {
    return this.#duration === null ? NEVER : this.#duration.endMs;
  }

  /** A filter waits for something from outside. */
  noteWaiting(): void {
    this.#hasWaited = true;
  }

  /**
   * A route to a cluster was chosen, which a later choice may take back (Envoy: conn_manager_impl.cc, refreshCachedRoute).
   * @param limits the route's; undefined: it has none
   */
  follow(limits: StreamLimits | undefined, headers: HeaderList): void {
    if (limits === undefined && this.#duration === null) return;
    this.#duration ??= new StreamDuration(this.#startMs, 0);
    this.#duration.follow(limits?.duration ?? null, headers);
    if (limits !== undefined && limits.idleMs !== null) this.#followIdle(limits.idleMs);
  }

  /** Where a filter has waited, the silence that runs already keeps its limit; but none is none at once. */
  #followIdle(idleMs: number): void {
    const keeps = this.#hasWaited && idleMs > 0;
    this.#silence = keeps ? { sinceMs: this.#activeMs, limitMs: this.#silenceMs } : null;
    this.#idleMs = idleMs;
  }

  /** How long the silence that runs may take. */
  get #silenceMs(): number {
    return this.#silence?.sinceMs === this.#activeMs ? this.#silence.limitMs : this.#idleMs;
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
    const idleMs = this.#silenceMs;
    const idleEndMs = idleMs === 0 ? NEVER : this.#activeMs + idleMs;
    const { endMs } = this;
    if (nowMs >= endMs && endMs <= Math.min(this.#deadlineMs, idleEndMs))
      return exchange.requestDone ? STREAM_ERROR.responseDuration : STREAM_ERROR.requestDuration;
    if (nowMs >= this.#deadlineMs) return this.#responseExceeded(exchange);
    if (nowMs < idleEndMs) return null;
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
