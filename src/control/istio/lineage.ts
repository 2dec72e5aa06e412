import type { Provenance } from '../../resources/index.ts';

/** A value that a policy's author wrote in a list, and where it stands. */
export interface Value {
  text: string;
  /** The message that has the list. */
  from: object;
  /** The element's place in it: `methods[0]`. */
  field: string;
}

/** @param field the list's proto name. */
export function valuesOf(from: object, field: string, texts: readonly string[]): Value[] {
  return texts.map((text, index) => ({ text, from, field: `${field}[${index}]` }));
}

/** Hands places on from an Istio object to what is generated from it, so that a verdict names the line its author wrote. */
export class Lineage {
  readonly #provenance: Provenance;

  constructor(provenance: Provenance) {
    this.#provenance = provenance;
  }

  /** @param field proto name of the field of `from` that alone made `made`. */
  inherit<T extends object>(made: T, from: object, field?: string): T {
    this.#provenance.inherit(made, from);
    if (field === undefined) return made;
    const at = this.#provenance.find(from, field);
    const path = this.#provenance.path(from);
    if (at !== undefined) this.#provenance.set(made, at, path === undefined ? field : `${path}.${field}`);
    return made;
  }

  inheritField(made: object, madeField: string, from: object, field?: string): void {
    const at = this.#provenance.find(from, field);
    if (at !== undefined) this.#provenance.setField(made, madeField, at);
  }

  ofValue<T extends object>(made: T, value: Value): T {
    return this.inherit(made, value.from, value.field);
  }
}
