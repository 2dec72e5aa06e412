import { isAuthority } from './authority.ts';
import { CR, LF, SP, TARGET, TOKEN_LOWER } from './bytes.ts';
import { applyRequestOptions } from './connection-options.ts';
import { parseContentLength } from './content-length.ts';
import { FIELD } from './field-names.ts';
import { DEFAULT_LIMITS, type HeadLimits, HeadParser, INCOMPLETE } from './head-parser.ts';
import { joinLines } from './join-lines.ts';
import { latin1 } from './latin1.ts';
import { REFUSAL, type Refusal } from './refusal.ts';
import { parseOtherTarget, type Scheme } from './request-target.ts';
import { keptTe } from './te-field.ts';

/** Methods that pass: those that Envoy's codec knows. CONNECT is among them to be refused by name. */
const METHODS = new Set(
  'ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK MERGE MKACTIVITY MKCALENDAR MKCOL MOVE MSEARCH NOTIFY OPTIONS PATCH POST PROPFIND PROPPATCH PURGE PUT REBIND REPORT SEARCH SOURCE SUBSCRIBE TRACE UNBIND UNLINK UNLOCK UNSUBSCRIBE'.split(
    ' ',
  ),
);
const GET = 0x47455420;
const VERSION = Buffer.from('HTTP/1.1\r\n');
const HASH = 35;
const SLASH = 47;
/** From so many characters on a te field that the connection field names is refused (Envoy: utility.cc, sanitizeConnectionHeader). */
const TE_LENGTH_REFUSED = 256;
const NAMES_TE = /(?:^|,)[\t ]*te[\t ]*(?:,|$)/i;
/** Empty lines before a request line that are forgiven (RFC 9112 §2.2). */
const EMPTY_LINES_MAX = 2;

/** Reads request heads. After `parse` gave an offset its fields describe the request, until `reset`. */
export class RequestParser extends HeadParser {
  method = '';
  path = '';
  authority = '';
  /** The client wants the connection closed after this exchange. */
  close = false;
  /** Of a target in absolute form; empty: it is in another. */
  scheme: Scheme | '' = '';
  #target = '';
  #fragment = false;
  #hosts = 0;
  /** Null without the field. */
  #upgrade: string | null = null;
  #proxyConnection = false;
  /** The te field, its lines joined; null without one. */
  #te: string | null = null;
  #expect = false;
  #emptyLines = 0;
  #lastAuthority = '';

  constructor(limits: HeadLimits = DEFAULT_LIMITS) {
    super(limits, 'request');
  }

  override reset(): void {
    super.reset();
    // A head that is refused early is told by what has come of it, and an idle connection need not hold a long target.
    this.method = '';
    this.path = '';
    this.authority = '';
    this.#target = '';
    this.close = false;
    this.scheme = '';
    this.#fragment = false;
    this.#hosts = 0;
    this.#upgrade = null;
    this.#proxyConnection = false;
    this.#te = null;
    this.#expect = false;
    this.#emptyLines = 0;
  }

