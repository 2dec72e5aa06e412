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
  const cell: Cell = { kind: null };
  new ValueReader(bytes).readInto(cell);
  return plain(cell);
}

/** Reads one field's value, or says that it is none of its message's fields. */
type ReadField = (field: number, wire: WireType) => boolean;

class ValueReader {
  readonly #reader: BinaryReader;
  #depth = 0;

  constructor(bytes: Uint8Array) {
    this.#reader = new BinaryReader(bytes);
  }

  readInto(cell: Cell): void {
    this.#fields(this.#reader.len, (field, wire) => this.#kind(field, wire, cell));
  }

  #fields(end: number, read: ReadField): void {
    const reader = this.#reader;
    while (reader.pos < end) {
      const [field, wire] = reader.tag();
      if (!read(field, wire)) reader.skip(wire, field);
    }
    if (reader.pos !== end) throw new RangeError('a field ends beyond its message');
  }

  #message(read: ReadField): true {
    const length = this.#reader.uint32();
    if (this.#depth === DEPTH_MAX) throw new RangeError('messages too deep');
    if (length > this.#reader.len - this.#reader.pos) throw new RangeError('a message ends beyond the bytes');
    this.#depth++;
    this.#fields(this.#reader.pos + length, read);
    this.#depth--;
    return true;
  }

  #kind(field: number, wire: WireType, cell: Cell): boolean {
    if (wire === WireType.LengthDelimited) return this.#long(field, cell);
    if (field === 2 && wire === WireType.Bit64) cell.kind = this.#reader.double();
    else if (field === 1 && wire === WireType.Varint) {
      this.#reader.int32();
      cell.kind = null;
    } else if (field === 4 && wire === WireType.Varint) cell.kind = this.#reader.bool();
    else return false;
    return true;
  }

  #long(field: number, cell: Cell): boolean {
    if (field === 3) {
      cell.kind = this.#reader.string(true);
      return true;
    }
    if (field === 5) {
      const members = cell.kind instanceof Map ? cell.kind : new Map<string, Cell>();
      cell.kind = members;
      return this.#message((inner, wire) => this.#member(inner, wire, members));
    }
    if (field !== 6) return false;
    const elements = Array.isArray(cell.kind) ? cell.kind : [];
    cell.kind = elements;
    return this.#message((inner, wire) => {
      if (inner !== 1 || wire !== WireType.LengthDelimited) return false;
      const element: Cell = { kind: null };
      elements.push(element);
      return this.#message((of, type) => this.#kind(of, type, element));
    });
  }

  /** A name and its value, of which either may be left out. */
  #member(field: number, wire: WireType, members: Map<string, Cell>): boolean {
    if (field !== 1 || wire !== WireType.LengthDelimited) return false;
    let name = '';
    const member: Cell = { kind: null };
    this.#message((inner, type) => {
      if (type !== WireType.LengthDelimited || inner > 2) return false;
      if (inner === 2) return this.#message((of, kind) => this.#kind(of, kind, member));
      name = this.#reader.string(true);
      return true;
    });
    members.set(name, member);
    return true;
  }
}

function plain({ kind }: Cell): MetadataValue {
  if (Array.isArray(kind)) return kind.map(plain);
  if (!(kind instanceof Map)) return kind;
  return Object.fromEntries([...kind].map(([name, member]) => [name, plain(member)]));
}
