import { type CivilTime, civilOf, daysOf } from './civil-time.ts';
import type { Operation } from './evaluation.ts';
import { Duration, type ExpressionValue, FAULT, Timestamp } from './expression-value.ts';
import type { TimeZones } from './time-zone.ts';

/** Times are counted in quarters of a nanosecond, as absl counts them: what is finer is cut off. */
export const TICKS_OF_SECOND = 4_000_000_000n;
const TICKS_OF_MS = TICKS_OF_SECOND / 1000n;
const TICKS_OF_NS = 4n;
const INT_MAX = 2n ** 63n - 1n;
/** Beyond all that can be counted: absl's InfiniteDuration. */
const INFINITE = (INT_MAX + 1n) * TICKS_OF_SECOND;
/** The range of `google.protobuf.Duration`; a duration that is written out has to be in it, one that is calculated has not. */
const DURATION_TICKS_MAX = 315_576_000_000n * TICKS_OF_SECOND + TICKS_OF_SECOND - TICKS_OF_NS;
const TIMESTAMP_SECONDS_MIN = -62_135_596_800n;
const TIMESTAMP_SECONDS_MAX = 253_402_300_799n;

const isInfinite = (ticks: bigint) => ticks >= INFINITE || ticks < -INFINITE;

function saturate(ticks: bigint): bigint {
  if (ticks >= INFINITE) return INFINITE;
  return ticks < -INFINITE ? -INFINITE - 1n : ticks;
}

function sum(a: bigint, b: bigint): bigint {
  if (isInfinite(a)) return a;
  return saturate(a + b);
}

const floorDivide = (a: bigint, b: bigint) => (a - (((a % b) + b) % b)) / b;

/** Of a protobuf duration or timestamp. */
export const ticksOf = ({ seconds, nanos }: { seconds: bigint; nanos: number }): bigint =>
  seconds * TICKS_OF_SECOND + BigInt(nanos) * 4n;

/** @param ms since 1970 */
export function timestampOfMs(ms: number): Timestamp {
  return new Timestamp(BigInt(Math.round(ms)) * TICKS_OF_MS);
}

/** `timestamp(…)`: of a text as RFC 3339 has it, with absl's leniency, or of whole seconds since 1970. */
export function convertToTimestamp(value: ExpressionValue | undefined): ExpressionValue {
  if (value instanceof Timestamp) return value;
  if (typeof value === 'bigint') return new Timestamp(value * TICKS_OF_SECOND);
  return typeof value === 'string' ? parseTimestamp(value) : FAULT;
}

const BLANK = '[ \\t\\n\\v\\f\\r]*';
const TIMESTAMP = new RegExp(
  `^${BLANK}(?:(infinite-future)|(infinite-past)|(-?\\d+)-(\\d\\d?)-(\\d\\d?)[Tt](\\d\\d?):(\\d\\d?):(\\d\\d?)(?:\\.(\\d+))?(?:[Zz]|([+-])(\\d\\d)(?::?(\\d\\d)(?::?(\\d\\d))?)?))${BLANK}$`,
);

function parseTimestamp(text: string): Timestamp | typeof FAULT {
  const [whole, future, past, yearText = '', ...rest] = TIMESTAMP.exec(text) ?? [];
  if (whole === undefined) return FAULT;
  if (future !== undefined || past !== undefined)
    return new Timestamp(future !== undefined ? INFINITE : -INFINITE - 1n);
  const fraction = rest.splice(5, 1)[0] ?? '';
  const sign = rest.splice(5, 1)[0];
  const [month, day, hour, minute, second, offHour, offMinute, offSecond] = Array.from(rest, (part = '0') =>
    Number(part),
  ) as [number, number, number, number, number, number, number, number];
  const year = Number(yearText);
  const isIn = hour < 24 && minute < 60 && second <= 60 && offHour < 24 && offMinute < 60 && offSecond < 60;
  if (!isIn || !isDate(year, month, day) || /^-0+$/.test(yearText)) return FAULT;
  const offset = (offHour * 60 + offMinute) * 60 + offSecond;
  const seconds =
    BigInt(daysOf(year, month, day)) * 86_400n +
    BigInt((hour * 60 + minute) * 60 + second - (sign === '-' ? -offset : offset));
  if (seconds > INT_MAX || seconds < -INT_MAX - 1n) return FAULT;
  return new Timestamp(seconds * TICKS_OF_SECOND + (second === 60 ? 0n : ticksOfFraction(fraction)));
}

