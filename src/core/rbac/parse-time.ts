import { parseInteger } from '../../base/index.ts';
import { daysOf } from './civil-time.ts';
import { Duration, type ExpressionValue, FAULT, Timestamp } from './expression-value.ts';
import {
  INFINITE,
  INT_MAX,
  isDuration,
  isInfinite,
  saturate,
  sum,
  TICKS_OF_MS,
  TICKS_OF_NS,
  TICKS_OF_SECOND,
} from './time-ticks.ts';

/** `timestamp(…)`: of a text as RFC 3339 has it, with absl's leniency, or of whole seconds since 1970. */
export function convertToTimestamp(value: ExpressionValue | undefined): ExpressionValue {
  if (value instanceof Timestamp) return value;
  if (typeof value === 'bigint') return new Timestamp(value * TICKS_OF_SECOND);
  return typeof value === 'string' ? parseTimestamp(value) : FAULT;
}

const BLANK = '[ \\t\\n\\v\\f\\r]*';
const TIMESTAMP = new RegExp(
  `^${BLANK}(?:(?<future>infinite-future)|(?<past>infinite-past)|` +
    '(?<year>-?\\d+)-(?<month>\\d\\d?)-(?<day>\\d\\d?)[Tt]' +
    '(?<hour>\\d\\d?):(?<minute>\\d\\d?):(?<second>\\d\\d?)(?:\\.(?<fraction>\\d+))?' +
    `(?:[Zz]|(?<sign>[+-])(?<ahead>\\d\\d(?::?\\d\\d(?::?\\d\\d)?)?)))${BLANK}$`,
);

function parseTimestamp(text: string): Timestamp | typeof FAULT {
  const found = TIMESTAMP.exec(text)?.groups;
  if (found === undefined) return FAULT;
  const { future, past, year = '', month, day, hour = '', minute = '', second = '' } = found;
  if (future !== undefined) return new Timestamp(INFINITE);
  if (past !== undefined) return new Timestamp(-INFINITE - 1n);
  const days = daysOfDate(year, Number(month), Number(day));
  const inDay = secondsOfClock([hour, minute, second], LEAP_SECOND);
  const { sign, ahead = '', fraction = '' } = found;
  const offset = secondsOfClock(ahead.match(/\d\d/g) ?? [], LEAP_SECOND - 1);
  if (days === null || inDay === null || offset === null) return FAULT;
  const seconds = BigInt(days) * 86_400n + BigInt(inDay - (sign === '-' ? -offset : offset));
  if (seconds > INT_MAX || seconds < -INT_MAX - 1n) return FAULT;
  const ticks = Number(second) === LEAP_SECOND ? 0n : ticksOfFraction(fraction);
  return new Timestamp(seconds * TICKS_OF_SECOND + ticks);
}

/** The second that a minute may have beyond its sixty. */
const LEAP_SECOND = 60;

/** null: no clock shows it. */
function secondsOfClock(parts: readonly string[], secondMax: number): number | null {
  const [hours = 0, minutes = 0, seconds = 0] = parts.map(Number);
  return hours < 24 && minutes < 60 && seconds <= secondMax ? (hours * 60 + minutes) * 60 + seconds : null;
}

/** Days since 1970; null: there is no such date. */
function daysOfDate(yearText: string, month: number, day: number): number | null {
  const year = Number(yearText);
  if (!Number.isSafeInteger(year) || /^-0+$/.test(yearText)) return null;
  if (month < 1 || month > 12 || day < 1) return null;
  const first = daysOf(year, month, 1);
  const next = month === 12 ? daysOf(year + 1, 1, 1) : daysOf(year, month + 1, 1);
  return day <= next - first ? daysOf(year, month, day) : null;
}

/** Digits behind the point, the first fifteen of them. */
const ticksOfFraction = (digits: string) => BigInt(digits.slice(0, 15).padEnd(15, '0')) / 250_000n;

const UNITS: Readonly<Record<string, bigint>> = {
  ns: TICKS_OF_NS,
  us: 1000n * TICKS_OF_NS,
  ms: TICKS_OF_MS,
  s: TICKS_OF_SECOND,
  m: 60n * TICKS_OF_SECOND,
  h: 3600n * TICKS_OF_SECOND,
};

/** `duration(…)`: of a text as absl's ParseDuration reads it; a fault for others, and beyond what `google.protobuf.Duration` can say. */
export function convertToDuration(value: ExpressionValue | undefined): ExpressionValue {
  if (value instanceof Duration) return value;
  const ticks = typeof value === 'string' ? parseTicks(value) : null;
  return ticks === null || !isDuration(ticks) ? FAULT : new Duration(ticks);
}

/** absl's ParseDuration: `-1h2.5s`; null: it is none. */
export function parseTicks(text: string): bigint | null {
  const [, minus, body = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (body === '0') return 0n;
  if (!/^(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|ms|s|m|h))+$/.test(body)) return null;
  const sign = minus === '-' ? -1n : 1n;
  let ticks = 0n;
  for (const [, whole = '', digits = '', name = ''] of body.matchAll(/(\d*)\.?(\d*)(ns|us|ms|s|m|h)/g)) {
    const unit = UNITS[name] as bigint;
    const count = parseInteger(whole || '0');
    if (count === undefined || count > INT_MAX) return null;
    ticks = sum(ticks, saturate(sign * count * unit));
    ticks = sum(ticks, fractionOf(sign, digits, unit));
  }
  return ticks;
}

function fractionOf(sign: bigint, digits: string, unit: bigint): bigint {
  const kept = digits.slice(0, 18);
  const product = saturate(sign * BigInt(kept || '0') * unit);
  return isInfinite(product) ? product : product / 10n ** BigInt(kept.length);
}
