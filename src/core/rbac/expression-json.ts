import {
  Bytes,
  Duration,
  ExpressionMap,
  type ExpressionValue,
  FAULT,
  listedMapOf,
  Timestamp,
  Uint,
} from './expression-value.ts';
import { textOfDuration, textOfTimestamp } from './render-time.ts';

/** What a `google.protobuf.Value` that is made of the value holds; a fault where JSON has no word for it. */
export function jsonOf(value: ExpressionValue): ExpressionValue {
  if (typeof value === 'bigint') return jsonOfWhole(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint) return jsonOfWhole(value.value);
  if (value instanceof Bytes) return Buffer.from(value.text, 'latin1').toString('base64');
  if (value instanceof Duration) return textOfDuration(value);
  if (value instanceof Timestamp) return textOfTimestamp(value);
  return Array.isArray(value) ? jsonOfList(value) : jsonOfMap(value);
}

const EXACT_MAX = BigInt(Number.MAX_SAFE_INTEGER);

const jsonOfWhole = (value: bigint) =>
  value > EXACT_MAX || value < -EXACT_MAX ? String(value) : Number(value);

/** What a `google.protobuf.ListValue` that is made of a list holds; a fault for what is no list or has a member that JSON has no word for. */
export function jsonOfList(value: ExpressionValue): readonly ExpressionValue[] | typeof FAULT {
  if (!Array.isArray(value)) return FAULT;
  const members: ExpressionValue[] = value.map(jsonOf);
  return members.includes(FAULT) ? FAULT : members;
}

/** What a `google.protobuf.Struct` that is made of a map holds; a fault for what is none, and for keys that are no texts. */
export function jsonOfMap(value: ExpressionValue): ExpressionMap | typeof FAULT {
  const map = listedMapOf(value);
  if (map === null) return FAULT;
  const entries: [string, ExpressionValue][] = [];
  for (const [key, member] of map.pairs()) {
    const json = jsonOf(member);
    if (typeof key !== 'string' || json === FAULT) return FAULT;
    entries.push([key, json]);
  }
  return ExpressionMap.ofMessage(entries);
}
