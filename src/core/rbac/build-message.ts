import { jsonOf, jsonOfList, jsonOfMap } from './expression-json.ts';
import {
  Bytes,
  Duration,
  ExpressionMap,
  type ExpressionValue,
  FAULT,
  listedMapOf,
  MessageValue,
  Timestamp,
  Uint,
} from './expression-value.ts';
import { MessageBuilder, Packed, type Part } from './message-builder.ts';
import { type Field, type FieldKind, MESSAGE_TYPES, type MessageFields } from './message-types.ts';

/** One field that an expression sets: its name, what it is, and what it is set to. */
export type FieldValue = readonly [name: string, field: Field, value: ExpressionValue];

/** The fields of a message that expressions can spell out; a name may begin with a point. */
export function fieldsOf(messageName: string): { typeName: string; fields: MessageFields } | null {
  const typeName = messageName.replace(/^\./, '');
  return Object.hasOwn(MESSAGE_TYPES, typeName)
    ? { typeName, fields: MESSAGE_TYPES[typeName] as MessageFields }
    : null;
}

/** A message of the fields that are set, one after the other; a fault where a value is not of its field's type. */
export function buildMessage(typeName: string, values: readonly FieldValue[]): ExpressionValue {
  const builder = new MessageBuilder(typeName);
  const areSet = values.every(([name, field, value]) => setField(builder, name, field, value));
  return areSet ? builder.build() : FAULT;
}

function setField(
  builder: MessageBuilder,
  name: string,
  { kind, form }: Field,
  value: ExpressionValue,
): boolean {
  if (form === 'list') return addMembers(builder, name, kind, value);
  if (form === 'map') return putEntries(builder, name, kind, value);
  // A message that is null is none.
  if (value === null && (kind === 'struct' || kind === 'list')) return true;
  const part = partOf(kind, value);
  if (part === FAULT) return false;
  builder.set(name, part);
  return true;
}

function addMembers(builder: MessageBuilder, name: string, kind: FieldKind, value: ExpressionValue): boolean {
  if (!Array.isArray(value)) return false;
  for (const member of value) {
    const part = partOf(kind, member);
    if (part === FAULT) return false;
    builder.add(name, part as ExpressionValue);
  }
  return true;
}

function putEntries(builder: MessageBuilder, name: string, kind: FieldKind, value: ExpressionValue): boolean {
  const map = listedMapOf(value);
  if (map === null) return false;
  for (const [key, member] of map.pairs()) {
    const part = kind === 'struct' && member === null ? ExpressionMap.EMPTY : partOf(kind, member);
    if (typeof key !== 'string' || part === FAULT) return false;
    builder.put(name, key, part);
  }
  return true;
}

const fits = (value: bigint, bits: number) => BigInt.asIntN(bits, value) === value;

/** The value as a field of that kind holds it. Numbers of other types are none. */
function partOf(kind: FieldKind, value: ExpressionValue): Part {
  switch (kind) {
    case 'bool':
      return typeof value === 'boolean' ? value : FAULT;
    case 'int32':
      return typeof value === 'bigint' && fits(value, 32) ? value : FAULT;
    case 'int64':
      return typeof value === 'bigint' ? value : FAULT;
    case 'uint32':
      return value instanceof Uint && value.value < 2n ** 32n ? value : FAULT;
    case 'uint64':
      return value instanceof Uint ? value : FAULT;
    case 'float':
      return typeof value === 'number' ? Math.fround(value) : FAULT;
    case 'double':
      return typeof value === 'number' ? value : FAULT;
    case 'string':
      return typeof value === 'string' ? value : FAULT;
    case 'bytes':
      return value instanceof Bytes ? value : FAULT;
    case 'value':
      return jsonOf(value);
    case 'struct':
      return jsonOfMap(value);
    case 'list':
      return jsonOfList(value);
    case 'any':
      return packedOf(value);
  }
}

/** As an `Any` holds the value: a list and a map become what JSON makes of them. */
function packedOf(value: ExpressionValue): Part {
  if (value instanceof MessageValue) return new Packed(value.typeName, value);
  const json = jsonOf(value);
  if (json === FAULT) return FAULT;
  if (Array.isArray(value)) return new Packed(LIST, json);
  const typeName = typeNameOf(value);
  return typeName === null ? new Packed(STRUCT, json) : new Packed(typeName, value);
}

const LIST = 'google.protobuf.ListValue';
const STRUCT = 'google.protobuf.Struct';

/** null: of a map. */
function typeNameOf(value: ExpressionValue): string | null {
  if (value === null) return 'google.protobuf.Value';
  if (value instanceof Uint) return 'google.protobuf.UInt64Value';
  if (value instanceof Bytes) return 'google.protobuf.BytesValue';
  if (value instanceof Duration) return 'google.protobuf.Duration';
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp';
  return PLAIN[typeof value] ?? null;
}

const PLAIN: Readonly<Record<string, string>> = {
  boolean: 'google.protobuf.BoolValue',
  bigint: 'google.protobuf.Int64Value',
  number: 'google.protobuf.DoubleValue',
  string: 'google.protobuf.StringValue',
};
