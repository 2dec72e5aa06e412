import {
  createFileRegistry,
  type DescEnum,
  type DescExtension,
  type DescField,
  type DescFile,
  type DescMessage,
  type DescOneof,
  type FileRegistry,
  fromBinary,
  getOption,
  hasOption,
  type JsonObject,
  toJson,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type {
  DescribedEnum,
  DescribedField,
  DescribedFile,
  DescribedIndex,
  DescribedMessage,
} from './runtime/described-types.ts';

/**
 * The types of a serialised `google.protobuf.FileDescriptorSet` as the library resolves them, each as a line of JSON, and what lies where.
 * Throws where a type has what the lines have no word for: services, extensions in messages, defaults that are no JSON.
 */
export function describeTypes(set: Uint8Array): { text: string; index: DescribedIndex } {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, set));
  const lines = new Lines();
  const index: DescribedIndex = { files: {}, messages: {}, enums: {} };
  for (const file of registry.files) index.files[pathOf(file)] = lines.add(describeFile(file));
  for (const type of registry) {
    if (type.kind === 'message') index.messages[type.typeName] = lines.add(describeMessage(type, registry));
    else if (type.kind === 'enum') index.enums[type.typeName] = lines.add(describeEnum(type));
    else if (type.kind === 'service') throw new Error(`service \`${type.typeName}\` is not expected`);
  }
  return { text: lines.text, index };
}

class Lines {
  text = '';
  #bytes = 0;

  add(value: object): [at: number, length: number] {
    const line = JSON.stringify(value);
    const place: [number, number] = [this.#bytes, Buffer.byteLength(line)];
    this.text += `${line}\n`;
    this.#bytes += place[1] + 1;
    return place;
  }
}

const pathOf = (file: DescFile) => file.proto.name;
const names = (types: readonly { typeName: string }[]) => types.map(({ typeName }) => typeName);

function describeFile(file: DescFile): DescribedFile {
  const { edition, deprecated } = file;
  const dependencies = file.dependencies.map(pathOf);
  return { edition, dependencies, messages: names(file.messages), enums: names(file.enums), deprecated };
}

function describeMessage(message: DescMessage, registry: FileRegistry): DescribedMessage {
  if (message.nestedExtensions.length > 0) throw new Error(`extensions in \`${message.typeName}\``);
  const rules = extension(registry, 'validate.rules');
  const required = extension(registry, 'validate.required');
  return {
    ...placeOf(message),
    messages: names(message.nestedMessages),
    enums: names(message.nestedEnums),
    oneofs: message.oneofs.map((oneof) => ({
      name: oneof.name,
      localName: oneof.localName,
      required: optionOf(oneof, required) === true,
    })),
    fields: message.fields.map((field) => describeField(field, rules)),
  };
}

function placeOf({ file, parent, deprecated }: DescMessage | DescEnum) {
  return { file: pathOf(file), ...(parent && { parent: parent.typeName }), deprecated };
}

/** Its functions are left out of the line, as is what is undefined. */
function describeField(field: DescField, rules: DescExtension): DescribedField {
  const { kind, proto, parent, ...own } = field;
  const option = optionOf(field, rules) as Parameters<typeof toJson>[1] | undefined;
  return {
    ...withoutFalse(own),
    ...refersTo(field),
    default: defaultOf(field),
    rules: option && rules.message && (toJson(rules.message, option) as JsonObject),
  };
}

const withoutFalse = <T extends object>(flags: T): T =>
  Object.fromEntries(Object.entries(flags).filter(([, flag]) => flag !== false)) as T;

function refersTo({ message, enum: enumeration, oneof, parent }: DescField) {
  return {
    message: message?.typeName,
    enum: enumeration?.typeName,
    oneof: oneof && parent.oneofs.indexOf(oneof),
  };
}

function defaultOf(field: DescField): number | boolean | undefined {
  const value = 'getDefaultValue' in field ? field.getDefaultValue?.() : undefined;
  if (value === undefined || typeof value === 'boolean' || Number.isFinite(value)) return value as number;
  throw new Error(`the default of ${field} is not expected`);
}

function describeEnum(type: DescEnum): DescribedEnum {
  const { open, sharedPrefix } = type;
  const values = type.values.map(({ name, number, localName, jsonName, deprecated }) => ({
    name,
    number,
    localName,
    jsonName,
    deprecated,
  }));
  return { ...placeOf(type), open, ...(sharedPrefix !== undefined && { sharedPrefix }), values };
}

function extension(registry: FileRegistry, name: string): DescExtension {
  const found = registry.getExtension(name);
  if (found === undefined) throw new Error(`the schema has no extension \`${name}\``);
  return found;
}

const optionOf = (desc: DescField | DescOneof, option: DescExtension) =>
  hasOption(desc, option) ? getOption(desc, option) : undefined;
