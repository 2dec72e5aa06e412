import type { Logger } from '../base/index.ts';
import type { SharedClock } from '../platform/index.ts';
import type { ConnectTo } from '../proxy/upstream/index.ts';
import type { Finding, Provenance, Snapshot } from '../resources/index.ts';
import type { ListenMove } from './listen-move.ts';

export interface GateOptions {
  snapshot: Snapshot;
  /** Places for findings. */
  provenance?: Provenance | undefined;
  /** Upstreams that are found elsewhere. */
  connectTo?: readonly ConnectTo[] | undefined;
  /** Listeners that listen elsewhere. */
  listen?: readonly ListenMove[] | undefined;
  /** PEM texts of roots that are trusted beside those of the configuration. */
  trust?: readonly string[] | undefined;
  /** The gate's time of day; moving it moves the gate's. */
  clock?: SharedClock | undefined;
  logger?: Logger | undefined;
  /** Nothing beyond what Envoy does: keys are not fetched again for an unknown `kid`. */
  envoyExact?: boolean | undefined;
  /** Explains what it refuses, for the admin interface; `namesReplies`: each such reply has its name in `x-jotgate-why`. */
  explains?: { namesReplies: boolean } | undefined;
  /** Starts the admin interface where the bootstrap names one. Default: true. */
  admin?: boolean | undefined;
}

export interface GateListener {
  name: string;
  /** Where it really listens. */
  address: string;
  port: number;
  tls: boolean;
}

/** A running gate. */
export interface Gate {
  readonly listeners: readonly GateListener[];
  readonly admin: { address: string; port: number } | null;
  /** Every counter and gauge, sorted by name. */
  stats(): [name: string, value: number][];
  /**
   * Runs another snapshot from now on, without a break: connections stay, requests in flight end as they began, and what is compiled out
   * of the same keeps its keys and its verified tokens. When it cannot be run the gate runs on as before. Admin stays as it is.
   */
  update(next: { snapshot: Snapshot; provenance?: Provenance | undefined }): Promise<GateUpdate>;
  /** Takes no more connections, lets requests in flight end (10 s at most), then closes. */
  drain(): Promise<void>;
  /** Closes at once. */
  close(): Promise<void>;
}

/** What became of an update. */
export interface GateUpdate {
  /** null: it runs. */
  problem: string | null;
  /** About the new configuration, all of them errors or warnings of the data path. */
  findings: readonly Finding[];
}

/** Why a gate did not start: one sentence for a person, with the findings if the configuration is at fault. */
export class GateStartError extends Error {
  readonly findings: readonly Finding[];

  constructor(message: string, findings: readonly Finding[] = []) {
    super(message);
    this.findings = findings;
  }
}
