const DEFINITION = /^@([^\s=]+)\s*=\s*(.*)$/;
const USE = /\{\{\s*([^{}]*?)\s*\}\}/g;
/** Definitions that name one another go no deeper. */
const DEPTH_MAX = 16;

/** The variables of an `.http` file: `@name = value` on any line of its own, `{{name}}` where it is used. */
export class HttpVariables {
  readonly #given: ReadonlyMap<string, string>;
  readonly #defined = new Map<string, string>();

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

  /** @param onUnknown is told of each name that stands for nothing, which is left as it is */
  fillIn(text: string, onUnknown: (name: string) => void, depth = 0): string {
    return text.replaceAll(USE, (whole, name: string) => {
      const given = this.#given.get(name);
      const defined = this.#defined.get(name);
      if (given !== undefined) return given;
      if (defined !== undefined && depth < DEPTH_MAX) return this.fillIn(defined, onUnknown, depth + 1);
      onUnknown(name);
      return whole;
    });
  }
}
