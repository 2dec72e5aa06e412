import { parseInteger, parseNumber } from '../../base/index.ts';
import { secondsOf } from './expression-time.ts';
import { Bytes, Duration, type ExpressionValue, FAULT, Timestamp, Uint } from './expression-value.ts';
import { textOfDuration, textOfTimestamp } from './render-time.ts';

const INT_MAX = 2n ** 63n - 1n;
const UINT_MAX = 2n ** 64n - 1n;

/** Of a double what is before the point. */
export function convertToInt(value: ExpressionValue | undefined): ExpressionValue {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (value instanceof Timestamp) return secondsOf(value);
  const whole = wholeOf(value);
  // The least int is there as a text, but not as a double.
  const least = typeof value === 'number' ? -INT_MAX : -INT_MAX - 1n;
  return whole === null || whole > INT_MAX || whole < least ? FAULT : whole;
}

/** `uint(…)`: of a number without what is behind its point, or of decimal digits; a fault below zero and beyond 64 bits. */
export function convertToUint(value: ExpressionValue | undefined): ExpressionValue {
  if (value instanceof Uint) return value;
  if (typeof value === 'string' && value.includes('-')) return FAULT;
  const whole = typeof value === 'number' && value < 0 ? null : wholeOf(value);
  return whole === null || whole > UINT_MAX || whole < 0n ? FAULT : new Uint(whole);
}

function wholeOf(value: ExpressionValue | undefined): bigint | null {
  if (typeof value === 'bigint') return value;
  if (value instanceof Uint) return value.value;
  if (typeof value === 'number') return Number.isFinite(value) ? BigInt(Math.trunc(value)) : null;
  return typeof value === 'string' ? (parseInteger(value) ?? null) : null;
}

/** `double(…)`: of a number, or of a text as absl's SimpleAtod reads it, with hexadecimal digits, infinities and nan; a fault for others. */
export function convertToDouble(value: ExpressionValue | undefined): ExpressionValue {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Uint) return Number(value.value);
  return (typeof value === 'string' ? parseNumber(value) : undefined) ?? FAULT;
}

const TRUE_WORDS: ReadonlySet<unknown> = new Set([true, 'true', 'True', 'TRUE', 't', '1']);
const FALSE_WORDS: ReadonlySet<unknown> = new Set([false, 'false', 'False', 'FALSE', 'f', '0']);

/** `bool(…)`: of a bool, or of one of the words that cel-cpp takes for one; a fault for others. */
export function convertToBool(value: ExpressionValue | undefined): ExpressionValue {
  return TRUE_WORDS.has(value) ? true : FALSE_WORDS.has(value) ? false : FAULT;
}

/** `string(…)`: of whatever is one value; a fault for lists, maps, null, and bytes that are no UTF-8. */
export function convertToString(value: ExpressionValue | undefined): ExpressionValue {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value instanceof Uint) return String(value.value);
  if (value instanceof Bytes) return textOf(value);
  if (value instanceof Timestamp) return textOfTimestamp(value);
  if (value instanceof Duration) return textOfDuration(value);
  return typeof value === 'number' ? textOfDouble(value) : FAULT;
}

/** As few digits as name it, as C++ writes them: with an exponent below -4 and from 6 on. */
function textOfDouble(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0';
  const [digits, exponent] = value.toExponential().split('e') as [string, string];
  const power = Number(exponent);
  if (value === 0 || (power >= -4 && power < 6)) return String(value);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** Bytes that are no UTF-8 are no text. */
function textOf({ text }: Bytes): ExpressionValue {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(text, 'latin1'));
  } catch {
    return FAULT;
  }
}
