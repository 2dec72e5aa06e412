import { isJsonObject, type JsonObject, type JsonValue, memberOf } from '../../../core/jwt/index.ts';
import { toByteString } from '../../../core/match/index.ts';
import { jsonText } from '../../json-text.ts';

/** The claim at a path of keys, or undefined: a list has no keys, and neither has text (envoy.md §3.6). */
export function findClaim(payload: JsonObject, path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = payload;
  for (const key of path) {
    if (!isJsonObject(value)) return undefined;
    value = memberOf(value, key);
  }
  return value;
}

const UINT64_RANGE = 2 ** 64;

/**
 * A claim as a header value, or undefined where Envoy writes no header: null, missing, the empty text. Objects and lists are base64
 * of their JSON (envoy.md §3.6).
 */
export function claimText(value: JsonValue | undefined): string | undefined {
  switch (typeof value) {
    case 'string':
      return value === '' ? undefined : toByteString(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'number':
      return numberText(value);
    case 'object':
      return value === null ? undefined : Buffer.from(jsonText(value, 'claim')).toString('base64');
    default:
      return undefined;
  }
}

/** A whole number from 0 to below 2^64 in plain digits, any other with six decimals, as C's `%f` prints it. */
function numberText(value: number): string {
  if (Number.isInteger(value)) {
    if (value >= 0 && value < UINT64_RANGE) return BigInt(value).toString();
    return `${BigInt(value)}.000000`;
  }
  return fixedHalfEven(value);
}

/** `toFixed` rounds halves away from zero, C to the even neighbour. */
function fixedHalfEven(value: number): string {
  const exact = Math.abs(value).toFixed(60);
  const point = exact.indexOf('.');
  const kept = exact.slice(0, point + 7);
  const isHalf = /^50*$/.test(exact.slice(point + 7));
  const digits = isHalf && /[02468]$/.test(kept) ? kept : Math.abs(value).toFixed(6);
  return value < 0 ? `-${digits}` : digits;
}
