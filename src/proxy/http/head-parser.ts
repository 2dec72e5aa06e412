import { COLON, CR, FIELD_VALUE, LF, SP, TAB, TOKEN_LOWER } from './bytes.ts';
import { FIELD, findName, nextHash } from './field-names.ts';
import { HeaderList } from './header-list.ts';
import { joinLines } from './join-lines.ts';
import { latin1 } from './latin1.ts';
import { type HeadStore, LineStore } from './line-store.ts';
import { LONG_BYTES, LongValue } from './long-value.ts';
import { REFUSAL, type Refusal } from './refusal.ts';

/** The head is not whole yet: feed the next bytes. */
export const INCOMPLETE = -1;
/** The head is refused; `refusal` says why. */
export const REFUSED = -2;

/** How long a head may be. */
export interface HeadLimits {
  /** Bytes of a head, from its first line to the empty one. */
  headBytesMax: number;
  /** Field lines of a head. */
  fieldsMax: number;
}

/** It ends a head and counts with it. */
const EMPTY_LINE_BYTES = 2;

/** Envoy's defaults: `max_request_headers_kb`, `max_headers_count`. */
export const DEFAULT_LIMITS: HeadLimits = { headBytesMax: 60 * 1024, fieldsMax: 100 };

/**
 * Reads one HTTP/1.1 head out of bytes as they come (RFC 9112 §2–5), strictly: lines end in CRLF, names are tokens that touch
 * their colon, values have no control characters, nothing is folded. Subclasses read the start line and judge the fields.
 */
export abstract class HeadParser {
  headers = new HeaderList();
  refusal: Refusal | null = null;
  /** Value of content-length; -1 without one. */
  contentLength = -1;
  /** transfer-encoding is exactly `chunked`. */
  chunked = false;
  /** Values of the connection field, comma-joined. */
  protected connection = '';
  readonly #limits: HeadLimits;
  readonly #ofRequest: boolean;
  readonly #store: HeadStore = new LineStore();
  readonly #long = new LongValue();
  #atFields = false;
  #fields = 0;
  #joined = 0;
  /** Bytes of the lines that are done with. */
  #size = 0;
  /** Where the line that is not whole yet begins. */
  #lineStart = 0;

  constructor(limits: HeadLimits, of: 'request' | 'response') {
    this.#limits = limits;
    this.#ofRequest = of === 'request';
  }

  /** True between a head's first byte and its last. */
  get started(): boolean {
    return this.#atFields || this.#store.length > 0;
  }

  /** Makes ready for the next head, whose fields go into a list of their own unless one is handed in. */
  reset(headers: HeaderList = new HeaderList()): void {
    this.headers = headers;
    this.refusal = null;
    this.contentLength = -1;
    this.chunked = false;
    this.connection = '';
    this.#atFields = false;
    this.#fields = 0;
    this.#joined = 0;
    this.#size = 0;
  }

  /**
   * Reads on. `bytes` may be reused by the caller afterwards: what is needed later is copied.
   * @returns the offset just after the head, or INCOMPLETE (all bytes taken), or REFUSED.
   */
  parse(bytes: Buffer, start: number, end: number): number {
    const kept = this.#store.length;
    if (kept > 0) return this.#resume(bytes, start, end, kept);
    const next = this.#run(bytes, start, end);
    if (next !== INCOMPLETE) return next;
    return this.#keep(bytes, this.#lineStart, end);
  }

  /** @returns the offset after the line, INCOMPLETE, or REFUSED with `refusal` set. */
  protected abstract startLine(bytes: Buffer, start: number, end: number): number;
  /** Judges one special field. `value` has no blanks around it. */
  protected abstract field(kind: number, name: string, value: string): Refusal | null;
  /** Judges the head as a whole. */
  protected abstract finish(): Refusal | null;

  protected refuse(refusal: Refusal): typeof REFUSED {
    this.refusal = refusal;
    return REFUSED;
  }

  #resume(bytes: Buffer, start: number, end: number, kept: number): number {
    const store = this.#store;
    const mayHoldLine = store.append(bytes, start, end);
    const next = mayHoldLine ? this.#run(store.bytes, 0, store.length) : INCOMPLETE;
    if (next >= 0) {
      store.clear();
      return start + next - kept;
    }
    if (next === REFUSED) return REFUSED;
    if (mayHoldLine) store.dropBefore(this.#lineStart);
    return this.#size + store.length > this.#limits.headBytesMax
      ? this.refuse(REFUSAL.headTooLarge)
      : INCOMPLETE;
  }

