/** `.` or `..`, escaped or not, with the slash or the path's end behind it. */
const DOT_SEGMENT = /(?:\.|%2e)(\.|%2e)?(?:[/\\]|$)/iy;
/** Parameters of a segment that is otherwise `.` or `..`, as it is spelled: some origins strip those before they resolve. */
const DOT_PARAMETERS = /\/(\.\.?);[^/]*/g;
/** What is copied as it stands. */
const PLAIN = /[^.%\\"<>^`{|}]+/y;
const ESCAPE = /%[0-9a-f]{2}/iy;
/** Characters that need no escape (RFC 3986 §2.3). */
const UNRESERVED = /[A-Za-z0-9._~-]/;
/** Characters that are no path characters (RFC 3986 §3.3) and are escaped. */
const NO_PATH_CHARACTER = /["<>^`{|}]/;

/**
 * A path with its dot segments resolved, `\` made `/`, needless escapes undone and needed ones made, as Envoy's URL library goes
 * through it (googleurl: url_canon_path.cc); null for an escaped NUL. What is undone makes no new escape: `%%32%65` becomes
 * `%252e`, or the origin would undo the other half.
 */
export function canonicalPath(path: string): string | null {
  const source = path.includes(';') ? path.replaceAll(DOT_PARAMETERS, '/$1') : path;
  const made = new PathInMaking(source.length);
  for (let at = 0; at < source.length; ) {
    const length = made.skipDots(source, at) || made.copy(source, at);
    if (length === 0) return null;
    at += length;
  }
  return made.text;
}

const SLASH = 0x2f;

/** What is made is kept as bytes: a text that grows by single characters would be copied whole whenever somebody looks at it. */
class PathInMaking {
  readonly #bytes: Buffer;
  #length = 0;
  /** Where the last `%` is that begins no escape. */
  #strayAt = Number.NEGATIVE_INFINITY;

  /** @param length the source's; each of its characters may become an escape */
  constructor(length: number) {
    this.#bytes = Buffer.allocUnsafe(3 * length);
  }

  get text(): string {
    return this.#bytes.toString('latin1', 0, this.#length);
  }

  /** @returns how many characters of the source are a dot segment; 0: it is none */
  skipDots(source: string, at: number): number {
    if (this.#length === 0 || this.#bytes[this.#length - 1] !== SLASH) return 0;
    const found = matchAt(DOT_SEGMENT, source, at);
    if (found === null) return 0;
    if (found[1] !== undefined) this.#backUp();
    return found[0].length;
  }

  /** @returns how many characters of the source were taken; 0: they may not be in a path */
  copy(source: string, at: number): number {
    const char = source[at] as string;
    if (char === '%') return this.#copyEscape(source, at);
    const plain = matchAt(PLAIN, source, at)?.[0];
    if (plain !== undefined) {
      this.#add(plain);
      return plain.length;
    }
    if (char === '\\') this.#add('/');
    else this.#add(NO_PATH_CHARACTER.test(char) ? escapeOf(char) : char);
    return 1;
  }

  #add(text: string): void {
    this.#length += this.#bytes.write(text, this.#length, 'latin1');
  }

  /** To behind the slash in front of the last one; the first one stays. */
  #backUp(): void {
    const made = this.#bytes.subarray(0, this.#length - 1);
    this.#length = Math.max(0, made.lastIndexOf(SLASH)) + 1;
  }

  #copyEscape(source: string, at: number): number {
    const given = matchAt(ESCAPE, source, at)?.[0];
    if (given === undefined) {
      this.#strayAt = this.#length;
      this.#add('%');
      return 1;
    }
    const char = String.fromCharCode(Number.parseInt(given.slice(1), 16));
    if (char === '\0') return 0;
    this.#add(UNRESERVED.test(char) ? char : given);
    if (UNRESERVED.test(char)) this.#escapeStray(source[at + 3] ?? '');
    return 3;
  }

  /** Where the character that was just undone completes an escape, with the next one or without, its `%` is escaped itself. */
  #escapeStray(next: string): void {
    const behind = this.#length - this.#strayAt;
    if (behind > 3) return;
    const made = this.#bytes.toString('latin1', this.#strayAt, this.#length);
    if (matchAt(ESCAPE, made + (behind === 2 ? next : ''), 0) === null) return;
    this.#length = this.#strayAt;
    this.#add(`%25${made.slice(1)}`);
  }
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

const escapeOf = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
