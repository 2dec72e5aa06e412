import {
  AttributeMap,
  Bytes,
  Duration,
  ExpressionMap,
  type ExpressionValue,
  FAULT,
  MessageValue,
  Timestamp,
  TypeName,
  Uint,
} from './expression-value.ts';

/** The types that have a name in expressions: those of times have none. */
export const TYPE_NAMES: ReadonlySet<string> = new Set(
  'bool bytes double int list map null_type string type uint'.split(' '),
);

/** `type(…)`. */
export function typeOf(value: ExpressionValue | undefined): TypeName | typeof FAULT {
  const name = nameOf(value);
  return name === null ? FAULT : new TypeName(name);
}

function nameOf(value: ExpressionValue | undefined): string | null {
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return 'double';
    case 'string':
      return 'string';
  }
  if (value === null) return 'null_type';
  if (value instanceof Uint) return 'uint';
  if (value instanceof Bytes) return 'bytes';
  if (Array.isArray(value)) return 'list';
  if (value instanceof ExpressionMap || value instanceof AttributeMap) return 'map';
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp';
  if (value instanceof Duration) return 'google.protobuf.Duration';
  if (value instanceof MessageValue) return value.typeName;
  return value instanceof TypeName ? 'type' : null;
}