  #keep(bytes: Buffer, start: number, end: number): number {
    if (this.#size + end - start > this.#limits.headBytesMax) return this.refuse(REFUSAL.headTooLarge);
    this.#store.append(bytes, start, end);
    return INCOMPLETE;
  }

  #run(bytes: Buffer, start: number, end: number): number {
    let at = start;
    if (!this.#atFields) {
      this.#lineStart = at;
      const next = this.startLine(bytes, at, end);
      if (next < 0) return next;
      if (!this.#count(at, next)) return REFUSED;
      this.#atFields = true;
      at = next;
    }
    for (;;) {
      this.#lineStart = at;
      if (at === end) return INCOMPLETE;
      if (bytes[at] === CR) return at + 1 === end ? INCOMPLETE : this.#end(bytes, at);
      const next = this.#fieldLine(bytes, at, end);
      if (next < 0) return next;
      if (!this.#count(at, next)) return REFUSED;
      at = next;
    }
  }

  #count(from: number, to: number): boolean {
    this.#size += to - from;
    if (this.#size + EMPTY_LINE_BYTES <= this.#limits.headBytesMax) return true;
    this.refusal = REFUSAL.headTooLarge;
    return false;
  }

  #end(bytes: Buffer, at: number): number {
    if (bytes[at + 1] !== LF) return this.refuse(REFUSAL.badFieldName);
    const refusal = this.finish();
    return refusal === null ? at + 2 : this.refuse(refusal);
  }

  #fieldLine(bytes: Buffer, start: number, end: number): number {
    let at = start;
    let hash = 0;
    let lower = 0;
    while (at < end) {
      lower = TOKEN_LOWER[bytes[at]!]!;
      if (lower === 0) break;
      hash = nextHash(hash, lower);
      at++;
    }
    if (at === end) return INCOMPLETE;
    if (bytes[at] !== COLON || at === start) return this.refuse(REFUSAL.badFieldName);
    const nameEnd = at++;
    while (at < end && (bytes[at] === SP || bytes[at] === TAB)) at++;
    const valueStart = at;
    const known = this.#long.match(bytes, at, end);
    if (known !== null) {
      if (++this.#fields > this.#limits.fieldsMax) return this.refuse(REFUSAL.tooManyFields);
      return this.#take(bytes, start, nameEnd, hash, known) ? at + known.length + 2 : REFUSED;
    }
    at = skipValue(bytes, at, end);
    if (at === end) return INCOMPLETE;
    if (bytes[at] !== CR) return this.refuse(REFUSAL.badFieldValue);
    if (at + 1 === end) return INCOMPLETE;
    if (bytes[at + 1] !== LF) return this.refuse(REFUSAL.badFieldValue);
    let valueEnd = at;
    while (valueEnd > valueStart && isBlank(bytes[valueEnd - 1]!)) valueEnd--;
    if (++this.#fields > this.#limits.fieldsMax) return this.refuse(REFUSAL.tooManyFields);
    const value = latin1(bytes, valueStart, valueEnd);
    if (value.length >= LONG_BYTES && valueEnd === at) this.#long.keep(bytes, valueStart, at, value);
    return this.#take(bytes, start, nameEnd, hash, value) ? at + 2 : REFUSED;
  }

  #take(bytes: Buffer, nameStart: number, nameEnd: number, hash: number, value: string): boolean {
    const known = findName(bytes, nameStart, nameEnd, hash);
    if (known === undefined) {
      this.headers.append(latin1(bytes, nameStart, nameEnd).toLowerCase(), value);
      return true;
    }
    if (known.kind === FIELD.plain) {
      this.headers.append(known.name, value);
      return true;
    }
    if (known.kind === FIELD.joined) {
      this.#join(known.name, this.#ofRequest ? known.requestBit : known.responseBit, value);
      return true;
    }
    this.refusal = this.field(known.kind, known.name, value);
    return this.refusal === null;
  }

  #join(name: string, bit: number, value: string): void {
    const before = (this.#joined & bit) === 0 ? undefined : this.headers.get(name);
    this.#joined |= bit;
    if (before === undefined) this.headers.append(name, value);
    else this.headers.set(name, joinLines(before, value));
  }
}

/** The offset of the first byte that may not be in a value. */
function skipValue(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && FIELD_VALUE[bytes[at]!] === 1) at++;
  return at;
}

function isBlank(byte: number): boolean {
  return byte === SP || byte === TAB;
}
