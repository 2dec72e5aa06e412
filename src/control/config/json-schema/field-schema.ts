import { type DescEnum, type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';

/** A JSON Schema (draft 2020-12), or a part of one. */
export type JsonSchema = { [keyword: string]: unknown };

/** How the schema of a message is referred to; told of every message that is met. */
export type Refer = (message: DescMessage) => JsonSchema;

/** What a field may hold in YAML, as Envoy reads it. */
export function fieldSchema(field: DescField, refer: Refer): JsonSchema {
  switch (field.fieldKind) {
    case 'scalar':
      return scalarSchema(field.scalar);
    case 'enum':
      return enumSchema(field.enum);
    case 'message':
      return messageSchema(field.message, refer);
    case 'list':
      return { type: 'array', items: elementSchema(field, refer) };
    case 'map':
      return { type: 'object', additionalProperties: elementSchema(field, refer) };
  }
}

function elementSchema(field: Extract<DescField, { fieldKind: 'list' | 'map' }>, refer: Refer): JsonSchema {
  const kind = field.fieldKind === 'list' ? field.listKind : field.mapKind;
  if (kind === 'enum') return enumSchema(field.enum as DescEnum);
  if (kind === 'message') return messageSchema(field.message as DescMessage, refer);
  return scalarSchema(field.scalar as ScalarType);
}

function scalarSchema(type: ScalarType): JsonSchema {
  switch (type) {
    case ScalarType.BOOL:
      return { type: 'boolean' };
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return { type: 'string' };
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return { type: ['number', 'string'] };
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return { type: ['integer', 'string'], minimum: 0 };
    default:
      return { type: ['integer', 'string'] };
  }
}

/** Names, which editors offer, or numbers. */
function enumSchema(type: DescEnum): JsonSchema {
  return { anyOf: [{ enum: type.values.map(({ name }) => name) }, { type: 'integer' }] };
}

/** Messages that JSON spells in a way of their own (ProtoJSON). */
const WELL_KNOWN: Readonly<Record<string, JsonSchema>> = {
  'google.protobuf.Duration': {
    anyOf: [
      { type: 'string', pattern: '^-?\\d+(\\.\\d{1,9})?s$' },
      {
        type: 'object',
        properties: { seconds: { type: ['integer', 'string'] }, nanos: { type: 'integer' } },
        additionalProperties: false,
      },
    ],
  },
  'google.protobuf.Timestamp': { type: 'string', format: 'date-time' },
  'google.protobuf.Struct': { type: 'object' },
  'google.protobuf.Value': {},
  'google.protobuf.ListValue': { type: 'array' },
  'google.protobuf.Empty': { type: 'object' },
  'google.protobuf.BoolValue': { type: 'boolean' },
  'google.protobuf.StringValue': { type: 'string' },
  'google.protobuf.BytesValue': { type: 'string' },
  'google.protobuf.UInt32Value': scalarSchema(ScalarType.UINT32),
  'google.protobuf.UInt64Value': scalarSchema(ScalarType.UINT64),
  'google.protobuf.Int32Value': scalarSchema(ScalarType.INT32),
  'google.protobuf.Int64Value': scalarSchema(ScalarType.INT64),
  'google.protobuf.DoubleValue': scalarSchema(ScalarType.DOUBLE),
  'google.protobuf.FloatValue': scalarSchema(ScalarType.FLOAT),
};

function messageSchema(message: DescMessage, refer: Refer): JsonSchema {
  return WELL_KNOWN[message.typeName] ?? refer(message);
}
