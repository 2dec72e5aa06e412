import { type MatchedValue, toByteString } from '../match/index.ts';

/** What an expression comes to. `FAULT` is CEL's error: a missing key, a wrong type. A bigint is an int, a number a double. */
export type ExpressionValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint
  | Bytes
  | readonly ExpressionValue[]
  | ExpressionMap
  | AttributeMap
  | MessageValue
  | Timestamp
  | Duration
  | TypeName
  | typeof FAULT;

/** CEL's error, as a value. */
export const FAULT: unique symbol = Symbol('fault');

/** What an evaluation leaves beside its value. */
export interface Doubts {
  /** A fault came of something of which it is not sure that Envoy has a fault too. */
  hasDoubt: boolean;
}

/** A fault that may be none in Envoy. */
export function inDoubt(doubts: Doubts): typeof FAULT {
  doubts.hasDoubt = true;
  return FAULT;
}

/** CEL's `uint`. */
export class Uint {
  readonly value: bigint;

  constructor(value: bigint) {
    this.value = value;
  }
}

/** CEL's `bytes`, one character each. */
export class Bytes {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A moment; `ticks` are quarters of a nanosecond since 1970. */
export class Timestamp {
  readonly ticks: bigint;

  constructor(ticks: bigint) {
    this.ticks = ticks;
  }
}

/** CEL's `duration`, in quarters of a nanosecond. */
export class Duration {
  readonly ticks: bigint;

  constructor(ticks: bigint) {
    this.ticks = ticks;
  }
}

/** A type as a value: what `type(…)` comes to. */
export class TypeName {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** A protobuf message: its fields are no keys. */
export class MessageValue {
  readonly typeName: string;
  readonly #fields: Readonly<Record<string, ExpressionValue>>;
  readonly #unseen: ExpressionValue;

  /** @param unseen what belongs to it beside its fields, so far as it makes two of them differ */
  constructor(
    typeName: string,
    fields: Readonly<Record<string, ExpressionValue>>,
    unseen: ExpressionValue = null,
  ) {
    this.typeName = typeName;
    this.#fields = fields;
    this.#unseen = unseen;
  }

