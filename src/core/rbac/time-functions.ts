import { type CivilTime, civilOf, daysOf } from './civil-time.ts';
import type { Operation } from './evaluation.ts';
import { Duration, type ExpressionValue, FAULT, Timestamp } from './expression-value.ts';
import { parseTicks } from './parse-time.ts';
import { endOf, floorDivide, isInfinite, sum, TICKS_OF_MS, TICKS_OF_SECOND } from './time-ticks.ts';
import type { TimeZones } from './time-zone.ts';

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
