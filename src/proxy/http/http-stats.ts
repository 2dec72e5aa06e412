import type { Counter, Gauge, StatsScope } from '../stats.ts';

/** A connection manager's counters, `http.<stat_prefix>.…`. */
export class HttpStats {
  readonly connections: Counter;
  readonly connectionsActive: Gauge;
  readonly connectionsRefused: Counter;
  readonly requests: Counter;
  readonly requestsActive: Gauge;
  readonly protocolErrors: Counter;
  readonly clientAborts: Counter;
  readonly requestsTooLarge: Counter;
  /** What the router does without an upstream. */
  readonly noRoute: Counter;
  readonly noCluster: Counter;
  readonly directResponses: Counter;
  readonly #byClass: readonly Counter[];
  /** Of what took too long, by its details. */
  readonly #byTimeout: Readonly<Record<string, Counter>>;

  constructor(scope: StatsScope) {
    this.connections = scope.counter('downstream_cx_total');
    this.connectionsActive = scope.gauge('downstream_cx_active');
    this.connectionsRefused = scope.counter('downstream_cx_overflow');
    this.requests = scope.counter('downstream_rq_total');
    this.requestsActive = scope.gauge('downstream_rq_active');
    this.protocolErrors = scope.counter('downstream_cx_protocol_error');
    this.clientAborts = scope.counter('downstream_rq_rx_reset');
    this.requestsTooLarge = scope.counter('downstream_rq_too_large');
    this.noRoute = scope.counter('no_route');
    this.noCluster = scope.counter('no_cluster');
    this.directResponses = scope.counter('rq_direct_response');
    this.#byClass = [1, 2, 3, 4, 5].map((digit) => scope.counter(`downstream_rq_${digit}xx`));
    this.#byTimeout = {
      request_header_timeout: scope.counter('downstream_rq_header_timeout'),
      request_overall_timeout: scope.counter('downstream_rq_timeout'),
      stream_idle_timeout: scope.counter('downstream_rq_idle_timeout'),
      max_duration_timeout: scope.counter('downstream_rq_max_duration_reached'),
    };
  }

  /** @param details `%RESPONSE_CODE_DETAILS%` of what an exchange ends by; nothing is counted where that is no limit of a manager */
  countTimeout(details: string): void {
    this.#byTimeout[details]?.increment();
  }

  countStatus(status: number): void {
    this.#byClass[Math.trunc(status / 100) - 1]?.increment();
  }
}
