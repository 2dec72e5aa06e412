import type { Duration } from '@bufbuild/protobuf/wkt';

const NANOS_PER_MS = 1e6;

/** Whole milliseconds of a Duration: what is less than one is none (Envoy: PROTOBUF_GET_MS_OR_DEFAULT). */
export function durationMs(duration: Duration): number {
  return Number(duration.seconds) * 1000 + Math.trunc(duration.nanos / NANOS_PER_MS);
}

/** Milliseconds of a Duration; a part of one counts up, so that what is not zero does not become it. */
export function durationMsUp(duration: Duration): number {
  return Number(duration.seconds) * 1000 + Math.ceil(duration.nanos / NANOS_PER_MS);
}
