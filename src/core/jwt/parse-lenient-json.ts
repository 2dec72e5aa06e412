import { JSON_DEPTH_MAX, type JsonObject, type JsonValue, type ParsedJson } from './json-value.ts';

/**
 * JSON as Envoy's reader takes it beyond RFC 8259: trailing commas, single-quoted strings, member names without quotes, `\'`, raw
 * control characters in strings, `\U` for `\u` (envoy.md §4.1, envoy-observed.md C). Whatever else is wrong with JSON stays wrong.
 * Only texts that the strict reader refused come here: to know Envoy's answer for a token, and for key sets.
 */
export function parseLenientJson(text: string): ParsedJson | null {
  const reader = new LenientReader(text);
  const value = reader.readDocument();
  return value === undefined ? null : { value, strict: false };
}

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const LITERALS: ReadonlyMap<string, JsonValue> = new Map<string, JsonValue>([
  ['null', null],
  ['true', true],
  ['false', false],
]);
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["'", "'"],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/** The second half of a character is looked for behind `\u` alone. */
const LOW_SURROGATE = /[\udc00-\udfff]/;

/** Recursive descent; undefined is the answer of every method that did not find what it reads. */
class LenientReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readDocument(): JsonValue | undefined {
    const value = this.#readValue();
    this.#take(SPACE);
    return this.#at === this.#text.length ? value : undefined;
  }

  #readValue(): JsonValue | undefined {
    this.#take(SPACE);
    const first = this.#text[this.#at];
    if (first === '{') return this.#nested(() => this.#readObject());
    if (first === '[') return this.#nested(() => this.#readArray());
    if (first === '"' || first === "'") return this.#readString(first);
    if (first === '-' || (first !== undefined && first >= '0' && first <= '9')) return this.#readNumber();
    return LITERALS.get(this.#take(NAME));
  }

  #nested<T>(read: () => T | undefined): T | undefined {
    if (++this.#depth > JSON_DEPTH_MAX) return undefined;
    this.#at++;
    const value = read();
    this.#depth--;
    return value;
  }

  #readObject(): JsonObject | undefined {
    const members = new Map<string, JsonValue>();
    while (!this.#eats('}')) {
      const name = this.#readName();
      if (name === undefined || members.has(name) || !this.#eats(':')) return undefined;
      const value = this.#readValue();
      if (value === undefined) return undefined;
      members.set(name, value);
      if (!this.#eats(',') && !this.#sees('}')) return undefined;
    }
    return Object.fromEntries(members);
  }

  #readArray(): JsonValue[] | undefined {
    const values: JsonValue[] = [];
    while (!this.#eats(']')) {
      const value = this.#readValue();
      if (value === undefined) return undefined;
      values.push(value);
      if (!this.#eats(',') && !this.#sees(']')) return undefined;
    }
    return values;
  }

  #readName(): string | undefined {
    this.#take(SPACE);
    const first = this.#text[this.#at];
    if (first === '"' || first === "'") return this.#readString(first);
    const name = this.#take(NAME);
    return name === '' || LITERALS.has(name) ? undefined : name;
  }

  #readString(quote: string): string | undefined {
    let value = '';
    for (this.#at++; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at] as string;
      if (char === quote) {
        this.#at++;
        return value.isWellFormed() ? value : undefined;
      }
      const read = char === '\\' ? this.#readEscape() : char;
      if (read === undefined) return undefined;
      value += read;
    }
    return undefined;
  }

  /** Leaves the place on the escape's last character. */
  #readEscape(): string | undefined {
    const char = this.#text[++this.#at] ?? '';
    if (char !== 'u' && char !== 'U') return ESCAPES.get(char);
    const digits = this.#text.slice(this.#at + 1, this.#at + 5);
    if (!/^[0-9A-Fa-f]{4}$/.test(digits)) return undefined;
    this.#at += 4;
    const read = String.fromCharCode(Number.parseInt(digits, 16));
    return char === 'U' && LOW_SURROGATE.test(read) ? undefined : read;
  }

  #readNumber(): number | undefined {
    const text = this.#take(NUMBER);
    const value = Number(text);
    return text !== '' && Number.isFinite(value) ? value : undefined;
  }

  #eats(char: string): boolean {
    if (!this.#sees(char)) return false;
    this.#at++;
    return true;
  }

  #sees(char: string): boolean {
    this.#take(SPACE);
    return this.#text[this.#at] === char;
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }
}
