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
  const made = new PathInMaking();
  for (let at = 0; at < source.length; ) {
    const length = made.skipDots(source, at) || made.copy(source, at);
    if (length === 0) return null;
    at += length;
  }
  return made.text;
}

class PathInMaking {
  text = '';
  /** Where the last `%` is that begins no escape. */
  #strayAt = Number.NEGATIVE_INFINITY;

  /** @returns how many characters of the source are a dot segment; 0: it is none */
  skipDots(source: string, at: number): number {
    if (!this.text.endsWith('/')) return 0;
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
      this.text += plain;
      return plain.length;
    }
    if (char === '\\') this.text += '/';
    else this.text += NO_PATH_CHARACTER.test(char) ? escapeOf(char) : char;
    return 1;
  }

  /** To behind the slash in front of the last one; the first one stays. */
  #backUp(): void {
    this.text = this.text.slice(0, Math.max(0, this.text.lastIndexOf('/', this.text.length - 2)) + 1);
  }

  #copyEscape(source: string, at: number): number {
    const given = matchAt(ESCAPE, source, at)?.[0];
    if (given === undefined) {
      this.#strayAt = this.text.length;
      this.text += '%';
      return 1;
    }
    const char = String.fromCharCode(Number.parseInt(given.slice(1), 16));
    if (char === '\0') return 0;
    this.text += UNRESERVED.test(char) ? char : given;
    if (UNRESERVED.test(char)) this.#escapeStray(source[at + 3] ?? '');
    return 3;
  }

  /** Where the character that was just undone completes an escape, with the next one or without, its `%` is escaped itself. */
  #escapeStray(next: string): void {
    const behind = this.text.length - this.#strayAt;
    if (behind > 3 || matchAt(ESCAPE, this.text + (behind === 2 ? next : ''), this.#strayAt) === null) return;
    this.text = `${this.text.slice(0, this.#strayAt)}%25${this.text.slice(this.#strayAt + 1)}`;
  }
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

const escapeOf = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
