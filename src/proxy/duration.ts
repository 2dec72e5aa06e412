import type { Duration } from '@bufbuild/protobuf/wkt';

/** Milliseconds of a Duration; a part of one counts up, so that what is not zero does not become it. */
export function durationMs(duration: Duration): number {
  return Number(duration.seconds) * 1000 + Math.ceil(duration.nanos / 1e6);
}
