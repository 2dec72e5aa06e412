import { toByteString } from '../core/match/index.ts';
import type { MetadataValue } from './filters/filter.ts';

/**
 * Who prints. `claim`: protobuf's printer, for claims in headers (envoy.md §3.6): keys as they came, numbers in the shortest of 15 or
 * 17 digits that reads back the same. `metadata`: Envoy's own, for `%DYNAMIC_METADATA%`: keys in the order of their bytes, numbers as
 * C++'s `to_chars` prints them.
 */
export type JsonStyle = 'claim' | 'metadata';

/** A JSON value without white space, some characters escaped that need not be, as Envoy puts it into headers. */
export function jsonText(value: MetadataValue, style: JsonStyle): string {
  if (typeof value === 'number') return style === 'claim' ? claimNumber(value) : metadataNumber(value);
  if (typeof value === 'string') return stringText(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map((entry) => jsonText(entry, style)).join(',')}]`;
  const keys = Object.keys(value);
  if (style === 'metadata') keys.sort((a, b) => (toByteString(a) < toByteString(b) ? -1 : 1));
  return `{${keys.map((key) => `${stringText(key)}:${jsonText(value[key] as MetadataValue, style)}`).join(',')}}`;
}

function stringText(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[<>\u007f-\u009f\u00ad\u2028\u2029\ufeff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
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
