import type { DescField, DescMessage, Message } from '@bufbuild/protobuf';

/** A message as reflection sees it: local field names to values. */
export type LooseMessage = Message & Record<string, unknown>;

interface OneofValue {
  case: string | undefined;
  value?: unknown;
}

/** Sets a field, whether it is a member of a oneof or not. */
export function setField(message: LooseMessage, field: DescField, value: unknown): void {
  if (field.oneof === undefined) message[field.localName] = value;
  else message[field.oneof.localName] = { case: field.localName, value };
}

/** The value of a field; undefined for a member of a oneof that is not chosen. */
export function getField(message: LooseMessage, field: DescField): unknown {
  if (field.oneof === undefined) return message[field.localName];
  const chosen = message[field.oneof.localName] as OneofValue | undefined;
  return chosen?.case === field.localName ? chosen.value : undefined;
}

/** The chosen member of the field's oneof, by local name. */
export function chosenMember(message: LooseMessage, field: DescField): string | undefined {
  if (field.oneof === undefined) return undefined;
  return (message[field.oneof.localName] as OneofValue | undefined)?.case;
}

const WRAPPERS = new Set(
  ['Bool', 'Int32', 'Int64', 'UInt32', 'UInt64', 'Float', 'Double', 'String', 'Bytes'].map(
    (kind) => `google.protobuf.${kind}Value`,
  ),
);

export function isWrapper(desc: DescMessage): boolean {
  return WRAPPERS.has(desc.typeName);
}

/** The last part of a type's full name, as findings call it. */
export function shortName(desc: { typeName: string }): string {
  return desc.typeName.slice(desc.typeName.lastIndexOf('.') + 1);
}
