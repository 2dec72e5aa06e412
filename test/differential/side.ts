/** A proxy that runs a batch of cases, each on a listener of its own. */
export interface RunningSide {
  /** By case; a refused case has none. */
  readonly ports: ReadonlyMap<string, number>;
  /** Why a case was refused. */
  readonly refusals: ReadonlyMap<string, Refusal>;
  /** Counters and gauges. */
  stats(): Promise<ReadonlyMap<string, number>>;
  stop(): Promise<void>;
}

export interface Refusal {
  reason: string;
  /** The proxy says that it does not do this, not that it is wrong. */
  unsupported: boolean;
}
