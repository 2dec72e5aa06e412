import type { ScalarFault } from './decode-scalar.ts';

const DURATION = /^(-?)(\d+)(?:\.(\d{1,9}))?s$/;
/** About 10,000 years, protobuf's bound. */
const SECONDS_MAX = 315_576_000_000n;
const UNITS_TO_SECONDS: Readonly<Record<string, number>> = { ms: 0.001, m: 60, h: 3600, d: 86_400, S: 1 };

export interface SecondsNanos {
  seconds: bigint;
  nanos: number;
}

/** Reads `5s`, `0.25s`, `-1s`. Nothing else is a duration to Envoy (envoy.md §9.1). */
export function parseDuration(text: string): SecondsNanos | ScalarFault {
  const match = DURATION.exec(text);
  if (match === null) return badDuration(text);
  const [, minus, whole, fraction = ''] = match as unknown as [string, string, string, string | undefined];
  const seconds = BigInt(whole);
  if (seconds > SECONDS_MAX)
    return { code: 'badDuration', message: `\`${text}\` is out of range for a duration` };
  const nanos = Number(fraction.padEnd(9, '0'));
  return minus === '-' ? { seconds: -seconds, nanos: nanos === 0 ? 0 : -nanos } : { seconds, nanos };
}

function badDuration(text: string): ScalarFault {
  return {
    code: 'badDuration',
    message: `\`${text}\` is not a duration`,
    hint: `write seconds with an s: ${suggestion(text)}`,
  };
}

function suggestion(text: string): string {
  const match = /^\+?(\d+(?:\.\d+)?|\.\d+)\s*(ms|[smhdS])?(?:ec|in|r)?\.?$/.exec(text);
  if (match === null) return '`5s` or `0.25s`';
  const seconds = Number(match[1]) * (UNITS_TO_SECONDS[match[2] ?? 's'] ?? 1);
  return `\`${Number(seconds.toFixed(9))}s\``;
}

const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** RFC 3339. */
export function parseTimestamp(text: string): SecondsNanos | ScalarFault {
  const match = TIMESTAMP.exec(text);
  const ms = match === null ? Number.NaN : Date.parse(text.replace(match[1] ?? '', ''));
  if (match === null || Number.isNaN(ms))
    return { code: 'badDuration', message: `\`${text}\` is not an RFC 3339 timestamp` };
  return { seconds: BigInt(ms / 1000), nanos: Number((match[1] ?? '.0').slice(1).padEnd(9, '0')) };
}
