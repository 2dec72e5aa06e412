/** Times are counted in quarters of a nanosecond, as absl counts them: what is finer is cut off. */
export const TICKS_OF_SECOND = 4_000_000_000n;
export const TICKS_OF_MS = TICKS_OF_SECOND / 1000n;
export const TICKS_OF_NS = 4n;
export const INT_MAX = 2n ** 63n - 1n;
/** Beyond all that can be counted: absl's InfiniteDuration. */
export const INFINITE = (INT_MAX + 1n) * TICKS_OF_SECOND;
/** The range of `google.protobuf.Duration`; a duration that is written out has to be in it, one that is calculated has not. */
const DURATION_TICKS_MAX = 315_576_000_000n * TICKS_OF_SECOND + TICKS_OF_SECOND - TICKS_OF_NS;

/** Whether it is one of the two ends, before and behind all moments. */
export const isInfinite = (ticks: bigint) => ticks >= INFINITE || ticks < -INFINITE;

/** What can be counted, or the end beyond which it is. */
export function saturate(ticks: bigint): bigint {
  if (ticks >= INFINITE) return INFINITE;
  return ticks < -INFINITE ? -INFINITE - 1n : ticks;
}

/** An end stays an end, whatever is added. */
export function sum(a: bigint, b: bigint): bigint {
  if (isInfinite(a)) return a;
  return saturate(a + b);
}

/** Rounded down, below zero too. */
export const floorDivide = (a: bigint, b: bigint) => (a - (((a % b) + b) % b)) / b;

/** Of a protobuf duration or timestamp. */
export const ticksOf = ({ seconds, nanos }: { seconds: bigint; nanos: number }): bigint =>
  seconds * TICKS_OF_SECOND + BigInt(nanos) * TICKS_OF_NS;

/** Whether a `google.protobuf.Duration` can say it. */
export const isDuration = (ticks: bigint) => ticks <= DURATION_TICKS_MAX && ticks >= -DURATION_TICKS_MAX;

/** The other end is one tick further. */
export function negated(ticks: bigint): bigint {
  if (!isInfinite(ticks)) return saturate(-ticks);
  return ticks > 0n ? -INFINITE - 1n : INFINITE;
}

/** The greatest or the least whole number. */
export const endOf = (ticks: bigint) => (ticks > 0n ? INT_MAX : -INT_MAX - 1n);
