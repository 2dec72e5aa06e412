import { Duration, type ExpressionValue, FAULT, Timestamp } from './expression-value.ts';
import {
  floorDivide,
  INT_MAX,
  isDuration,
  negated,
  saturate,
  sum,
  TICKS_OF_MS,
  TICKS_OF_NS,
  TICKS_OF_SECOND,
} from './time-ticks.ts';

/** @param ms since 1970 */
export function timestampOfMs(ms: number): Timestamp {
  return new Timestamp(BigInt(Math.round(ms)) * TICKS_OF_MS);
}

/** Of a protobuf message; a fault beyond the range that it has. */
export function durationOf(seconds: bigint, nanos: bigint): Duration | typeof FAULT {
  const ticks = seconds * TICKS_OF_SECOND + nanos * TICKS_OF_NS;
  return isDuration(ticks) ? new Duration(ticks) : FAULT;
}

/** Of a protobuf message, with no range but absl's. */
export const timestampOf = (seconds: bigint, nanos: bigint): Timestamp =>
  new Timestamp(saturate(seconds * TICKS_OF_SECOND + nanos * TICKS_OF_NS));

/** `+` and `-` where there is a time among the operands; undefined: there is no such sum. Sums have no limits but absl's own. */
export function calculateTimes(
  a: ExpressionValue | undefined,
  b: ExpressionValue | undefined,
  isSum: boolean,
): ExpressionValue | undefined {
  if (b instanceof Duration) {
    const other = isSum ? b.ticks : negated(b.ticks);
    if (a instanceof Timestamp) return new Timestamp(sum(a.ticks, other));
    return a instanceof Duration ? new Duration(sum(a.ticks, other)) : undefined;
  }
  if (!(b instanceof Timestamp)) return undefined;
  if (isSum) return a instanceof Duration ? new Timestamp(sum(b.ticks, a.ticks)) : undefined;
  return a instanceof Timestamp ? new Duration(sum(a.ticks, negated(b.ticks))) : undefined;
}

/** Whole seconds since 1970, for `int(…)`. */
export function secondsOf({ ticks }: Timestamp): bigint {
  const seconds = floorDivide(ticks, TICKS_OF_SECOND);
  return seconds > INT_MAX ? INT_MAX : seconds < -INT_MAX - 1n ? -INT_MAX - 1n : seconds;
}
