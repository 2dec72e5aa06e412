import type { DescMessage, FileRegistry } from '@bufbuild/protobuf';
import { registry } from '#schema/registry.js';

/** Every message that jotgate knows. The generated modules take their descriptors from the same registry. */
export function schemaRegistry(): FileRegistry {
  return registry;
}

/** A message of the schema by its full name. */
export function schemaMessage(typeName: string): DescMessage {
  const message = schemaRegistry().getMessage(typeName);
  if (message === undefined) throw new Error(`the schema has no message \`${typeName}\``);
  return message;
}