  protected override startLine(bytes: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end && bytes[at] === CR) {
      if (at + 1 >= end) return INCOMPLETE;
      if (bytes[at + 1] !== LF || ++this.#emptyLines > EMPTY_LINES_MAX) {
        return this.refuse(REFUSAL.badRequestLine);
      }
      at += 2;
    }
    at = this.#method(bytes, at, end);
    if (at < 0) return this.#again(at);
    at = this.#requestTarget(bytes, at, end);
    if (at < 0) return this.#again(at);
    at = this.#version(bytes, at, end);
    return at < 0 ? this.#again(at) : at;
  }

  /** The line is read from its start again when more of it comes, empty lines before it included. */
  #again(result: number): number {
    this.#emptyLines = 0;
    return result;
  }

  #method(bytes: Buffer, start: number, end: number): number {
    if (end - start >= 4 && bytes.readInt32BE(start) === GET) {
      this.method = 'GET';
      return start + 4;
    }
    let at = start;
    while (at < end && TOKEN_LOWER[bytes[at]!] !== 0) at++;
    if (at - start > 24) return this.refuse(REFUSAL.badMethod);
    if (at === end) return INCOMPLETE;
    if (bytes[at] !== SP) return this.refuse(REFUSAL.badMethod);
    const method = latin1(bytes, start, at);
    if (method === 'PRI') return this.refuse(REFUSAL.http2);
    if (!METHODS.has(method)) return this.refuse(REFUSAL.badMethod);
    this.method = method;
    return at + 1;
  }

  #requestTarget(bytes: Buffer, start: number, end: number): number {
    let at = start;
    this.#fragment = false;
    let byte = 0;
    while (at < end) {
      byte = bytes[at]!;
      if (TARGET[byte] === 0) break;
      if (byte === HASH) this.#fragment = true;
      at++;
    }
    if (at === end) return INCOMPLETE;
    if (at === start) return this.refuse(REFUSAL.badTarget);
    this.#target = latin1(bytes, start, at);
    if (byte === SP) return at + 1;
    if (byte !== CR && byte !== LF) return this.refuse(REFUSAL.badTarget);
    return this.#withoutVersion(bytes, at, end);
  }

  /** A line that ends after its target is HTTP/0.9, which Envoy tells apart from a bad target. */
  #withoutVersion(bytes: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end && bytes[at] === SP) at++;
    if (at < end && bytes[at] === CR) at++;
    if (at === end) return INCOMPLETE;
    if (bytes[at] !== LF) return this.refuse(REFUSAL.badRequestLine);
    return this.refuse(this.#isTarget() ? REFUSAL.noVersion : REFUSAL.badTarget);
  }

  #isTarget(): boolean {
    const isOrigin = this.#target.charCodeAt(0) === SLASH;
    return (
      isOrigin || this.method === 'CONNECT' || !('status' in parseOtherTarget(this.method, this.#target))
    );
  }

  #version(bytes: Buffer, start: number, end: number): number {
    const length = Math.min(VERSION.length, end - start);
    for (let i = 0; i < length; i++) {
      if (bytes[start + i] !== VERSION[i]) return this.#otherVersion(bytes, start, end);
    }
    return length === VERSION.length ? start + length : INCOMPLETE;
  }

  #otherVersion(bytes: Buffer, start: number, end: number): number {
    const first = bytes[start];
    if (first === SP || first === CR || first === LF) return this.#withoutVersion(bytes, start, end);
    const text = latin1(bytes, start, Math.min(end, start + VERSION.length));
    if (text.length < VERSION.length && !text.includes('\n')) return INCOMPLETE;
    return this.refuse(/^HTTP\/\d\.\d\r\n$/.test(text) ? REFUSAL.oldVersion : REFUSAL.badRequestLine);
  }

  protected override field(kind: number, name: string, value: string): Refusal | null {
    switch (kind) {
      case FIELD.host:
        this.authority = value;
        return ++this.#hosts > 1 ? REFUSAL.twoHosts : null;
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
      case FIELD.upgrade:
        this.#upgrade = this.#upgrade ? `${this.#upgrade},${value}` : value;
        return null;
      case FIELD.proxyConnection:
        this.#proxyConnection = true;
        this.headers.append(name, value);
        return null;
      case FIELD.expect:
        this.#expect = true;
        return null;
      case FIELD.te:
        if (this.#te === null) this.headers.append(name, value);
        this.#te = joinLines(this.#te ?? '', value);
        return null;
      case FIELD.hopByHop:
        // Rules and origins see `trailer` and `http2-settings`, as in Envoy, though what they announce is not there.
        if (name !== 'keep-alive') this.headers.append(name, value);
        return null;
      case FIELD.framingLookalike:
        return REFUSAL.framingLookalike;
      default:
        return null;
    }
  }

  protected override finish(): Refusal | null {
    if (this.chunked && this.contentLength >= 0) return REFUSAL.lengthAndChunked;
    const options = applyRequestOptions(this.connection, this.headers);
    // A wish for h2c is passed over, as RFC 9110 §7.8 lets a server; it is neither granted nor passed on.
    const upgrades = options.upgrade && this.#upgrade !== null && this.#upgrade.toLowerCase() !== 'h2c';
    if (!upgrades && options.refusal !== null) return options.refusal;
    if (this.#te !== null && !this.#takeTe(this.#te)) return REFUSAL.badConnection;
    this.close = this.#takeProxyConnection() || options.close;
    if (this.method === 'CONNECT') return REFUSAL.connect;
    const refusal = this.#takeTarget();
    if (refusal !== null) return refusal;
    if (this.#hosts === 0) return REFUSAL.missingHost;
    if (this.#fragment) return REFUSAL.fragment;
    if (upgrades) return REFUSAL.upgrade;
    return this.#expect ? REFUSAL.expectation : null;
  }

  /** @returns false: what is to be removed is too long */
  #takeTe(te: string): boolean {
    const isNamed = NAMES_TE.test(this.connection);
    if (isNamed && te.length >= TE_LENGTH_REFUSED) return false;
    const kept = keptTe(te, isNamed);
    if (kept === null) this.headers.remove('te');
    else this.headers.set('te', kept);
    return true;
  }

  /** Old clients say `close` in this field, and Envoy listens to it, unless the connection field has removed it. */
  #takeProxyConnection(): boolean {
    if (!this.#proxyConnection) return false;
    const { names, values } = this.headers;
    const text = values.filter((_, index) => names[index] === 'proxy-connection').join(',');
    this.headers.remove('proxy-connection');
    return /(?:^|,)\s*close\s*(?:,|$)/i.test(text);
  }

  #takeTarget(): Refusal | null {
    this.path = this.#target;
    if (this.authority !== this.#lastAuthority) {
      if (!isAuthority(this.authority)) return REFUSAL.badHost;
      this.#lastAuthority = this.authority;
    }
    // The very same string, whose hash is known, for whoever looks it up.
    this.authority = this.#lastAuthority;
    if (this.#target.charCodeAt(0) === SLASH) return null;
    const target = parseOtherTarget(this.method, this.#target);
    if ('status' in target) return target;
    this.path = target.path;
    this.scheme = target.scheme;
    this.authority = target.authority ?? this.authority;
    return null;
  }
}
