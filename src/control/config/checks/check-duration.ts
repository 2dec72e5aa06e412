import type { Duration } from '@bufbuild/protobuf/wkt';
import type { CheckContext } from './check-context.ts';

/** The last whole second that nanoseconds in 64 bits hold to its end. */
const SECONDS_MAX = 9_223_372_035n;

const NANOS_PER_SECOND = 1_000_000_000n;

/** Whether a Duration can be so many nanoseconds. */
export const isTime = (nanos: bigint) => nanos < (SECONDS_MAX + 1n) * NANOS_PER_SECOND;

/** A whole second belongs into `seconds`; the object form can say otherwise. */
const NANOS_MAX = 999_999_999;

/** Times are neither negative nor longer than 292 years (Envoy: protobuf/utility.cc). */
export function checkDuration(duration: Duration, context: CheckContext): void {
  const negative = duration.seconds < 0n || duration.nanos < 0;
  const inRange = duration.seconds <= SECONDS_MAX && Math.abs(duration.nanos) <= NANOS_MAX;
  if ((!negative && inRange) || context.isTold(duration)) return;
  context.complain({
    code: 'badDuration',
    message: negative ? 'invalid duration: expected positive duration' : 'duration out-of-range',
    about: duration,
  });
}
