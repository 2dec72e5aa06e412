import type { StreamError } from '../http/stream-error.ts';
import type { Counter, Gauge, StatsScope } from '../stats.ts';

/** Told of a connection that could not be made, for the log. */
export type ReportFailure = (cluster: string, address: string, error: StreamError) => void;

/** A cluster's counters, `cluster.<name>.…`. */
export class ClusterStats {
  readonly connections: Counter;
  readonly connectionsActive: Gauge;
  readonly connectFailures: Counter;
  readonly connectTimeouts: Counter;
  readonly requests: Counter;
  readonly requestTimeouts: Counter;
  readonly noHealthyHost: Counter;
  readonly members: Gauge;
  readonly #byClass: readonly Counter[];
  readonly #name: string;
  readonly #report: ReportFailure;

  constructor(name: string, scope: StatsScope, report: ReportFailure) {
    const own = scope.scope(`cluster.${name}.`);
    this.#name = name;
    this.#report = report;
    this.connections = own.counter('upstream_cx_total');
    this.connectionsActive = own.gauge('upstream_cx_active');
    this.connectFailures = own.counter('upstream_cx_connect_fail');
    this.connectTimeouts = own.counter('upstream_cx_connect_timeout');
    this.requests = own.counter('upstream_rq_total');
    this.requestTimeouts = own.counter('upstream_rq_timeout');
    this.noHealthyHost = own.counter('upstream_cx_none_healthy');
    this.members = own.gauge('membership_total');
    this.#byClass = [1, 2, 3, 4, 5].map((digit) => own.counter(`upstream_rq_${digit}xx`));
  }

  countStatus(status: number): void {
    this.#byClass[Math.trunc(status / 100) - 1]?.increment();
  }

  reportFailure(address: string, error: StreamError): void {
    this.#report(this.#name, address, error);
  }
}
