/** Walks over the parameters of a request target's query as Envoy does: at `&`, then at the first `=`; `;` is no separator (utility.cc). */
export class ParameterWalk {
  readonly #path: string;
  #start = 0;
  #nameEnd = 0;
  #end: number;
  /** The first `=` that is not behind: each is looked for once. */
  #equals = -1;

  constructor(path: string) {
    this.#path = path;
    const question = path.indexOf('?');
    this.#end = question < 0 ? path.length : question;
  }

  /** @returns false: there is none left */
  next(): boolean {
    const path = this.#path;
    this.#start = this.#end + 1;
    if (this.#start >= path.length) return false;
    this.#end = indexOrEnd(path, '&', this.#start);
    if (this.#equals < this.#start) this.#equals = indexOrEnd(path, '=', this.#start);
    this.#nameEnd = Math.min(this.#equals, this.#end);
    return true;
  }

  isNamed(name: string): boolean {
    return this.#nameEnd - this.#start === name.length && this.#path.startsWith(name, this.#start);
  }

  get name(): string {
    return this.#path.slice(this.#start, this.#nameEnd);
  }

  /** Empty for a bare name. */
  get value(): string {
    return this.#path.slice(Math.min(this.#nameEnd + 1, this.#end), this.#end);
  }
}

function indexOrEnd(text: string, char: string, from: number): number {
  const at = text.indexOf(char, from);
  return at < 0 ? text.length : at;
}
