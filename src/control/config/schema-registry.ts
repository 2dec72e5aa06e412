import { readFileSync } from 'node:fs';
import type { DescMessage } from '@bufbuild/protobuf';
import { createFileRegistry, type FileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

let registry: FileRegistry | undefined;

/**
 * Every message that jotgate knows, from the descriptor set that the set-up wrote. Messages made from it have the shape of the
 * generated ones; loading it takes a third of the time of the generated modules.
 */
export function schemaRegistry(): FileRegistry {
  registry ??= loadRegistry();
  return registry;
}

/** A message of the schema by its full name. */
export function schemaMessage(typeName: string): DescMessage {
  const message = schemaRegistry().getMessage(typeName);
  if (message === undefined) throw new Error(`the schema has no message \`${typeName}\``);
  return message;
}

function loadRegistry(): FileRegistry {
  const bytes = readFileSync(new URL('../../../schema/descriptors.binpb', import.meta.url));
  return createFileRegistry(fromBinary(FileDescriptorSetSchema, bytes));
}
