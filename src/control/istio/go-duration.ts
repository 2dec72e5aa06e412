import { create } from '@bufbuild/protobuf';
import { type Duration, DurationSchema } from '@bufbuild/protobuf/wkt';

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/**
 * Reads a duration as Go's `time.ParseDuration` does (`1m`, `1h1s`, `1.5s`). In nanoseconds.
 * @returns null when it is none, or longer than the 292 years that 64 bits of nanoseconds hold.
 */
export function parseGoDuration(text: string): bigint | null {
  const [, sign, rest] = /^([+-]?)(.*)$/s.exec(text) as RegExpExecArray;
  if (rest === '0') return 0n;
  const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;
  let total = 0n;
  let end = 0;
  for (let match = part.exec(rest as string); match !== null; match = part.exec(rest as string)) {
    total += scale(match[1] as string, UNITS[match[2] as string] as bigint);
    end = part.lastIndex;
  }
  if (end === 0 || end !== (rest as string).length) return null;
  const nanoseconds = sign === '-' ? -total : total;
  return BigInt.asIntN(64, nanoseconds) === nanoseconds ? nanoseconds : null;
}

export function durationOf(nanoseconds: bigint): Duration {
  const second = 1_000_000_000n;
  return create(DurationSchema, { seconds: nanoseconds / second, nanos: Number(nanoseconds % second) });
}

function scale(number: string, unit: bigint): bigint {
  const [whole = '', fraction = ''] = number.split('.');
  return BigInt(whole || '0') * unit + (BigInt(fraction || '0') * unit) / 10n ** BigInt(fraction.length);
}
