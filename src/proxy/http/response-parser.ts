import { CR, FIELD_VALUE, LF, SP } from './bytes.ts';
import { applyResponseOptions } from './connection-options.ts';
import { parseContentLength } from './content-length.ts';
import { FIELD } from './field-names.ts';
import { DEFAULT_LIMITS, type HeadLimits, HeadParser, INCOMPLETE } from './head-parser.ts';
import { REFUSAL, type Refusal } from './refusal.ts';

const PREFIX = Buffer.from('HTTP/1.');
const ZERO = 48;

/** Reads response heads of an upstream (RFC 9112 §4). A refusal here is the upstream's protocol error. */
export class ResponseParser extends HeadParser {
  status = 0;
  /** The upstream will close the connection, or speaks HTTP/1.0. */
  close = false;
  #version10 = false;

  constructor(limits: HeadLimits = DEFAULT_LIMITS) {
    super(limits, 'response');
  }

  /** A response's fields are written on at once, so that one list does for all. */
  override reset(): void {
    this.headers.clear();
    super.reset(this.headers);
    this.close = false;
  }

  protected override startLine(bytes: Buffer, start: number, end: number): number {
    const given = end - start;
    for (let i = 0; i < PREFIX.length && i < given; i++) {
      if (bytes[start + i] !== PREFIX[i]) return this.refuse(REFUSAL.badRequestLine);
    }
    if (given < 15) return INCOMPLETE;
    const minor = bytes[start + 7]! - ZERO;
    const status = digits(bytes, start + 9);
    if ((minor !== 0 && minor !== 1) || bytes[start + 8] !== SP || status < 100) {
      return this.refuse(REFUSAL.badRequestLine);
    }
    this.#version10 = minor === 0;
    this.status = status;
    return this.#phrase(bytes, start + 12, end);
  }

  /** The phrase is read over; a missing one, blank included, is forgiven. */
  #phrase(bytes: Buffer, start: number, end: number): number {
    if (bytes[start] !== SP && bytes[start] !== CR) return this.refuse(REFUSAL.badRequestLine);
    let at = start;
    while (at < end && FIELD_VALUE[bytes[at]!] === 1) at++;
    if (at + 1 >= end)
      return at === end || bytes[at] === CR ? INCOMPLETE : this.refuse(REFUSAL.badRequestLine);
    if (bytes[at] !== CR || bytes[at + 1] !== LF) return this.refuse(REFUSAL.badRequestLine);
    return at + 2;
  }

  protected override field(kind: number, name: string, value: string): Refusal | null {
    switch (kind) {
      case FIELD.connection:
        this.connection = this.connection === '' ? value : `${this.connection},${value}`;
        return null;
      case FIELD.contentLength:
        if (this.contentLength >= 0) return REFUSAL.badContentLength;
        this.contentLength = parseContentLength(value);
        this.headers.append(name, String(this.contentLength));
        return this.contentLength < 0 ? REFUSAL.badContentLength : null;
      case FIELD.transferEncoding:
        if (this.chunked || value.toLowerCase() !== 'chunked') return REFUSAL.transferCoding;
        this.chunked = true;
        return null;
      case FIELD.framingLookalike:
        return REFUSAL.framingLookalike;
      case FIELD.host:
      case FIELD.expect:
        this.headers.append(name, value);
        return null;
      default:
        return null;
    }
  }

  /** RFC 9112 §6.3; of 304 the framing is that of another response. */
  #mayHaveBody(): boolean {
    return this.status >= 200 && this.status !== 204;
  }

  protected override finish(): Refusal | null {
    if (this.chunked && (this.contentLength >= 0 || this.#version10)) return REFUSAL.lengthAndChunked;
    if (!this.#mayHaveBody() && (this.chunked || this.contentLength > 0)) return REFUSAL.lengthAndChunked;
    const options = applyResponseOptions(this.connection, this.headers);
    this.close = options.close || this.#version10;
    this.headers.markReceived();
    return null;
  }
}

function digits(bytes: Buffer, at: number): number {
  let value = 0;
  for (let i = at; i < at + 3; i++) {
    const digit = bytes[i]! - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
