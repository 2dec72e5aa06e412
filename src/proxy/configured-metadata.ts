import type { DescMessage } from '@bufbuild/protobuf';
import { toJson } from '@bufbuild/protobuf';
import {
  type Any,
  AnySchema,
  BoolValueSchema,
  BytesValueSchema,
  DoubleValueSchema,
  DurationSchema,
  FloatValueSchema,
  Int32ValueSchema,
  Int64ValueSchema,
  ListValueSchema,
  StringValueSchema,
  StructSchema,
  TimestampSchema,
  UInt32ValueSchema,
  UInt64ValueSchema,
  ValueSchema,
} from '@bufbuild/protobuf/wkt';
import type { Metadata } from '#schema/envoy/config/core/v3/base_pb.js';
import type { MatchedValue, MetadataSource, PackedMessage } from '../core/match/index.ts';
import { typeNameOf, unpackAny } from '../resources/index.ts';

type Namespaces = ReadonlyMap<string, ReadonlyMap<string, MatchedValue>>;

class ConfiguredMetadata implements MetadataSource {
  readonly typed: ReadonlyMap<string, PackedMessage>;
  readonly #namespaces: Namespaces;

  constructor(namespaces: Namespaces, typed: ReadonlyMap<string, PackedMessage>) {
    this.#namespaces = namespaces;
    this.typed = typed;
  }

  get(namespace: string): ReadonlyMap<string, MatchedValue> | undefined {
    return this.#namespaces.get(namespace);
  }

  keys(): Iterable<string> {
    return this.#namespaces.keys();
  }
}

/** What the configuration says of a route, a cluster, a listener, for those who match by it. */
export function configuredMetadata(metadata: Metadata | undefined): MetadataSource | null {
  if (metadata === undefined) return null;
  const namespaces = Object.entries(metadata.filterMetadata).map(
    ([name, struct]) =>
      [name, new Map(Object.entries(struct as { readonly [key: string]: MatchedValue }))] as const,
  );
  const typed = Object.entries(metadata.typedFilterMetadata).map(
    ([name, any]) => [name, packedMessage(any)] as const,
  );
  return new ConfiguredMetadata(new Map(namespaces), new Map(typed));
}

/** An `Any`, looked into where its type is a well-known one. One in another counts as what is in there. */
export function packedMessage(any: Any): PackedMessage {
  const typeName = typeNameOf(any);
  if (typeName === AnySchema.typeName) return packedMessage(unpackAny(AnySchema, any));
  return { typeName, content: CONTENTS[typeName]?.(any) ?? { case: undefined } };
}

type Content = PackedMessage['content'];

const asJson = (schema: DescMessage) => (any: Any) => ({
  case: 'json' as const,
  value: toJson(schema, unpackAny(schema, any)) as MatchedValue,
});

const CONTENTS: Readonly<Record<string, (any: Any) => Content>> = {
  [BoolValueSchema.typeName]: (any) => ({ case: 'boolValue', value: unpackAny(BoolValueSchema, any).value }),
  [Int32ValueSchema.typeName]: (any) => ({
    case: 'int64Value',
    value: BigInt(unpackAny(Int32ValueSchema, any).value),
  }),
  [Int64ValueSchema.typeName]: (any) => ({
    case: 'int64Value',
    value: unpackAny(Int64ValueSchema, any).value,
  }),
  [UInt32ValueSchema.typeName]: (any) => ({
    case: 'uint64Value',
    value: BigInt(unpackAny(UInt32ValueSchema, any).value),
  }),
  [UInt64ValueSchema.typeName]: (any) => ({
    case: 'uint64Value',
    value: unpackAny(UInt64ValueSchema, any).value,
  }),
  [FloatValueSchema.typeName]: (any) => ({
    case: 'doubleValue',
    value: Math.fround(unpackAny(FloatValueSchema, any).value),
  }),
  [DoubleValueSchema.typeName]: (any) => ({
    case: 'doubleValue',
    value: unpackAny(DoubleValueSchema, any).value,
  }),
  [StringValueSchema.typeName]: (any) => ({
    case: 'stringValue',
    value: unpackAny(StringValueSchema, any).value,
  }),
  [BytesValueSchema.typeName]: (any) => ({
    case: 'bytesValue',
    value: unpackAny(BytesValueSchema, any).value,
  }),
  [DurationSchema.typeName]: (any) => ({ case: 'durationValue', value: unpackAny(DurationSchema, any) }),
  [TimestampSchema.typeName]: (any) => ({ case: 'timestampValue', value: unpackAny(TimestampSchema, any) }),
  [StructSchema.typeName]: asJson(StructSchema),
  [ValueSchema.typeName]: asJson(ValueSchema),
  [ListValueSchema.typeName]: asJson(ListValueSchema),
};
