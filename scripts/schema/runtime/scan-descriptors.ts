import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** Where a descriptor lies in the set, and the little that has to be known of it before anybody asks for the rest. */
export interface ScannedType {
  name: string;
  /** Offsets in the set, the second one exclusive. */
  at: number;
  end: number;
}

export interface ScannedMessage extends ScannedType {
  nested: ScannedMessage[];
  enums: ScannedType[];
  isMapEntry: boolean;
}

export interface ScannedFile extends ScannedType {
  package: string;
  dependencies: string[];
  messages: ScannedMessage[];
  enums: ScannedType[];
  extensions: ScannedType[];
  syntax: string;
}

type Read = (number: number, reader: BinaryReader) => boolean;

/**
 * The files of a serialised `google.protobuf.FileDescriptorSet`, of which `bytes` are all: fields, values and options are passed over. It is
 * done once, at set-up, and kept beside the set as JSON.
 */
export function scanDescriptorSet(bytes: Uint8Array): ScannedFile[] {
  const files: ScannedFile[] = [];
  eachField(
    Uint8Array.from(bytes),
    (number, reader) => number === 1 && files.push(scanFile(reader.bytes())) > 0,
  );
  return files;
}

/** Numbers of `FileDescriptorProto`. */
function scanFile(bytes: Uint8Array): ScannedFile {
  const file: ScannedFile = {
    name: '',
    package: '',
    dependencies: [],
    messages: [],
    enums: [],
    extensions: [],
    syntax: 'proto2',
    ...placeOf(bytes),
  };
  eachField(bytes, (number, reader) => {
    if (number === 1) file.name = reader.string();
    else if (number === 2) file.package = reader.string();
    else if (number === 3) file.dependencies.push(reader.string());
    else if (number === 4) file.messages.push(scanMessage(reader.bytes()));
    else if (number === 5) file.enums.push(scanNamed(reader.bytes()));
    else if (number === 7) file.extensions.push(scanNamed(reader.bytes()));
    else if (number === 12) file.syntax = reader.string();
    else return false;
    return true;
  });
  return file;
}

/** Numbers of `DescriptorProto`. */
function scanMessage(bytes: Uint8Array): ScannedMessage {
  const message: ScannedMessage = { name: '', nested: [], enums: [], isMapEntry: false, ...placeOf(bytes) };
  eachField(bytes, (number, reader) => {
    if (number === 1) message.name = reader.string();
    else if (number === 3) message.nested.push(scanMessage(reader.bytes()));
    else if (number === 4) message.enums.push(scanNamed(reader.bytes()));
    else if (number === 7) message.isMapEntry = scanMapEntry(reader.bytes());
    else if (number === 6) throw new Error(`extensions in message \`${message.name}\` are not expected`);
    else return false;
    return true;
  });
  return message;
}

/** In descriptors of enums and fields, too, the name is field 1; compilers write it first. */
function scanNamed(bytes: Uint8Array): ScannedType {
  const reader = new BinaryReader(bytes);
  if (reader.tag()[0] !== 1) throw new Error('a descriptor does not begin with its name');
  return { name: reader.string(), ...placeOf(bytes) };
}

/** The set begins where its buffer does. */
function placeOf({ byteOffset, length }: Uint8Array): { at: number; end: number } {
  return { at: byteOffset, end: byteOffset + length };
}

/** `MessageOptions.map_entry`. */
function scanMapEntry(bytes: Uint8Array): boolean {
  let isMapEntry = false;
  eachField(bytes, (number, reader) => {
    if (number !== 7) return false;
    isMapEntry = reader.bool();
    return true;
  });
  return isMapEntry;
}

/** Hands every field to `read`; one that it does not take is passed over. */
function eachField(bytes: Uint8Array, read: Read): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (read(number, reader)) continue;
    if (type !== WireType.LengthDelimited) reader.skip(type, number);
    else {
      const length = reader.uint32();
      reader.pos += length;
    }
  }
}
