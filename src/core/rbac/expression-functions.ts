import { toByteString } from '../match/index.ts';
import type { Evaluation, Operation } from './evaluation.ts';
import {
  convertToBool,
  convertToDouble,
  convertToInt,
  convertToString,
  convertToUint,
} from './expression-conversions.ts';
import { compare, equal } from './expression-equality.ts';
import { matchesPattern, REGEX_FUNCTIONS } from './expression-regex.ts';
import { STRING_FUNCTIONS } from './expression-strings.ts';
import { calculateTimes } from './expression-time.ts';
import { typeOf } from './expression-types.ts';
import {
  AttributeMap,
  Bytes,
  ExpressionMap,
  type ExpressionValue,
  FAULT,
  mapOf,
  numberOf,
  Uint,
} from './expression-value.ts';
import { joinTexts } from './join-texts.ts';
import { convertToDuration, convertToTimestamp } from './parse-time.ts';
import { isPartOf } from './text-search.ts';
import { TIME_FUNCTIONS } from './time-functions.ts';

/** `cel_config` (`envoy.config.core.v3.CelExpressionConfig`). */
export interface ExpressionOptions {
  enableStringConversion: boolean;
  enableStringConcat: boolean;
  enableStringFunctions: boolean;
}

/**
 * The operation of a name, a style and a number of operands. `not done`: Envoy has it; null: Envoy has it neither.
 * @param isMember written as `a.f(b)`
 */
export function operationOf(
  name: string,
  isMember: boolean,
  arity: number,
  options: ExpressionOptions | undefined,
): Operation | 'not done' | null {
  const key = `${name}/${arity}`;
  const both = EITHER[key];
  if (both !== undefined) return both;
  if (isMember) {
    const own = options?.enableStringFunctions === true ? STRING_FUNCTIONS[key] : undefined;
    if (own !== undefined) return own;
    const isUndone = name === 'format' && options?.enableStringFunctions === true;
    return TIME_FUNCTIONS[key] ?? (isUndone ? 'not done' : null);
  }
  if (key === '_+_/2' && options?.enableStringConcat === true) return addOrJoin;
  if (key === 'string/1' && options?.enableStringConversion === true)
    return ([value]) => convertToString(value);
  return FREE[key] ?? REGEX_FUNCTIONS[key] ?? null;
}

/** In both styles. */
const EITHER: Readonly<Record<string, Operation>> = {
  'startsWith/2': ([text, part]) => onTexts(text, part, (a, b) => a.startsWith(b)),
  'endsWith/2': ([text, part]) => onTexts(text, part, (a, b) => a.endsWith(b)),
  'contains/2': ([text, part]) => onTexts(text, part, (a, b) => isPartOf(b, a)),
  'size/1': ([value]) => sizeOf(value),
  '_[_]/2': ([value, index]) => memberAt(value, index),
  'matches/2': ([text, pattern], evaluation) => matchesPattern(text, pattern, evaluation),
};

const FREE: Readonly<Record<string, Operation>> = {
  '!_/1': ([value]) => (typeof value === 'boolean' ? !value : FAULT),
  '_==_/2': ([a, b], evaluation) => equal(a, b, evaluation),
  '_!=_/2': ([a, b], evaluation) => negate(equal(a, b, evaluation)),
  '_<_/2': ([a, b]) => order(a, b, (sign) => sign < 0),
  '_<=_/2': ([a, b]) => order(a, b, (sign) => sign <= 0),
  '_>_/2': ([a, b]) => order(a, b, (sign) => sign > 0),
  '_>=_/2': ([a, b]) => order(a, b, (sign) => sign >= 0),
  '@in/2': ([element, set], evaluation) => includes(element, set, evaluation),
  'in/2': ([element, set], evaluation) => includes(element, set, evaluation),
  '_in_/2': ([element, set], evaluation) => includes(element, set, evaluation),
  '_+_/2': ([a, b]) =>
    calculateTimes(a, b, true) ??
    calculate(
      a,
      b,
      (x, y) => x + y,
      (x, y) => x + y,
    ),
  '_-_/2': ([a, b]) =>
    calculateTimes(a, b, false) ??
    calculate(
      a,
      b,
      (x, y) => x - y,
      (x, y) => x - y,
    ),
  '_*_/2': ([a, b]) =>
    calculate(
      a,
      b,
      (x, y) => x * y,
      (x, y) => x * y,
    ),
  '_/_/2': ([a, b]) =>
    calculate(
      a,
      b,
      (x, y) => (y === 0n ? null : x / y),
      (x, y) => x / y,
    ),
  '_%_/2': ([a, b]) =>
    calculate(a, b, (x, y) => (y === 0n || (x === INT_MIN && y === -1n) ? null : x % y), null),
  '-_/1': ([value]) => {
    if (typeof value === 'number') return -value;
    return typeof value === 'bigint' ? inInt(-value) : FAULT;
  },
  'bool/1': ([value]) => convertToBool(value),
  'timestamp/1': ([value]) => convertToTimestamp(value),
  'duration/1': ([value]) => convertToDuration(value),
  'type/1': ([value]) => typeOf(value),
  'int/1': ([value]) => convertToInt(value),
  'uint/1': ([value]) => convertToUint(value),
  'double/1': ([value]) => convertToDouble(value),
  'dyn/1': ([value]) => value as ExpressionValue,
  'bytes/1': ([value]) => {
    if (typeof value === 'string') return new Bytes(toByteString(value));
    return value instanceof Bytes ? value : FAULT;
  },
};

