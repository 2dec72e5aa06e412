import { toByteString } from '../core/match/index.ts';
import type { MetadataValue } from './filters/filter.ts';

/**
 * A JSON value as protobuf's printer writes it: no white space, some characters escaped that need not be, numbers in the shortest of
 * 15 or 17 digits that reads back the same. Envoy puts such text into headers (envoy.md §3.6).
 * @param sortKeys objects' keys in the order of their bytes, else as they came
 */
export function jsonText(value: MetadataValue, sortKeys: boolean): string {
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'string') return stringText(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map((entry) => jsonText(entry, sortKeys)).join(',')}]`;
  const keys = Object.keys(value);
  if (sortKeys) keys.sort((a, b) => (toByteString(a) < toByteString(b) ? -1 : 1));
  return `{${keys.map((key) => `${stringText(key)}:${jsonText(value[key] as MetadataValue, sortKeys)}`).join(',')}}`;
}

function stringText(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[<>\u007f-\u009f\u00ad\u2028\u2029\ufeff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function numberText(value: number): string {
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
