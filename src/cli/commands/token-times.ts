import { EXIT } from '../exit-code.ts';
import { UserError } from '../io.ts';

const SECONDS_PER_UNIT: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
]);

/** `300`, `300s`, `5m`, `12h`, `30d`, a minus sign for the past → seconds. */
export function parseSeconds(text: string, option: string): number {
  const match = /^(-?[0-9]+(?:\.[0-9]+)?)([smhd]?)$/.exec(text);
  if (match === null) {
    throw new UserError(`${option} \`${text}\` is no duration such as 300s, 5m, 12h or 30d`, EXIT.wrongUse);
  }
  return Number(match[1]) * (SECONDS_PER_UNIT.get(match[2] ?? '') ?? 1);
}

const DATE_MS_MAX = 8.64e15;
/** `Date.parse` alone takes `-1` and `noon 5` for months of 2001. */
const ISO_DATE =
  /^[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?$/;

/** `2022-10-20T13:00:00Z`, any other ISO 8601 date, or seconds since 1970 → milliseconds since 1970. */
export function parseInstant(text: string, option: string): number {
  const ms = /^[0-9]+$/.test(text)
    ? Number(text) * 1000
    : ISO_DATE.test(text)
      ? Date.parse(text)
      : Number.NaN;
  if (!(ms <= DATE_MS_MAX)) {
    const shapes = 'such as 2022-10-20T13:00:00Z, and no seconds since 1970';
    throw new UserError(`${option} \`${text}\` is no time ${shapes}`, EXIT.wrongUse);
  }
  return ms;
}

/** Seconds since 1970 → `2022-10-20T09:12:30Z`; the number itself when no calendar reaches it. */
export function instantText(seconds: number): string {
  const ms = seconds * 1000;
  return ms > DATE_MS_MAX ? String(seconds) : new Date(ms).toISOString().replace('.000Z', 'Z');
}

const UNITS = [
  ['year', 31_557_600],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** How far off an instant is, in the largest unit that fits: `3 years ago`, `in 5 minutes`, `now`. */
export function distanceText(seconds: number, nowMs: number): string {
  const difference = Math.trunc(seconds - nowMs / 1000);
  const distance = Math.abs(difference);
  const unit = UNITS.find(([, size]) => distance >= size);
  if (unit === undefined) return 'now';
  const count = Math.floor(distance / unit[1]);
  const text = `${count} ${unit[0]}${count === 1 ? '' : 's'}`;
  return difference > 0 ? `in ${text}` : `${text} ago`;
}
