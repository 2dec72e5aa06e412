import type { MatchedValue } from '../match/index.ts';

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
  /** What belongs to it beside its fields, so far as it makes two of them differ. */
  readonly unseen: ExpressionValue;

  constructor(
    typeName: string,
    fields: Readonly<Record<string, ExpressionValue>>,
    unseen: ExpressionValue = null,
  ) {
    this.typeName = typeName;
    this.#fields = fields;
    this.unseen = unseen;
  }

  get fieldNames(): readonly string[] {
    return Object.keys(this.#fields);
  }

  /** A fault where the message has no such field. */
  field(name: string, _doubts: Doubts): ExpressionValue {
    return Object.hasOwn(this.#fields, name) ? (this.#fields[name] as ExpressionValue) : FAULT;
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
  readonly isOfTexts: boolean;

  protected constructor(
    entries: ReadonlyMap<string, readonly [key: ExpressionValue, value: ExpressionValue]>,
    isOfTexts = false,
  ) {
    this.#entries = entries;
    this.isOfTexts = isOfTexts;
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

  static ofObject(object: JsonObject): ExpressionMap {
    return new ObjectMap(object);
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
}

type JsonObject = { readonly [key: string]: MatchedValue };

/** An object of JSON. Its members are made values when they are asked for: a client's token may have any number of them. */
class ObjectMap extends ExpressionMap {
  readonly #object: JsonObject;

  constructor(object: JsonObject) {
    super(new Map(), true);
    this.#object = object;
  }

  override get size(): number {
    return Object.keys(this.#object).length;
  }

  override pairs(): Iterable<readonly [key: ExpressionValue, value: ExpressionValue]> {
    return Object.entries(this.#object).map(([key, value]) => [key, expressionValueOf(value)] as const);
  }

  override get(key: ExpressionValue): ExpressionValue | undefined {
    if (typeof key !== 'string') return super.get(key);
    return Object.hasOwn(this.#object, key)
      ? expressionValueOf(this.#object[key] as MatchedValue)
      : undefined;
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
  return ExpressionMap.ofObject(value as JsonObject);
}

/** Of any number, without its type. */
export function numberOf(value: ExpressionValue | undefined): number | bigint | null {
  if (value instanceof Uint) return value.value;
  return typeof value === 'number' || typeof value === 'bigint' ? value : null;
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
