import { toByteString } from '../core/match/index.ts';
import type { MetadataValue } from './filters/filter.ts';

/**
 * Who prints. `claim`: protobuf's printer, for claims in headers (envoy.md §3.6): keys as they came, numbers in the shortest of 15 or
 * 17 digits that reads back the same, invisible characters escaped. `metadata`: Envoy's own, for `%DYNAMIC_METADATA%`: keys in the order
 * of their bytes, numbers as C++'s `to_chars` prints them, only such characters escaped as must be.
 */
export type JsonStyle = 'claim' | 'metadata';

/** A JSON value without white space, as Envoy puts it into headers. */
export function jsonText(value: MetadataValue, style: JsonStyle): string {
  if (typeof value === 'number') return style === 'claim' ? claimNumber(value) : metadataNumber(value);
  if (typeof value === 'string') return stringText(value, style);
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map((entry) => jsonText(entry, style)).join(',')}]`;
  const keys = Object.keys(value);
  if (style === 'metadata') keys.sort((a, b) => (toByteString(a) < toByteString(b) ? -1 : 1));
  return `{${keys.map((key) => `${stringText(key, style)}:${jsonText(value[key] as MetadataValue, style)}`).join(',')}}`;
}

/** Beside what JSON must escape (protobuf: json_escaping.cc). */
const ESCAPED_IN_CLAIMS =
  /[<>\u007f-\u009f\u00ad\u0600-\u0603\u06dd\u070f\u17b4\u17b5\u200b-\u200f\u2028-\u202e\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\u{1d173}-\u{1d17a}\u{e0001}\u{e0020}-\u{e007f}]/gu;

function stringText(text: string, style: JsonStyle): string {
  if (style === 'metadata' && !text.isWellFormed()) return escapedBytes(toByteString(text));
  const json = JSON.stringify(text);
  return style === 'metadata' ? json : json.replaceAll(ESCAPED_IN_CLAIMS, escapeUnits);
}

/** A byte string that is not UTF-8 in quotes: whatever is not a plain character is escaped byte for byte (Envoy: json_sanitizer.cc). */
export function escapedBytes(bytes: string): string {
  return `"${bytes.replaceAll(/[^ !#-[\]-~]/g, escapeUnits)}"`;
}

function escapeUnits(char: string): string {
  const units = Array.from({ length: char.length }, (_, index) => char.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

function claimNumber(value: number): string {
  if (Object.is(value, -0)) return '-0';
  const short = generalText(value, 15);
  return Number(short) === value ? short : generalText(value, 17);
}

/** C's `%.<digits>g`. */
function generalText(value: number, digits: number): string {
  const [mantissa = '', exponentText = ''] = value.toExponential(digits - 1).split('e');
  const exponent = Number(exponentText);
  const trimmed = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  if (exponent < -4 || exponent >= digits) {
    const sign = exponent < 0 ? '-' : '+';
    return `${trimmed}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  const fixed = value.toFixed(Math.max(0, digits - 1 - exponent));
  return fixed.includes('.') ? fixed.replace(/\.?0+$/, '') : fixed;
}

/**
 * The shortest digits that read back the same; plain where that is not longer than with an exponent, a large whole number in all its
 * digits (C++: std::to_chars).
 */
function metadataNumber(value: number): string {
  if (Number.isNaN(value)) return 'null';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  if (Object.is(value, -0)) return '-0';
  const [mantissa = '', exponentText = ''] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  const digits = mantissa.replace(/[-.]/g, '').length;
  const shift = exponent - (digits - 1);
  const isPlain = digits === 1 ? shift >= -3 && shift <= 4 : shift >= -(digits + 3) && shift <= 5;
  if (isPlain) return shift >= 0 ? BigInt(value).toString() : String(value);
  const sign = exponent < 0 ? '-' : '+';
  return `${mantissa}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}
