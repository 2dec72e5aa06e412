import { toByteString } from '../match/index.ts';
import {
  Bytes,
  type Doubts,
  Duration,
  type ExpressionMap,
  type ExpressionValue,
  FAULT,
  inDoubt,
  MessageValue,
  mapOf,
  numberOf,
  OpaqueMessage,
  Timestamp,
  TypeName,
} from './expression-value.ts';

/** Numbers of different types are compared by their values, other values of different types are unequal. */
export function equal(
  a: ExpressionValue | undefined,
  b: ExpressionValue | undefined,
  doubts: Doubts,
): boolean | typeof FAULT {
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left !== null && right !== null) return orderOf(left, right) === 0;
  const [map, other] = [mapOf(a), mapOf(b)];
  if (map !== null && other !== null) return equalMaps(map, other, doubts);
  if (a instanceof MessageValue && b instanceof MessageValue) return equalMessages(a, b, doubts);
  if (a instanceof Timestamp && b instanceof Timestamp) return a.ticks === b.ticks;
  if (a instanceof Duration && b instanceof Duration) return a.ticks === b.ticks;
  if (a instanceof TypeName && b instanceof TypeName) return a.name === b.name;
  if (a instanceof Bytes && b instanceof Bytes) return a.text === b.text;
  return Array.isArray(a) && Array.isArray(b) ? equalLists(a, b, doubts) : a === b;
}

/** The first member that is not alike settles it. */
function equalLists(
  a: readonly ExpressionValue[],
  b: readonly ExpressionValue[],
  doubts: Doubts,
): boolean | typeof FAULT {
  if (a.length !== b.length) return false;
  for (const [index, one] of a.entries()) {
    const isSame = equal(one, b[index], doubts);
    if (isSame !== true) return isSame;
  }
  return true;
}

/**
 * A key that the other cannot be asked for is a fault (cel-cpp: cel_value_equal.cc). Envoy ends at the first entry that is not alike, in
 * the order of a hash: where some are unlike and some are faults nobody knows which.
 */
function equalMaps(a: ExpressionMap, b: ExpressionMap, doubts: Doubts): boolean | typeof FAULT {
  if (a.size !== b.size) return false;
  const members = Array.from(a.pairs(), ([key, value]) => {
    if (b.isOfTexts && typeof key !== 'string') return FAULT;
    const theirs = b.get(key);
    return theirs === undefined ? false : equal(value, theirs, doubts);
  });
  if (!members.includes(FAULT)) return !members.includes(false);
  return members.includes(false) ? inDoubt(doubts) : FAULT;
}

function equalMessages(a: MessageValue, b: MessageValue, doubts: Doubts): boolean | typeof FAULT {
  if (a.typeName !== b.typeName) return false;
  if (a instanceof OpaqueMessage || b instanceof OpaqueMessage) return inDoubt(doubts);
  const members = a.fieldNames.map((name) => equal(a.field(name, doubts), b.field(name, doubts), doubts));
  members.push(equal(a.unseen, b.unseen, doubts));
  return members.includes(false) ? false : members.includes(FAULT) ? FAULT : true;
}

/** A whole number that meets a double becomes one, and loses what a double cannot hold. null: not a number is among them. */
function orderOf(left: number | bigint, right: number | bigint): number | null {
  const [a, b] = typeof left === typeof right ? [left, right] : [Number(left), Number(right)];
  return a < b ? -1 : a > b ? 1 : a === b ? 0 : null;
}

const orderOfBytes = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Less than zero, zero or more, as `a` is below, at or above `b`; null where they have no order. */
export function compare(a: ExpressionValue | undefined, b: ExpressionValue | undefined): number | null {
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left !== null && right !== null) return orderOf(left, right);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (typeof a === 'string' && typeof b === 'string') return orderOfBytes(toByteString(a), toByteString(b));
  if (a instanceof Bytes && b instanceof Bytes) return orderOfBytes(a.text, b.text);
  const isTimed =
    (a instanceof Timestamp && b instanceof Timestamp) || (a instanceof Duration && b instanceof Duration);
  return isTimed ? orderOf(a.ticks, b.ticks) : null;
}
