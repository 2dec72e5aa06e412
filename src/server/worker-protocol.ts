import type { JwksRequest } from '../proxy/rehearsal/index.ts';
import type { ConnectTo } from '../proxy/upstream/index.ts';
import type { GateListener } from './gate.ts';

/** A name's addresses for one cluster. */
export interface NameAddresses {
  cluster: string;
  name: string;
  addresses: readonly string[];
}

/** What a data worker is started with. Resources cross as serialised proto. */
export interface WorkerStart {
  listeners: readonly Uint8Array[];
  clusters: readonly Uint8Array[];
  bootstrap: Uint8Array;
  /** Where each listener listens, in the order of `listeners`. */
  listenAt: readonly { address: string; port: number }[];
  connectTo: readonly ConnectTo[];
  extraRoots: readonly string[];
  addresses: readonly NameAddresses[];
  clock: SharedArrayBuffer;
  stats: SharedArrayBuffer;
  nodeAddress: string;
  envoyExact: boolean;
}

/** Control thread → data worker. */
export type ToWorker =
  | { type: 'addresses'; update: NameAddresses }
  | { type: 'jwks'; id: number; text: string | null }
  | { type: 'drain'; timeoutMs: number }
  | { type: 'close' };

/** Data worker → control thread. */
export type FromWorker =
  | { type: 'listening'; listeners: GateListener[] }
  | { type: 'failed'; message: string }
  | { type: 'counters'; names: readonly string[] }
  | { type: 'jwks'; id: number; request: JwksRequest }
  | { type: 'log'; level: 'info' | 'warn' | 'error'; message: string; fields: Record<string, unknown> }
  | { type: 'closed' };
