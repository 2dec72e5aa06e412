const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);

const two = (value: number) => String(value).padStart(2, '0');

/** Nanoseconds of the second, as nine digits. */
const fraction = (ms: number) => `${String(((ms % 1000) + 1000) % 1000).padStart(3, '0')}000000`;

const dayOfYear = (time: Date) =>
  Math.floor((time.getTime() - Date.UTC(time.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;

type Word = (time: Date) => string;

const date: Word = (time) =>
  `${time.getUTCFullYear()}-${two(time.getUTCMonth() + 1)}-${two(time.getUTCDate())}`;
const clock: Word = (time) =>
  `${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())}`;

/** strftime's letters, in UTC. */
const WORDS: Readonly<Record<string, Word>> = {
  Y: (time) => String(time.getUTCFullYear()),
  y: (time) => two(time.getUTCFullYear() % 100),
  m: (time) => two(time.getUTCMonth() + 1),
  d: (time) => two(time.getUTCDate()),
  e: (time) => String(time.getUTCDate()).padStart(2, ' '),
  H: (time) => two(time.getUTCHours()),
  I: (time) => two(time.getUTCHours() % 12 === 0 ? 12 : time.getUTCHours() % 12),
  M: (time) => two(time.getUTCMinutes()),
  S: (time) => two(time.getUTCSeconds()),
  p: (time) => (time.getUTCHours() < 12 ? 'AM' : 'PM'),
  j: (time) => String(dayOfYear(time)).padStart(3, '0'),
  a: (time) => (DAYS[time.getUTCDay()] as string).slice(0, 3),
  A: (time) => DAYS[time.getUTCDay()] as string,
  b: (time) => (MONTHS[time.getUTCMonth()] as string).slice(0, 3),
  h: (time) => (MONTHS[time.getUTCMonth()] as string).slice(0, 3),
  B: (time) => MONTHS[time.getUTCMonth()] as string,
  F: date,
  T: clock,
  R: (time) => clock(time).slice(0, 5),
  D: (time) => `${two(time.getUTCMonth() + 1)}/${two(time.getUTCDate())}/${two(time.getUTCFullYear() % 100)}`,
  s: (time) => String(Math.floor(time.getTime() / 1000)),
  f: (time) => fraction(time.getTime()),
  z: () => '+0000',
  Z: () => 'UTC',
  n: () => '\n',
  t: () => '\t',
};

const CONVERSION = /%(?:([1-9])f|E([1-9])S|(?:([A-Za-z])))/g;

/**
 * Compiles the format of `%START_TIME(…)%`: strftime's letters in UTC, `%3f` for a fraction of the second (Envoy: utility.cc,
 * DateFormatter).
 * @returns the letter that is not done, or what prints a time in ms since 1970
 */
export function compileTimeFormat(format: string): { print(ms: number): string } | { unsupported: string } {
  const parts: Word[] = [];
  let end = 0;
  for (const found of format.matchAll(CONVERSION)) {
    const [conversion, digits, seconds, letter] = found;
    const text = format.slice(end, found.index);
    parts.push(() => text);
    end = found.index + conversion.length;
    const word = letter === undefined ? fractionWord(digits, seconds) : WORDS[letter];
    if (word === undefined) return { unsupported: conversion };
    parts.push(word);
  }
  const rest = format.slice(end);
  parts.push(() => rest);
  if (rest.includes('%') || format.includes('%%')) return { unsupported: '%' };
  return {
    print(ms) {
      const time = new Date(ms);
      return parts.map((part) => part(time)).join('');
    },
  };
}

function fractionWord(digits: string | undefined, seconds: string | undefined): Word {
  if (digits !== undefined) return (time) => fraction(time.getTime()).slice(0, Number(digits));
  return (time) => `${two(time.getUTCSeconds())}.${fraction(time.getTime()).slice(0, Number(seconds))}`;
}

/** Envoy's default: `2026-01-02T03:04:05.678Z`. */
export const printTime = (ms: number): string => new Date(ms).toISOString();
