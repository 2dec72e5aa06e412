import { parseInteger } from '../../base/index.ts';
import type { HeaderList } from './header-list.ts';

/** What filters have said to the router about one request. */
export interface RouterLimits {
  /** For the whole answer, in ms; 0: none. */
  readonly timeoutMs: number;
  /** For the answer's head, in ms; 0: none of its own. */
  readonly headMs: number;
  /** In `x-envoy-expected-rq-timeout-ms`; 0: nothing is said. */
  readonly expectedMs: bigint;
  /** An answer that takes too long is a 204. */
  readonly isSilent: boolean;
}

const EXPECTED = 'x-envoy-expected-rq-timeout-ms';
const TIMEOUT = 'x-envoy-upstream-rq-timeout-ms';
const HEAD_TIMEOUT = 'x-envoy-upstream-rq-per-try-timeout-ms';
const SILENT = 'x-envoy-upstream-rq-timeout-alt-response';
/** Those that the router takes off by itself (Envoy: router.cc, retry_state_impl.cc). */
const CONSUMED = [
  TIMEOUT,
  HEAD_TIMEOUT,
  SILENT,
  ...'x-envoy-retry-on x-envoy-retry-grpc-on x-envoy-max-retries x-envoy-retriable-status-codes x-envoy-retriable-header-names x-envoy-upstream-alt-stat-name x-envoy-upstream-stream-duration-ms x-envoy-hedge-on-per-try-timeout'.split(
    ' ',
  ),
];
/** All that steers the router of an Envoy, or that it says of how it is steered. */
export const STEERING_FIELDS: ReadonlySet<string> = new Set([...CONSUMED, EXPECTED]);

/**
 * Takes off what steers Envoy's router where a filter has set it, for an origin is not shown it, and reads the limits among it (Envoy:
 * router.cc, FilterUtility::finalTimeout). Clients' own are gone by then.
 * @param timeoutMs the route's
 * @returns null where no filter has set any
 */
export function takeRouterFields(headers: HeaderList, timeoutMs: number): RouterLimits | null {
  const { names } = headers;
  for (let i = headers.firstUnjudged; i < names.length; i++) {
    const name = names[i] as string;
    if (name.charCodeAt(0) === 120 && name.charCodeAt(1) === 45 && STEERING_FIELDS.has(name))
      return readLimits(headers, timeoutMs);
  }
  return null;
}

/** Tells the origin how long it is waited for. @param timeoutMs the route's */
export function markExpected(headers: HeaderList, timeoutMs: number, limits: RouterLimits | null): void {
  if (limits === null) {
    if (timeoutMs > 0) headers.append(EXPECTED, String(timeoutMs));
  } else if (limits.expectedMs > 0n) headers.set(EXPECTED, String(limits.expectedMs));
}

function readLimits(headers: HeaderList, routeMs: number): RouterLimits {
  const timeoutMs = millisecondsOf(headers, TIMEOUT) ?? BigInt(Math.trunc(routeMs));
  const headMs = millisecondsOf(headers, HEAD_TIMEOUT) ?? 0n;
  const isSilent = headers.has(SILENT);
  for (const name of CONSUMED) headers.remove(name);
  const isHeadLimited = headMs > 0n && (timeoutMs === 0n || headMs < timeoutMs);
  return {
    timeoutMs: Number(timeoutMs),
    headMs: isHeadLimited ? Number(headMs) : 0,
    expectedMs: isHeadLimited ? headMs : timeoutMs,
    isSilent,
  };
}

const INT64_MAX = 9_223_372_036_854_775_807n;

/** Several lines are one value, which is no number. */
function millisecondsOf(headers: HeaderList, name: string): bigint | undefined {
  const lines = headers.values.filter((_, index) => headers.names[index] === name);
  const line = lines.length === 1 ? (lines[0] as string) : '';
  const value = line.includes('-') ? undefined : parseInteger(line);
  return value === undefined || value > INT64_MAX ? undefined : value;
}
