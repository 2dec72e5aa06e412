/**
 * A message's header fields: lower-case names, order kept, one entry per line on the wire. Pseudo-headers are not in here.
 * Values are latin-1 strings, one character per byte, as they came.
 */
export class HeaderList {
  readonly names: string[] = [];
  readonly values: string[] = [];

  get length(): number {
    return this.names.length;
  }

  /** The first value under `name`, or undefined. */
  get(name: string): string | undefined {
    const at = this.names.indexOf(name);
    return at < 0 ? undefined : this.values[at];
  }

  has(name: string): boolean {
    return this.names.includes(name);
  }

  /** Adds a line at the end, whatever is there already. */
  append(name: string, value: string): void {
    this.names.push(name);
    this.values.push(value);
  }

  /** Leaves exactly one line under `name`: the first one's place, this value. */
  set(name: string, value: string): void {
    const at = this.names.indexOf(name);
    if (at < 0) {
      this.append(name, value);
      return;
    }
    this.values[at] = value;
    this.#removeFrom(name, at + 1);
  }

  /** Removes every line under `name`. */
  remove(name: string): void {
    const at = this.names.indexOf(name);
    if (at >= 0) this.#removeFrom(name, at);
  }

  clear(): void {
    this.names.length = 0;
    this.values.length = 0;
  }

  #removeFrom(name: string, start: number): void {
    const { names, values } = this;
    let kept = start;
    for (let i = start; i < names.length; i++) {
      if (names[i] === name) continue;
      names[kept] = names[i] as string;
      values[kept] = values[i] as string;
      kept++;
    }
    names.length = kept;
    values.length = kept;
  }
}
