import type { Recorder } from '../../base/index.ts';
import type { ConnectionInfo } from './filter.ts';

/** A network filter in front of the connection manager. It is asked once for a connection, when its first bytes have come. */
export interface ConnectionGuard {
  /** null: the connection may go on. */
  refuse(connection: ConnectionInfo, recorder: Recorder | null): ConnectionRefusal | null;
}

/** The connection is closed without a word. */
export interface ConnectionRefusal {
  /** Why, as Envoy's access log has it. */
  details: string;
  /** How long it is held before. */
  delayMs: number;
}

/** What the first guard that refuses says. */
export function askGuards(
  guards: readonly ConnectionGuard[],
  connection: ConnectionInfo,
  recorder: Recorder | null,
): ConnectionRefusal | null {
  for (const guard of guards) {
    const refusal = guard.refuse(connection, recorder);
    if (refusal !== null) return refusal;
  }
  return null;
}
