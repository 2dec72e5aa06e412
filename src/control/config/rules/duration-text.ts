import type { Duration } from '@bufbuild/protobuf/wkt';

const NANOS = 1_000_000_000n;

export function nanosOf(duration: Pick<Duration, 'seconds' | 'nanos'>): bigint {
  return duration.seconds * NANOS + BigInt(duration.nanos);
}

/** Whole milliseconds of a duration; a part of one does not count. */
export function wholeMsOf(duration: Pick<Duration, 'seconds' | 'nanos'>): bigint {
  return nanosOf(duration) / 1_000_000n;
}

/** A duration as Envoy's constraint texts print it: `1ms`, `5s`, `2500000h0m0s`. */
export function renderNanos(nanos: bigint): string {
  if (nanos < 0n) return `-${renderNanos(-nanos)}`;
  if (nanos === 0n) return '0s';
  if (nanos % NANOS !== 0n && nanos < NANOS) {
    return nanos % 1_000_000n === 0n ? `${nanos / 1_000_000n}ms` : `${nanos}ns`;
  }
  const seconds = nanos / NANOS;
  const rest = nanos % NANOS === 0n ? `${seconds % 60n}s` : `${Number(nanos % (60n * NANOS)) / 1e9}s`;
  if (seconds < 60n) return rest;
  const minutes = (seconds / 60n) % 60n;
  return seconds < 3600n ? `${minutes}m${rest}` : `${seconds / 3600n}h${minutes}m${rest}`;
}
