import { durationOf, timestampOf } from './expression-time.ts';
import {
  Bytes,
  ExpressionMap,
  type ExpressionValue,
  FAULT,
  MessageValue,
  mapOf,
  Uint,
} from './expression-value.ts';
import { METADATA, VALUE } from './message-types.ts';

/** What an `Any` holds. */
export class Packed {
  readonly typeName: string;
  readonly value: ExpressionValue;

  constructor(typeName: string, value: ExpressionValue) {
    this.typeName = typeName;
    this.value = value;
  }
}

/** What a field can be set to, or a member of it. */
export type Part = ExpressionValue | Packed;

/** The fields of one message that were set so far. */
export class MessageBuilder {
  readonly #typeName: string;
  readonly #single = new Map<string, Part>();
  readonly #lists = new Map<string, ExpressionValue[]>();
  readonly #maps = new Map<string, Map<string, Part>>();

  constructor(typeName: string) {
    this.#typeName = typeName;
  }

  /** A message that is there already is merged with; of a `Value` only the last field stays. */
  set(name: string, part: Part): void {
    const before = this.#single.get(name);
    if (this.#typeName === VALUE) this.#single.clear();
    this.#single.set(name, merge(before, part));
  }

  add(name: string, value: ExpressionValue): void {
    const list = this.#lists.get(name) ?? [];
    this.#lists.set(name, list);
    list.push(value);
  }

  put(name: string, key: string, part: Part): void {
    const map = this.#maps.get(name) ?? new Map<string, Part>();
    this.#maps.set(name, map.set(key, part));
  }

  /** As CEL sees the message: the well-known ones as values of its own. */
  build(): ExpressionValue {
    const [field, value] = [...this.#single].at(-1) ?? [];
    switch (this.#typeName) {
      case 'google.protobuf.Duration':
        return durationOf(this.#numberOf('seconds'), this.#numberOf('nanos'));
      case 'google.protobuf.Timestamp':
        return timestampOf(this.#numberOf('seconds'), this.#numberOf('nanos'));
      case 'google.protobuf.Struct':
        return this.#mapOf('fields');
      case 'google.protobuf.ListValue':
        return this.#lists.get('values') ?? [];
      case VALUE:
        return field === undefined || field === 'null_value' ? null : (value as ExpressionValue);
      case METADATA:
        return metadataValue(this.#mapOf('filter_metadata'), this.#packedOf('typed_filter_metadata'));
      case 'google.protobuf.FieldMask':
        return new MessageValue(this.#typeName, { paths: this.#lists.get('paths') ?? [] });
      case 'google.protobuf.Empty':
        return new MessageValue(this.#typeName, {});
      default:
        return (value ?? DEFAULTS[this.#typeName] ?? FAULT) as ExpressionValue;
    }
  }

  #numberOf(name: string): bigint {
    return (this.#single.get(name) ?? 0n) as bigint;
  }

  #mapOf(name: string): ExpressionMap {
    return ExpressionMap.ofMessage((this.#maps.get(name) ?? new Map()) as Map<string, ExpressionValue>);
  }

  #packedOf(name: string): ReadonlyMap<string, Packed> {
    return (this.#maps.get(name) ?? new Map()) as ReadonlyMap<string, Packed>;
  }
}

const ZERO = new Uint(0n);
/** Of the wrappers. */
const DEFAULTS: Readonly<Record<string, ExpressionValue>> = {
  'google.protobuf.BoolValue': false,
  'google.protobuf.Int32Value': 0n,
  'google.protobuf.Int64Value': 0n,
  'google.protobuf.UInt32Value': ZERO,
  'google.protobuf.UInt64Value': ZERO,
  'google.protobuf.FloatValue': 0,
  'google.protobuf.DoubleValue': 0,
  'google.protobuf.StringValue': '',
  'google.protobuf.BytesValue': new Bytes(''),
};

function merge(before: Part | undefined, part: Part): Part {
  if (before instanceof Packed || part instanceof Packed) return part;
  if (Array.isArray(before) && Array.isArray(part)) return [...before, ...part];
  const [map, added] = [mapOf(before), mapOf(part)];
  if (map === null || added === null) return part;
  return ExpressionMap.ofMessage([...map.pairs(), ...added.pairs()] as [string, ExpressionValue][]);
}

/** An `envoy.config.core.v3.Metadata`. Two of them are alike only where the types in them are the same, too. */
export function metadataValue(plain: ExpressionMap, typed: ReadonlyMap<string, Packed>): MessageValue {
  const entries = [...typed];
  return new MessageValue(
    METADATA,
    {
      filter_metadata: plain,
      typed_filter_metadata: ExpressionMap.ofMessage(entries.map(([key, { value }]) => [key, value])),
    },
    ExpressionMap.ofMessage(entries.map(([key, { typeName }]) => [key, typeName])),
  );
}
