import type { RefreshFamily } from '../tokens/refresh-rotation.ts';

/** One login of one user, with the clients that use it. Plain data: it is kept as JSON. Times in milliseconds. */
export interface Session {
  readonly realm: string;
  readonly sid: string;
  readonly userId: string;
  readonly isOffline: boolean;
  readonly startedMs: number;
  readonly lastRefreshMs: number;
  /** From then on nothing can revive the session. */
  readonly endsMs: number;
  readonly notes: Readonly<Record<string, string>>;
  readonly clients: Readonly<Record<string, ClientSession>>;
}

export interface ClientSession {
  readonly startedMs: number;
  readonly lastRefreshMs: number;
  /** State of rotation by `reuse_id`; empty while the realm does not rotate. */
  readonly families: Readonly<Record<string, RefreshFamily>>;
}
