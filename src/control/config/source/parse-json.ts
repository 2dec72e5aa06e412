import type { Findings, Position } from '../../../resources/index.ts';
import { CODES } from '../codes.ts';
import type { ConfigSource, ListNode, MapNode, SourceNode } from './source-node.ts';

/** Deeper nesting is refused; protobuf's own readers stop at 100 messages. */
const DEPTH_MAX = 500;

/**
 * Parses JSON and keeps places. Trailing commas are taken, comments are not (envoy.md §9.1). A syntax error becomes a finding and
 * the answer is null.
 */
export function parseJson(source: ConfigSource, findings: Findings): SourceNode | null {
  const reader = new JsonReader(source);
  try {
    return reader.readDocument();
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    findings.add({
      code: CODES.syntax,
      severity: 'error',
      message: error.message,
      envoy: 'refuses',
      at: reader.positionOf(error.offset, error.offset + 1),
    });
    return null;
  }
}

class JsonSyntaxError extends Error {
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

const NO_MARK = 'JSON is UTF-8 without a byte order mark: save it so';

const LITERAL = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const BLANK = /[ \t\r\n]*/y;

class JsonReader {
  readonly #source: ConfigSource;
  readonly #text: string;
  #offset = 0;
  #lineStarts: number[] | undefined;

  constructor(source: ConfigSource) {
    this.#source = source;
    this.#text = source.text;
  }

  readDocument(): SourceNode {
    if (this.#text.startsWith('\uFEFF')) throw new JsonSyntaxError(0, NO_MARK);
    const half = this.#text.search(/\p{Surrogate}/u);
    if (half !== -1) throw new JsonSyntaxError(half, 'JSON is UTF-8, and here are bytes that are not');
    const node = this.#readValue(0);
    this.#skipBlank();
    if (this.#offset < this.#text.length) throw this.#unexpected();
    return node;
  }

  positionOf(start: number, end: number): Position {
    this.#lineStarts ??= lineStartsOf(this.#text);
    const line = lastAtMost(this.#lineStarts, start);
    const column = start - (this.#lineStarts[line] as number) + 1;
    return { file: this.#source.name, line: line + 1, column, length: end - start };
  }

  #readValue(depth: number): SourceNode {
    this.#skipBlank();
    if (depth > DEPTH_MAX) throw new JsonSyntaxError(this.#offset, 'the text is nested too deeply');
    const first = this.#text[this.#offset];
    if (first === '{') return this.#readMap(depth);
    if (first === '[') return this.#readList(depth);
    if (first === '"') {
      const start = this.#offset;
      const text = this.#readString();
      return { kind: 'scalar', text, plain: false, at: this.positionOf(start, this.#offset) };
    }
    return this.#readLiteral();
  }

  #readLiteral(): SourceNode {
    const start = this.#offset;
    const text = this.#take(LITERAL);
    if (text === undefined) throw this.#unexpected();
    return { kind: 'scalar', text, plain: true, json: true, at: this.positionOf(start, this.#offset) };
  }

  #readMap(depth: number): MapNode {
    const start = this.#offset;
    const node: MapNode = { kind: 'map', entries: [], at: this.positionOf(start, start + 1) };
    for (this.#offset++; !this.#closes('}'); this.#separator('}')) {
      const keyStart = this.#offset;
      const key = this.#readString();
      const keyAt = this.positionOf(keyStart, this.#offset);
      this.#skipBlank();
      if (this.#text[this.#offset] !== ':') throw this.#unexpected();
      this.#offset++;
      node.entries.push({ key, keyAt, value: this.#readValue(depth + 1) });
    }
    this.#offset++;
    return node;
  }

  #readList(depth: number): ListNode {
    const start = this.#offset;
    const node: ListNode = { kind: 'list', items: [], at: this.positionOf(start, start + 1) };
    for (this.#offset++; !this.#closes(']'); this.#separator(']'))
      node.items.push(this.#readValue(depth + 1));
    this.#offset++;
    return node;
  }

  #readString(): string {
    const start = this.#offset;
    const end = this.#text[start] === '"' ? endOfString(this.#text, start) : undefined;
    if (end === undefined) throw this.#unexpected();
    this.#offset = end;
    const text = parsedString(this.#text.slice(start, end));
    if (text?.isWellFormed() === true) return text;
    throw new JsonSyntaxError(
      start,
      text === undefined ? 'not a JSON string' : 'half of a surrogate pair is no character',
    );
  }

  #closes(bracket: string): boolean {
    this.#skipBlank();
    return this.#text[this.#offset] === bracket;
  }

  #separator(bracket: string): void {
    if (this.#closes(bracket)) return;
    if (this.#text[this.#offset] !== ',') throw this.#unexpected();
    this.#offset++;
  }

  #skipBlank(): void {
    this.#take(BLANK);
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#offset;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#offset = pattern.lastIndex;
    return match[0];
  }

  #unexpected(): JsonSyntaxError {
    const found = this.#text[this.#offset];
    const message = found === undefined ? 'the JSON text ends too early' : `unexpected \`${found}\` in JSON`;
    return new JsonSyntaxError(this.#offset, message);
  }
}

const STRING_STOP = /"|\n|\\./g;

/**
 * Where the string that opens at `start` is over; undefined where nothing closes it on its line. It goes from stop to stop: one
 * expression for the whole string would run out of stack on one of megabytes.
 */
function endOfString(text: string, start: number): number | undefined {
  STRING_STOP.lastIndex = start + 1;
  for (let stop = STRING_STOP.exec(text); stop !== null; stop = STRING_STOP.exec(text)) {
    if (stop[0] === '"') return STRING_STOP.lastIndex;
    if (stop[0] === '\n') return undefined;
  }
  return undefined;
}

function parsedString(quoted: string): string | undefined {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return undefined;
  }
}

function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (const { index, 0: end } of text.matchAll(/\r\n?|\n/g)) starts.push(index + end.length);
  return starts;
}

/** Index of the last element that is not greater. */
function lastAtMost(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((sorted[middle] as number) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