  /** A fault where the message has no such field. */
  field(name: string, _doubts: Doubts): ExpressionValue {
    return Object.hasOwn(this.#fields, name) ? (this.#fields[name] as ExpressionValue) : FAULT;
  }

  equals(other: MessageValue, doubts: Doubts): boolean | typeof FAULT {
    if (other instanceof OpaqueMessage) return other.equals(this, doubts);
    if (this.typeName !== other.typeName) return false;
    const names = Object.keys(this.#fields);
    const members = names.map((name) => equal(this.field(name, doubts), other.field(name, doubts), doubts));
    members.push(equal(this.#unseen, other.#unseen, doubts));
    return members.includes(false) ? false : members.includes(FAULT) ? FAULT : true;
  }
}

/** A message of which no more is known than its type. */
export class OpaqueMessage extends MessageValue {
  constructor(typeName: string) {
    super(typeName, {});
  }

  override field(_name: string, doubts: Doubts): ExpressionValue {
    return inDoubt(doubts);
  }

  override equals(other: MessageValue, doubts: Doubts): boolean | typeof FAULT {
    return this.typeName === other.typeName && inDoubt(doubts);
  }
}

/** Attributes under one name. Nobody can tell which there are, unless `entries` does: as a whole it is then as an empty map. */
export class AttributeMap {
  readonly #read: (key: string) => ExpressionValue | undefined;
  readonly #entries: (() => ExpressionMap) | undefined;

  constructor(read: (key: string) => ExpressionValue | undefined, entries?: () => ExpressionMap) {
    this.#read = read;
    this.#entries = entries;
  }

  get entries(): ExpressionMap {
    return this.listed ?? ExpressionMap.EMPTY;
  }

  /** null: nobody can tell. */
  get listed(): ExpressionMap | null {
    return this.#entries?.() ?? null;
  }

  /** As of a map. */
  get(key: ExpressionValue): ExpressionValue | undefined {
    if (typeof key === 'string') return this.#read(key);
    return namesOfKey(key) === null ? FAULT : undefined;
  }
}

/** A value with members: an object of JSON, or a map that an expression spells out. */
export class ExpressionMap {
  static readonly EMPTY = new ExpressionMap(new Map());
  readonly #entries: ReadonlyMap<string, readonly [key: ExpressionValue, value: ExpressionValue]>;
  /** Of a message: no other key is even looked for. */
  readonly #isOfTexts: boolean;

  private constructor(
    entries: ReadonlyMap<string, readonly [key: ExpressionValue, value: ExpressionValue]>,
    isOfTexts = false,
  ) {
    this.#entries = entries;
    this.#isOfTexts = isOfTexts;
  }

  /**
   * Of pairs; a fault where a key is there twice or is of a type that cannot be one.
   * @param onTwice called where it is the first that is wrong that a key is there twice
   */
  static of(
    pairs: Iterable<readonly [ExpressionValue, ExpressionValue]>,
    onTwice: () => void = () => {},
  ): ExpressionMap | typeof FAULT {
    const entries = new Map<string, readonly [ExpressionValue, ExpressionValue]>();
    for (const [key, value] of pairs) {
      const name = nameOfKey(key);
      if (name === null || value === FAULT) return FAULT;
      if (entries.has(name)) {
        onTwice();
        return FAULT;
      }
      entries.set(name, [key, value]);
    }
    return new ExpressionMap(entries);
  }

  static ofObject(object: { readonly [key: string]: MatchedValue }): ExpressionMap {
    return ExpressionMap.ofMessage(
      Object.entries(object).map(([key, value]) => [key, expressionValueOf(value)]),
    );
  }

  /** As a message holds them. */
  static ofMessage(pairs: Iterable<readonly [string, ExpressionValue]>): ExpressionMap {
    const entries = Array.from(pairs, ([key, value]) => [`text ${key}`, [key, value]] as const);
    return new ExpressionMap(new Map(entries), true);
  }

  get size(): number {
    return this.#entries.size;
  }

  pairs(): Iterable<readonly [key: ExpressionValue, value: ExpressionValue]> {
    return this.#entries.values();
  }

  /** undefined: there is none; a fault for what cannot be a key. */
  get(key: ExpressionValue): ExpressionValue | undefined {
    const names = namesOfKey(key);
    if (names === null) return FAULT;
    const name = names.find((one) => this.#entries.has(one));
    return name === undefined ? undefined : this.#entries.get(name)?.[1];
  }

  /**
   * A key that the other cannot be asked for is a fault (cel-cpp: cel_value_equal.cc). Envoy ends at the first entry that is not alike, in
   * the order of a hash: where some are unlike and some are faults nobody knows which.
   */
  equals(other: ExpressionMap, doubts: Doubts): boolean | typeof FAULT {
    if (this.size !== other.size) return false;
    const members = Array.from(this.#entries.values(), ([key, value]) => {
      if (other.#isOfTexts && typeof key !== 'string') return FAULT;
      const theirs = other.get(key);
      return theirs === undefined ? false : equal(value, theirs, doubts);
    });
    if (!members.includes(FAULT)) return !members.includes(false);
    return members.includes(false) ? inDoubt(doubts) : FAULT;
  }
}

/** The key's own name; one of another type is another key, though it is found by it where its own is not there. */
function nameOfKey(key: ExpressionValue): string | null {
  if (typeof key === 'string') return `text ${key}`;
  if (typeof key === 'boolean' || typeof key === 'bigint') return `${typeof key} ${key}`;
  return key instanceof Uint ? `uint ${key.value}` : null;
}

function namesOfKey(key: ExpressionValue): readonly string[] | null {
  const number = numberOf(key);
  if (number === null) {
    const name = nameOfKey(key);
    return name === null ? null : [name];
  }
  if (typeof number === 'number' && !Number.isInteger(number)) return [];
  const names = [`bigint ${BigInt(number)}`, `uint ${BigInt(number)}`];
  return key instanceof Uint ? names.reverse() : names;
}

/** A value as metadata and configurations hold it: its numbers are doubles, its objects maps. */
export function expressionValueOf(value: MatchedValue): ExpressionValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(expressionValueOf);
  return ExpressionMap.ofObject(value as { readonly [key: string]: MatchedValue });
}

/** Of any number, without its type. */
export function numberOf(value: ExpressionValue | undefined): number | bigint | null {
  if (value instanceof Uint) return value.value;
  return typeof value === 'number' || typeof value === 'bigint' ? value : null;
}

/** Numbers of different types are compared by their values, other values of different types are unequal. */
export function equal(
  a: ExpressionValue | undefined,
  b: ExpressionValue | undefined,
  doubts: Doubts,
): boolean | typeof FAULT {
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left !== null && right !== null) return orderOf(left, right) === 0;
  const [map, other] = [mapOf(a), mapOf(b)];
  if (map !== null && other !== null) return map.equals(other, doubts);
  if (a instanceof MessageValue && b instanceof MessageValue) return a.equals(b, doubts);
  if (a instanceof Timestamp && b instanceof Timestamp) return a.ticks === b.ticks;
  if (a instanceof Duration && b instanceof Duration) return a.ticks === b.ticks;
  if (a instanceof TypeName && b instanceof TypeName) return a.name === b.name;
  if (a instanceof Bytes && b instanceof Bytes) return a.text === b.text;
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length) return false;
    for (const [index, one] of a.entries()) {
      const isSame: boolean | typeof FAULT = equal(one, b[index], doubts);
      if (isSame !== true) return isSame;
    }
    return true;
  }
  return a === b;
}

/** Of whatever is a map. */
export function mapOf(value: ExpressionValue | undefined): ExpressionMap | null {
  if (value instanceof AttributeMap) return value.entries;
  return value instanceof ExpressionMap ? value : null;
}

/** Of a map whose entries can be told. */
export function listedMapOf(value: ExpressionValue): ExpressionMap | null {
  if (value instanceof AttributeMap) return value.listed;
  return value instanceof ExpressionMap ? value : null;
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
