import { NEVER } from './deadlines.ts';
import type { HttpOptions } from './http-options.ts';
import { REFUSAL, type Refusal } from './refusal.ts';

type TimeOptions = Pick<
  HttpOptions,
  'requestHeadTimeoutMs' | 'requestTimeoutMs' | 'streamIdleTimeoutMs' | 'maxStreamDurationMs'
>;

/** How long a head may take, in ms from its first byte; what a client is told whose head is not whole by then. */
export interface HeadLimit {
  ms: number;
  refusal: Refusal;
}

/** The limit of a connection manager that ends first: all of them run while a head comes, the silence too (Envoy: conn_manager_impl.cc). */
export function headLimitOf(options: TimeOptions): HeadLimit {
  const limits: HeadLimit[] = [
    { ms: options.requestHeadTimeoutMs, refusal: REFUSAL.headTimeout },
    { ms: options.requestTimeoutMs, refusal: REFUSAL.requestTimeout },
    { ms: options.streamIdleTimeoutMs, refusal: REFUSAL.idleTimeout },
    { ms: options.maxStreamDurationMs, refusal: REFUSAL.durationTimeout },
  ];
  const none: HeadLimit = { ms: NEVER, refusal: REFUSAL.headTimeout };
  return limits.reduce((first, limit) => (limit.ms > 0 && limit.ms < first.ms ? limit : first), none);
}
