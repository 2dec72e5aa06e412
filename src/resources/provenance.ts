/** A place in a file that a person wrote. Line and column count from 1; the column counts UTF-16 units. */
export interface Position {
  file: string;
  line: number;
  column: number;
  /** Length of the text that the position marks, on that line. */
  length: number;
}

interface Entry {
  at: Position;
  /** Path from the file's root, for people: `static_resources.listeners[0].name`. */
  path: string;
  fields: Map<string, Position> | undefined;
}

/**
 * Where each decoded message, and each field of it, came from. A side table: messages stay plain protobuf. A message that was
 * made out of another (a translated policy, a merged default) is given the other's origin with `inherit`.
 */
export class Provenance {
  readonly #entries = new WeakMap<object, Entry>();
  #beside: Provenance | undefined;

  /** Has what is not known here looked up in another table, instead of the one before. */
  standBeside(other: Provenance | undefined): void {
    this.#beside = other === this ? undefined : other;
  }

  set(message: object, at: Position, path: string): void {
    this.#entries.set(message, { at, path, fields: undefined });
  }

  /** @param field the field's proto name; elements of lists and maps as `name[0]`, `name[key]`. */
  setField(message: object, field: string, at: Position): void {
    const entry = this.#entries.get(message);
    if (entry === undefined) return;
    entry.fields ??= new Map();
    entry.fields.set(field, at);
  }

  inherit(message: object, from: object): void {
    const entry = this.#entries.get(from);
    if (entry !== undefined) this.#entries.set(message, entry);
  }

  /** The field's own place if it is known, else the message's. */
  find(message: object, field?: string): Position | undefined {
    const entry = this.#entries.get(message);
    if (entry === undefined) return this.#beside?.find(message, field);
    return (field !== undefined ? entry.fields?.get(field) : undefined) ?? entry.at;
  }

  path(message: object): string | undefined {
    return this.#entries.get(message)?.path ?? this.#beside?.path(message);
  }
}
