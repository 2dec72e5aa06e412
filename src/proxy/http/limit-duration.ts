import type { DurationLimits } from '../route/stream-limits.ts';
import { isGrpcRequest } from './grpc-reply.ts';
import type { HeaderList } from './header-list.ts';

const TIMEOUT = 'grpc-timeout';

/**
 * How long a stream may take on the route that was chosen for it, of which a gRPC origin is told (Envoy: conn_manager_impl.cc,
 * refreshDurationTimeout). All times in ms.
 * @param said the route's `max_stream_duration`; null: none
 * @param managerMs the connection manager's; 0: none
 * @param wasLimited the stream has had a limit before
 * @returns null: for ever
 */
export function limitDuration(
  headers: HeaderList,
  said: DurationLimits | null,
  managerMs: number,
  wasLimited: boolean,
): number | null {
  const ms = durationOf(headers, said, managerMs);
  if (said !== null && isGrpcRequest(headers)) {
    if (ms !== null) headers.set(TIMEOUT, renderTimeout(ms));
    else if (wasLimited) headers.remove(TIMEOUT);
  }
  return ms;
}

function durationOf(headers: HeaderList, said: DurationLimits | null, managerMs: number): number | null {
  const maxMs = said?.maxMs ?? managerMs;
  const otherwise = maxMs === 0 ? null : maxMs;
  if (said === null || said.grpcMaxMs === null) return otherwise;
  const asked = readTimeout(headers);
  if (asked === null) return otherwise;
  const ms = said.grpcMaxMs > 0 ? Math.min(asked, said.grpcMaxMs) : asked;
  return Math.max(0, ms - said.grpcOffsetMs);
}

/** An amount of no more than eight digits, zeros before them aside. */
const ASKED = /^[\t-\r ]*([+-]?)0*(\d{1,8})[\t-\r ]*([HMSmun])$/;
const AMOUNT_MAX = 99_999_999;
const MS_PER: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/** What `grpc-timeout` asks for, a part of a millisecond for one (Envoy: grpc/common.cc). Several lines are one value, which is none. */
function readTimeout(headers: HeaderList): number | null {
  const lines = headers.values.filter((_, index) => headers.names[index] === TIMEOUT);
  const [, sign, digits = '', unit = ''] = (lines.length === 1 && ASKED.exec(lines[0] as string)) || [];
  if (digits === '') return null;
  const amount = Number(digits);
  if (sign === '-' && amount > 0) return null;
  return Math.ceil(amount * (MS_PER[unit] as number));
}

/** In the finest unit that takes eight digits or less. */
function renderTimeout(ms: number): string {
  let amount = ms;
  let unit = 'm';
  for (const [coarser, parts] of [
    ['S', 1000],
    ['M', 60],
    ['H', 60],
  ] as const) {
    if (amount <= AMOUNT_MAX) break;
    amount = Math.trunc(amount / parts);
    unit = coarser;
  }
  return `${amount}${unit}`;
}
