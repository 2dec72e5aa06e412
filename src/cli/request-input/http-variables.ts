const DEFINITION = /^@([^\s=]+)\s*=\s*(.*)$/;
const USE = /\{\{\s*([^{}]*?)\s*\}\}/g;
/** Definitions that name one another go no deeper. */
const DEPTH_MAX = 16;
/** All that one file has filled in, in characters: definitions that use another several times multiply. */
const FILLED_MAX = 16 * 1024 * 1024;
/** A value that is empty is work, too. */
const USE_COST = 32;

export interface FillFaults {
  /** A name stands for nothing, and is left as it is. */
  onUnknown(name: string): void;
  onTooLong(): never;
}

/** The variables of an `.http` file: `@name = value` on any line of its own, `{{name}}` where it is used. */
export class HttpVariables {
  readonly #given: ReadonlyMap<string, string>;
  readonly #defined = new Map<string, string>();
  #left = FILLED_MAX;

  /** @param given win over those of the file */
  constructor(lines: readonly string[], given: ReadonlyMap<string, string>) {
    this.#given = given;
    // What is used before it is defined has its first value.
    for (const line of lines.toReversed()) this.take(line);
  }

  /** @returns whether the line is a definition, which holds from here on */
  take(line: string): boolean {
    const found = DEFINITION.exec(line);
    if (found !== null) this.#defined.set(found[1] as string, (found[2] as string).trim());
    return found !== null;
  }

  fillIn(text: string, faults: FillFaults, depth = 0): string {
    return text.replaceAll(USE, (whole, name: string) => {
      const given = this.#given.get(name);
      const defined = this.#defined.get(name);
      this.#left -= (given ?? defined ?? whole).length + USE_COST;
      if (this.#left < 0) faults.onTooLong();
      if (given !== undefined) return given;
      if (defined !== undefined && depth < DEPTH_MAX) return this.fillIn(defined, faults, depth + 1);
      faults.onUnknown(name);
      return whole;
    });
  }
}
