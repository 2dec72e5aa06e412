/** One unary call. */
export interface GrpcRequest {
  /** `/package.Service/Method`. */
  path: string;
  /** Empty: the cluster's name. */
  authority: string;
  /** Lower-case names, one character per byte. */
  metadata: readonly (readonly [name: string, value: string])[];
  /** The gate adds who it is (`x-forwarded-for`). */
  saysWho: boolean;
  message: Uint8Array;
  /** 0: none. */
  timeoutMs: number;
  /** A longer answer is none. */
  bytesMax: number;
  /** Ends the call. */
  signal?: AbortSignal;
}

/** What became of a call: the service's message, or why there is none. */
export type GrpcOutcome =
  | { kind: 'reply'; message: Buffer }
  | { kind: 'failure'; code: 'too_large' | 'failed' | 'timeout' | 'aborted'; text: string };
