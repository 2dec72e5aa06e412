import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import type { MetadataValue } from '../filter.ts';

/** What a message has said so far; a kind said again is added to, as messages are merged. No kind is null. */
interface Cell {
  kind: null | boolean | number | string | Cell[] | Map<string, Cell>;
}

/** Messages within messages (protobuf: io::CodedInputStream's recursion limit). */
const DEPTH_MAX = 100;

/**
 * Reads a serialised `google.protobuf.Value`. A field of another wire type than its own is one that nobody knows, and passed over;
 * fields that are left out have their defaults (the encoding of Protocol Buffers, "Unknown Fields").
 * @throws what is no message
 */
export function decodeValue(bytes: Uint8Array): MetadataValue {
  const reader = new BinaryReader(bytes);
  const cell: Cell = { kind: null };
  readFields(reader, bytes.length, (field, wire) => readKind(reader, field, wire, cell, DEPTH_MAX));
  return plain(cell);
}

/** @param read reads a field's value, or says that it is none of its fields */
function readFields(
  reader: BinaryReader,
  end: number,
  read: (field: number, wire: WireType) => boolean,
): void {
  while (reader.pos < end) {
    const [field, wire] = reader.tag();
    if (!read(field, wire)) reader.skip(wire, field);
  }
  if (reader.pos !== end) throw new RangeError('a field ends beyond its message');
}

function readMessage(
  reader: BinaryReader,
  depth: number,
  read: (field: number, wire: WireType) => boolean,
): true {
  const length = reader.uint32();
  if (depth < 0) throw new RangeError('messages too deep');
  if (length > reader.len - reader.pos) throw new RangeError('a message ends beyond the bytes');
  readFields(reader, reader.pos + length, read);
  return true;
}

function readKind(reader: BinaryReader, field: number, wire: WireType, cell: Cell, depth: number): boolean {
  if (wire === WireType.LengthDelimited) return readLong(reader, field, cell, depth);
  if (field === 2 && wire === WireType.Bit64) cell.kind = reader.double();
  else if (field === 1 && wire === WireType.Varint) {
    reader.int32();
    cell.kind = null;
  } else if (field === 4 && wire === WireType.Varint) cell.kind = reader.bool();
  else return false;
  return true;
}

function readLong(reader: BinaryReader, field: number, cell: Cell, depth: number): boolean {
  if (field === 3) {
    cell.kind = reader.string(true);
    return true;
  }
  if (field === 5) {
    const members = cell.kind instanceof Map ? cell.kind : new Map<string, Cell>();
    cell.kind = members;
    return readMessage(reader, depth - 1, (inner, wire) => readMember(reader, inner, wire, members, depth));
  }
  if (field !== 6) return false;
  const elements = Array.isArray(cell.kind) ? cell.kind : [];
  cell.kind = elements;
  return readMessage(reader, depth - 1, (inner, wire) => {
    if (inner !== 1 || wire !== WireType.LengthDelimited) return false;
    const element: Cell = { kind: null };
    elements.push(element);
    return readMessage(reader, depth - 2, (of, type) => readKind(reader, of, type, element, depth - 2));
  });
}

/** A name and its value, of which either may be left out. */
function readMember(
  reader: BinaryReader,
  field: number,
  wire: WireType,
  members: Map<string, Cell>,
  depth: number,
): boolean {
  if (field !== 1 || wire !== WireType.LengthDelimited) return false;
  let name = '';
  const member: Cell = { kind: null };
  readMessage(reader, depth - 2, (inner, type) => {
    if (type !== WireType.LengthDelimited || inner > 2) return false;
    if (inner === 2)
      return readMessage(reader, depth - 3, (of, kind) => readKind(reader, of, kind, member, depth - 3));
    name = reader.string(true);
    return true;
  });
  members.set(name, member);
  return true;
}

function plain({ kind }: Cell): MetadataValue {
  if (Array.isArray(kind)) return kind.map(plain);
  if (!(kind instanceof Map)) return kind;
  return Object.fromEntries([...kind].map(([name, member]) => [name, plain(member)]));
}
