/** What a calendar and a clock show. */
export interface CivilTime {
  year: number;
  /** 1 to 12. */
  month: number;
  /** 1 to 31. */
  day: number;
  /** 0 is Sunday. */
  weekday: number;
  /** 0 is the first of January. */
  yearDay: number;
  hours: number;
  minutes: number;
  seconds: number;
}

const DAY = 86_400n;
const DAYS_OF_400_YEARS = 146_097;

/** @param seconds since 1970-01-01T00:00:00, of any size, in the proleptic Gregorian calendar */
export function civilOf(seconds: bigint): CivilTime {
  const rest = ((seconds % DAY) + DAY) % DAY;
  const days = Number((seconds - rest) / DAY);
  const inDay = Number(rest);
  const { year, month, day } = dateOf(days);
  return {
    year,
    month,
    day,
    weekday: (((days + 4) % 7) + 7) % 7,
    yearDay: days - daysOf(year, 1, 1),
    hours: Math.floor(inDay / 3600),
    minutes: Math.floor(inDay / 60) % 60,
    seconds: inDay % 60,
  };
}

/** Days from 1970-01-01 to a date, whose day may be any number. */
export function daysOf(year: number, month: number, day: number): number {
  // Years that begin in March have their leap day at the end.
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const inEra = shifted - era * 400;
  const inYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return (
    era * DAYS_OF_400_YEARS + inEra * 365 + Math.floor(inEra / 4) - Math.floor(inEra / 100) + inYear - 719_468
  );
}

function dateOf(days: number): { year: number; month: number; day: number } {
  const sinceMarch = days + 719_468;
  const era = Math.floor(sinceMarch / DAYS_OF_400_YEARS);
  const inEra = sinceMarch - era * DAYS_OF_400_YEARS;
  const yearOfEra = Math.floor(
    (inEra - Math.floor(inEra / 1460) + Math.floor(inEra / 36_524) - Math.floor(inEra / 146_096)) / 365,
  );
  const inYear = inEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * inYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: inYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  };
}
