import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
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
  return { typeName, content: CONTENTS.get(typeName)?.(any) ?? { case: undefined } };
}

type Content = PackedMessage['content'];

/** A row of the table below: what a message of the type holds, as core takes it. */
function row<Desc extends DescMessage>(
  schema: Desc,
  contentOf: (message: MessageShape<Desc>) => Content,
): [typeName: string, read: (any: Any) => Content] {
  return [schema.typeName, (any) => contentOf(unpackAny(schema, any))];
}

const jsonRow = (schema: DescMessage) =>
  row(schema, (message) => ({ case: 'json', value: toJson(schema, message) as MatchedValue }));

const CONTENTS: ReadonlyMap<string, (any: Any) => Content> = new Map([
  row(BoolValueSchema, ({ value }) => ({ case: 'boolValue', value })),
  row(Int32ValueSchema, ({ value }) => ({ case: 'int64Value', value: BigInt(value) })),
  row(Int64ValueSchema, ({ value }) => ({ case: 'int64Value', value })),
  row(UInt32ValueSchema, ({ value }) => ({ case: 'uint64Value', value: BigInt(value) })),
  row(UInt64ValueSchema, ({ value }) => ({ case: 'uint64Value', value })),
  row(FloatValueSchema, ({ value }) => ({ case: 'doubleValue', value: Math.fround(value) })),
  row(DoubleValueSchema, ({ value }) => ({ case: 'doubleValue', value })),
  row(StringValueSchema, ({ value }) => ({ case: 'stringValue', value })),
  row(BytesValueSchema, ({ value }) => ({ case: 'bytesValue', value })),
  row(DurationSchema, (value) => ({ case: 'durationValue', value })),
  row(TimestampSchema, (value) => ({ case: 'timestampValue', value })),
  jsonRow(StructSchema),
  jsonRow(ValueSchema),
  jsonRow(ListValueSchema),
]);
