import type { Recorder } from '../../base/index.ts';
import { type ConnectionInfo, DynamicMetadata } from './filter.ts';

/** A network filter in front of the connection manager. It is asked once for a connection, when its first bytes have come. */
export interface ConnectionGuard {
  /**
   * @param metadata the connection's own, which later guards see and no request does
   * @returns null: the connection may go on
   */
  refuse(
    connection: ConnectionInfo,
    metadata: DynamicMetadata,
    recorder: Recorder | null,
  ): ConnectionRefusal | null;
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
  const metadata = new DynamicMetadata();
  for (const guard of guards) {
    const refusal = guard.refuse(connection, metadata, recorder);
    if (refusal !== null) return refusal;
  }
  return null;
}