const negate = (value: boolean | typeof FAULT) => (value === FAULT ? FAULT : !value);

function order(
  a: ExpressionValue | undefined,
  b: ExpressionValue | undefined,
  test: (sign: number) => boolean,
): boolean | typeof FAULT {
  const sign = compare(a, b);
  if (sign !== null) return test(sign);
  // Not a number is neither below nor above any.
  return numberOf(a) !== null && numberOf(b) !== null ? false : FAULT;
}

function includes(
  element: ExpressionValue | undefined,
  set: ExpressionValue | undefined,
  evaluation: Evaluation,
): boolean | typeof FAULT {
  if (set instanceof ExpressionMap || set instanceof AttributeMap) {
    const member = set.get(element as ExpressionValue);
    return member === FAULT ? FAULT : member !== undefined;
  }
  if (!Array.isArray(set)) return FAULT;
  const isThere = set.some((one: ExpressionValue) => equal(element, one, evaluation) === true);
  return !isThere && evaluation.hasDoubt ? FAULT : isThere;
}

function memberAt(value: ExpressionValue | undefined, index: ExpressionValue | undefined): ExpressionValue {
  if (value instanceof ExpressionMap || value instanceof AttributeMap) {
    const member = value.get(index as ExpressionValue);
    return member === undefined ? FAULT : member;
  }
  const place = numberOf(index);
  if (!Array.isArray(value) || place === null) return FAULT;
  const member: ExpressionValue | undefined = value[Number(place)];
  return member === undefined ? FAULT : member;
}

function sizeOf(value: ExpressionValue | undefined): ExpressionValue {
  if (typeof value === 'string') return BigInt([...value].length);
  if (value instanceof Bytes) return BigInt(value.text.length);
  const map = mapOf(value);
  if (map !== null) return BigInt(map.size);
  return Array.isArray(value) ? BigInt(value.length) : FAULT;
}

function onTexts(
  text: ExpressionValue | undefined,
  part: ExpressionValue | undefined,
  test: (text: string, part: string) => boolean,
): boolean | typeof FAULT {
  if (typeof text !== 'string' || typeof part !== 'string') return FAULT;
  return test(toByteString(text), toByteString(part));
}

const INT_MAX = 2n ** 63n - 1n;
const INT_MIN = -INT_MAX - 1n;
const UINT_MAX = 2n ** 64n - 1n;
const inInt = (value: bigint) => (value > INT_MAX || value < INT_MIN ? FAULT : value);

/** Only of two numbers of one type. A whole number that does not fit its type is a fault. */
function calculate(
  a: ExpressionValue | undefined,
  b: ExpressionValue | undefined,
  whole: (a: bigint, b: bigint) => bigint | null,
  real: ((a: number, b: number) => number) | null,
): ExpressionValue {
  if (typeof a === 'number' && typeof b === 'number') return real === null ? FAULT : real(a, b);
  if (typeof a === 'bigint' && typeof b === 'bigint') {
    const result = whole(a, b);
    return result === null ? FAULT : inInt(result);
  }
  if (!(a instanceof Uint) || !(b instanceof Uint)) return FAULT;
  const result = whole(a.value, b.value);
  return result === null || result < 0n || result > UINT_MAX ? FAULT : new Uint(result);
}

const addOrJoin: Operation = (values, evaluation) => {
  const [a, b] = values;
  if (typeof a === 'string' && typeof b === 'string') return joinTexts([a, b], '', evaluation);
  if (a instanceof Bytes && b instanceof Bytes) {
    const joined = joinTexts([a.text, b.text], '', evaluation);
    return typeof joined === 'string' ? new Bytes(joined) : joined;
  }
  return (FREE['_+_/2'] as Operation)(values, evaluation);
};
