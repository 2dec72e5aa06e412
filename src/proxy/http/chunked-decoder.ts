import { COLON, CR, FIELD_VALUE, HEX, LF, TOKEN_LOWER } from './bytes.ts';
import { REFUSAL, type Refusal } from './refusal.ts';

/** Where decoded body bytes go. The range is valid during the call only. */
export interface BodySink {
  onBody(bytes: Buffer, start: number, end: number): void;
}

const SIZE_START = 0;
const SIZE = 1;
const EXTENSION_NAME = 2;
const EXTENSION_NEXT = 3;
const EXTENSION_VALUE = 4;
const EXTENSION_TOKEN = 5;
const EXTENSION_QUOTED = 6;
const EXTENSION_ESCAPE = 7;
const EXTENSION_DONE = 8;
const SIZE_LF = 9;
const DATA = 10;
const DATA_CR = 11;
const DATA_LF = 12;
const TRAILER_START = 13;
const TRAILER_NAME = 14;
const TRAILER_VALUE = 15;
const TRAILER_LF = 16;
const FINAL_LF = 17;
const DONE = 18;

const SEMICOLON = 59;
const EQUALS = 61;
const QUOTE = 34;
const BACKSLASH = 92;
/** Bytes of extensions and trailers in one message: no origin needs them, an attacker would make them a body for free. */
const OVERHEAD_BYTES_MAX = 8192;
/** Chunk sizes stay exact as numbers. */
const SIZE_MAX = 2 ** 48;
const SIZE_DIGITS_MAX = 16;

/**
 * Decodes a chunked body (RFC 9112 §7.1) strictly: hexadecimal size, extensions by their grammar without blanks, CRLF and
 * nothing else between. Extensions are dropped. Trailers of a request are refused, those of a response read over.
 */
export class ChunkedDecoder {
  refusal: Refusal | null = null;
  readonly #dropTrailers: boolean;
  #state = SIZE_START;
  #size = 0;
  #digits = 0;
  #overhead = 0;

  constructor(trailers: 'refuse' | 'drop') {
    this.#dropTrailers = trailers === 'drop';
  }

  get done(): boolean {
    return this.#state === DONE;
  }

  reset(): void {
    this.refusal = null;
    this.#state = SIZE_START;
    this.#overhead = 0;
  }

  /** @returns the offset up to which bytes were taken; short of `end` when the body is over or refused. */
  decode(bytes: Buffer, start: number, end: number, sink: BodySink): number {
    let at = start;
    while (at < end && this.#state !== DONE) {
      if (this.#state === DATA) {
        const taken = Math.min(this.#size, end - at);
        this.#size -= taken;
        if (this.#size === 0) this.#state = DATA_CR;
        sink.onBody(bytes, at, at + taken);
        at += taken;
        continue;
      }
      const next = this.#step(bytes[at]!);
      if (next < 0) {
        this.refusal ??= REFUSAL.badChunk;
        return at;
      }
      this.#state = next;
      at++;
    }
    return at;
  }

  /** The state after one byte outside the data, or -1. */
  #step(byte: number): number {
    const state = this.#state;
    if (state <= SIZE) return this.#sizeByte(byte);
    if (state < SIZE_LF) return this.#count() ? extensionByte(state, byte) : -1;
    switch (state) {
      case SIZE_LF:
        return byte !== LF ? -1 : this.#size === 0 ? TRAILER_START : DATA;
      case DATA_CR:
        return byte === CR ? DATA_LF : -1;
      case DATA_LF:
        return byte === LF ? this.#nextSize() : -1;
      case FINAL_LF:
        return byte === LF ? DONE : -1;
      default:
        return this.#trailerByte(state, byte);
    }
  }

  #nextSize(): number {
    this.#digits = 0;
    return SIZE_START;
  }

  #sizeByte(byte: number): number {
    const digit = HEX[byte]!;
    if (digit < 16) {
      if (this.#state === SIZE_START) {
        this.#size = 0;
        this.#digits = 0;
      }
      this.#size = this.#size * 16 + digit;
      return ++this.#digits > SIZE_DIGITS_MAX || this.#size > SIZE_MAX ? -1 : SIZE;
    }
    if (this.#state === SIZE_START) return -1;
    if (byte === CR) return SIZE_LF;
    return byte === SEMICOLON ? EXTENSION_NAME : -1;
  }

  #count(): boolean {
    return ++this.#overhead <= OVERHEAD_BYTES_MAX;
  }

  #trailerByte(state: number, byte: number): number {
    if (state === TRAILER_START && byte === CR) return FINAL_LF;
    if (!this.#dropTrailers) {
      this.refusal = REFUSAL.trailers;
      return -1;
    }
    if (!this.#count()) return -1;
    switch (state) {
      case TRAILER_START:
        return TOKEN_LOWER[byte] === 0 ? -1 : TRAILER_NAME;
      case TRAILER_NAME:
        return byte === COLON ? TRAILER_VALUE : TOKEN_LOWER[byte] === 0 ? -1 : TRAILER_NAME;
      case TRAILER_VALUE:
        return byte === CR ? TRAILER_LF : FIELD_VALUE[byte] === 1 ? TRAILER_VALUE : -1;
      default:
        return byte === LF ? TRAILER_START : -1;
    }
  }
}

function extensionByte(state: number, byte: number): number {
  const isToken = TOKEN_LOWER[byte] !== 0;
  switch (state) {
    case EXTENSION_NAME:
      return isToken ? EXTENSION_NEXT : -1;
    case EXTENSION_NEXT:
      return isToken ? EXTENSION_NEXT : byte === EQUALS ? EXTENSION_VALUE : afterExtension(byte);
    case EXTENSION_VALUE:
      return byte === QUOTE ? EXTENSION_QUOTED : isToken ? EXTENSION_TOKEN : -1;
    case EXTENSION_TOKEN:
      return isToken ? EXTENSION_TOKEN : afterExtension(byte);
    case EXTENSION_QUOTED:
      if (byte === QUOTE) return EXTENSION_DONE;
      if (byte === BACKSLASH) return EXTENSION_ESCAPE;
      return FIELD_VALUE[byte] === 1 ? EXTENSION_QUOTED : -1;
    case EXTENSION_ESCAPE:
      return FIELD_VALUE[byte] === 1 ? EXTENSION_QUOTED : -1;
    default:
      return afterExtension(byte);
  }
}

function afterExtension(byte: number): number {
  if (byte === CR) return SIZE_LF;
  return byte === SEMICOLON ? EXTENSION_NAME : -1;
}
