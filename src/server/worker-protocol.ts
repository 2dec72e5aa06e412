import type { JwksRequest } from '../proxy/rehearsal/index.ts';
import type { ConnectTo } from '../proxy/upstream/index.ts';
import type { GateListener } from './gate.ts';
import type { RefusedRequest } from './refusal-ring.ts';

/** A name's addresses for one cluster. */
export interface NameAddresses {
  cluster: string;
  name: string;
  addresses: readonly string[];
}

/** What a data worker runs. Resources cross as serialised proto. */
export interface WorkerResources {
  listeners: readonly Uint8Array[];
  clusters: readonly Uint8Array[];
  bootstrap: Uint8Array;
  /** Where each listener listens, in the order of `listeners`. */
  listenAt: readonly { address: string; port: number }[];
  addresses: readonly NameAddresses[];
}

/** What a data worker is started with. */
export interface WorkerStart extends WorkerResources {
  connectTo: readonly ConnectTo[];
  extraRoots: readonly string[];
  clock: SharedArrayBuffer;
  stats: SharedArrayBuffer;
  nodeAddress: string;
  envoyExact: boolean;
  /** What is refused is told, to be explained. */
  explains: { namesReplies: boolean } | null;
}

/** Control thread → data worker. */
export type ToWorker =
  | { type: 'update'; resources: WorkerResources }
  | { type: 'addresses'; update: NameAddresses }
  | { type: 'jwks'; id: number; text: string | null }
  | { type: 'drain'; timeoutMs: number }
  | { type: 'close' };

/** Data worker → control thread. */
export type FromWorker =
  | { type: 'listening'; listeners: GateListener[] }
  | { type: 'failed'; message: string }
  /** Runs what the last `update` brought. */
  | { type: 'updated'; listeners: GateListener[] }
  /** Runs on as before. */
  | { type: 'not updated'; message: string }
  | { type: 'counters'; names: readonly string[] }
  | { type: 'jwks'; id: number; request: JwksRequest }
  | { type: 'log'; level: 'info' | 'warn' | 'error'; message: string; fields: Record<string, unknown> }
  | { type: 'refused'; refused: RefusedRequest }
  | { type: 'closed' };