function isDate(year: number, month: number, day: number): boolean {
  if (!Number.isSafeInteger(year) || month < 1 || month > 12 || day < 1) return false;
  const next = month === 12 ? daysOf(year + 1, 1, 1) : daysOf(year, month + 1, 1);
  return day <= next - daysOf(year, month, 1);
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

/** Of a protobuf message; a fault beyond the range that it has. */
export function durationOf(seconds: bigint, nanos: bigint): Duration | typeof FAULT {
  const ticks = seconds * TICKS_OF_SECOND + nanos * TICKS_OF_NS;
  return isDuration(ticks) ? new Duration(ticks) : FAULT;
}

/** Of a protobuf message, with no range but absl's. */
export const timestampOf = (seconds: bigint, nanos: bigint): Timestamp =>
  new Timestamp(saturate(seconds * TICKS_OF_SECOND + nanos * TICKS_OF_NS));

const isDuration = (ticks: bigint) => ticks <= DURATION_TICKS_MAX && ticks >= -DURATION_TICKS_MAX;

/** absl's ParseDuration: `-1h2.5s`; null: it is none. */
function parseTicks(text: string): bigint | null {
  const [, minus, body = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (body === '0') return 0n;
  if (!/^(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|ms|s|m|h))+$/.test(body)) return null;
  const sign = minus === '-' ? -1n : 1n;
  let ticks = 0n;
  for (const [, whole = '', digits = '', name = ''] of body.matchAll(/(\d*)\.?(\d*)(ns|us|ms|s|m|h)/g)) {
    const unit = UNITS[name] as bigint;
    const count = BigInt(whole || '0');
    if (count > INT_MAX) return null;
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

function negated(ticks: bigint): bigint {
  if (!isInfinite(ticks)) return saturate(-ticks);
  return ticks > 0n ? -INFINITE - 1n : INFINITE;
}

/** Whole seconds since 1970, for `int(…)`. */
export function secondsOf({ ticks }: Timestamp): bigint {
  const seconds = floorDivide(ticks, TICKS_OF_SECOND);
  return seconds > INT_MAX ? INT_MAX : seconds < -INT_MAX - 1n ? -INT_MAX - 1n : seconds;
}

const PARTS: Readonly<Record<string, (time: CivilTime) => number>> = {
  getFullYear: ({ year }) => year,
  getMonth: ({ month }) => month - 1,
  getDate: ({ day }) => day,
  getDayOfMonth: ({ day }) => day - 1,
  getDayOfWeek: ({ weekday }) => weekday,
  getDayOfYear: ({ yearDay }) => yearDay,
  getHours: ({ hours }) => hours,
  getMinutes: ({ minutes }) => minutes,
  getSeconds: ({ seconds }) => seconds,
};

const UNITS_OF_DURATIONS: Readonly<Record<string, bigint>> = {
  getHours: 3600n * TICKS_OF_SECOND,
  getMinutes: 60n * TICKS_OF_SECOND,
  getSeconds: TICKS_OF_SECOND,
};

/** `t.getFullYear()`, `t.getHours('Europe/Berlin')`, `d.getMinutes()` … */
export const TIME_FUNCTIONS: Readonly<Record<string, Operation>> = Object.fromEntries(
  [...Object.keys(PARTS), 'getMilliseconds'].flatMap((name): [string, Operation][] => [
    [
      `${name}/1`,
      ([value], { memo }) =>
        value instanceof Duration ? partOfDuration(name, value) : partOf(name, value, '', memo.zones),
    ],
    [`${name}/2`, ([value, zone], { memo }) => partOf(name, value, zone, memo.zones)],
  ]),
);

function partOfDuration(name: string, { ticks }: Duration): ExpressionValue {
  const end = isInfinite(ticks) ? endOf(ticks) : null;
  if (name === 'getMilliseconds') return (end ?? ticks / TICKS_OF_MS) % 1000n;
  const unit = UNITS_OF_DURATIONS[name];
  return unit === undefined ? FAULT : (end ?? ticks / unit);
}

/** The greatest or the least whole number. */
const endOf = (ticks: bigint) => (ticks > 0n ? INT_MAX : -INT_MAX - 1n);

function partOf(
  name: string,
  value: ExpressionValue | undefined,
  zone: ExpressionValue | undefined,
  zones: TimeZones,
): ExpressionValue {
  if (!(value instanceof Timestamp) || typeof zone !== 'string') return FAULT;
  const ticks = localTicks(value.ticks, zone, zones);
  if (ticks === null) return FAULT;
  if (isInfinite(value.ticks)) return partOfEnd(name, value.ticks);
  const seconds = floorDivide(ticks, TICKS_OF_SECOND);
  if (name === 'getMilliseconds') return (ticks - seconds * TICKS_OF_SECOND) / TICKS_OF_MS;
  return BigInt((PARTS[name] as (time: CivilTime) => number)(civilOf(seconds)));
}

/** The last second of the last year that there is a number for, or the first of the first, whatever the zone. */
function partOfEnd(name: string, ticks: bigint): bigint {
  const end = endOf(ticks);
  if (name === 'getMilliseconds' || name === 'getFullYear') return end;
  // A year of the same days.
  const year = Number(((end % 400n) + 400n) % 400n) + 2000;
  const days = ticks > 0n ? daysOf(year + 1, 1, 1) : daysOf(year, 1, 1);
  const seconds = BigInt(days) * 86_400n - (ticks > 0n ? 1n : 0n);
  return BigInt((PARTS[name] as (time: CivilTime) => number)(civilOf(seconds)));
}

/** @param zone a zone's name or an offset, as `-02:30` */
function localTicks(ticks: bigint, zone: string, zones: TimeZones): bigint | null {
  if (zone === '') return ticks;
  const offsetAt = zones.find(zone);
  if (offsetAt !== null)
    return isInfinite(ticks)
      ? ticks
      : ticks + offsetAt(floorDivide(ticks, TICKS_OF_SECOND)) * TICKS_OF_SECOND;
  if (!zone.includes(':')) return null;
  const offset = parseTicks(`${zone.replaceAll(':', 'h')}m`);
  return offset === null ? null : sum(ticks, offset);
}

/** As JSON writes it; a fault where protobuf has no such time. */
export function textOfTimestamp(time: Timestamp): ExpressionValue {
  const seconds = floorDivide(time.ticks, TICKS_OF_SECOND);
  if (seconds < TIMESTAMP_SECONDS_MIN || seconds > TIMESTAMP_SECONDS_MAX) return FAULT;
  const { year, month, day, hours, minutes, seconds: second } = civilOf(seconds);
  const two = (part: number) => String(part).padStart(2, '0');
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
  const rest = fractionText((time.ticks - seconds * TICKS_OF_SECOND) / TICKS_OF_NS);
  return `${date}T${two(hours)}:${two(minutes)}:${two(second)}${rest}Z`;
}

/** As JSON writes it, in seconds: `-90.500s`; a fault beyond what `google.protobuf.Duration` can say. */
export function textOfDuration({ ticks }: Duration): ExpressionValue {
  if (!isDuration(ticks)) return FAULT;
  const size = ticks < 0n ? -ticks : ticks;
  const nanos = (size % TICKS_OF_SECOND) / TICKS_OF_NS;
  const seconds = size / TICKS_OF_SECOND;
  const sign = ticks < 0n && (seconds > 0n || nanos > 0n) ? '-' : '';
  return `${sign}${seconds}${fractionText(nanos)}s`;
}

/** Three, six or nine digits. */
function fractionText(nanos: bigint): string {
  if (nanos === 0n) return '';
  const digits = String(nanos).padStart(9, '0');
  return `.${digits.replace(/(?:000){1,2}$/, '')}`;
}
