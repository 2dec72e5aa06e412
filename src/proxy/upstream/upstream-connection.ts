import type { Socket } from 'node:net';
import { ChunkedDecoder } from '../http/chunked-decoder.ts';
import { type Deadlines, NEVER, type Watched } from '../http/deadlines.ts';
import { INCOMPLETE, REFUSED } from '../http/head-parser.ts';
import { latin1 } from '../http/latin1.ts';
import { ResponseParser } from '../http/response-parser.ts';
import { STREAM_ERROR, type StreamError } from '../http/stream-error.ts';
import { connectFailure, type SocketError } from './socket-failure.ts';
import type { UpstreamConsumer } from './upstream-consumer.ts';

const IDLE = 0;
const HEAD = 1;
const LENGTH = 2;
const CHUNKED = 3;
const UNTIL_CLOSE = 4;

/** Interim responses that are read over before one upstream is thought to be playing. */
const INTERIM_MAX = 8;
/** Pieces up to this size are written together with what stands before them. */
const TOGETHER_BYTES = 16_384;

/** The pool that a connection goes back to. */
export interface ConnectionOwner {
  readonly address: string;
  readonly port: number;
  readonly hostName: string;
  readonly idleTimeoutMs: number;
  onIdle(connection: UpstreamConnection): void;
  onConnected(connection: UpstreamConnection): void;
  onConnectFailed(connection: UpstreamConnection, error: StreamError): void;
  onClosed(connection: UpstreamConnection): void;
}

/**
 * One HTTP/1.1 connection to an upstream. It belongs to the pool or to one exchange, never both, and goes back only if request
 * and response both ended exactly and no byte is left over.
 */
export class UpstreamConnection implements Watched {
  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #deadlines: Deadlines;
  readonly #parser = new ResponseParser();
  readonly #decoder = new ChunkedDecoder('drop');
  #consumer: UpstreamConsumer | null = null;
  #state = IDLE;
  #remaining = 0;
  #interim = 0;
  #ready = false;
  #closed = false;
  #deadlineMs: number;
  /** The exchange's method is HEAD, so that the response has no body whatever it says. */
  #bodiless = false;
  #chunkedRequest = false;
  #requestDone = false;
  /** Text to be written with the next flush. */
  #out = '';

  constructor(socket: Socket, owner: ConnectionOwner, deadlines: Deadlines, connectTimeoutMs: number) {
    this.#socket = socket;
    this.#owner = owner;
    this.#deadlines = deadlines;
    this.#deadlineMs = deadlines.nowMs + connectTimeoutMs;
    deadlines.add(this);
    socket.on('error', (error) => this.#onSocketEnd(failureOf(error)));
    socket.on('end', () => this.#onSocketEnd(null));
    socket.on('close', () => this.#onSocketEnd(null));
    socket.on('drain', () => this.#tellDrain());
  }

  /** Where it leads. */
  get host(): Pick<ConnectionOwner, 'address' | 'port' | 'hostName'> {
    return this.#owner;
  }

  /** This end. */
  get localPlace(): { localAddress: string | undefined; localPort: number | undefined } {
    const { localAddress, localPort } = this.#socket;
    return { localAddress, localPort };
  }

  /** It has been connected. */
  get ready(): boolean {
    return this.#ready;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The socket is connected and, with TLS, the peer is who it should be. Nothing is written before. */
  markReady(): void {
    if (this.#closed) return;
    this.#ready = true;
    this.#deadlineMs = NEVER;
    this.#owner.onConnected(this);
    if (this.#consumer === null) return;
    this.flushRequest();
    if (!this.#socket.writableNeedDrain) this.#tellDrain();
  }

  /** Starts an exchange: takes the connection out of the pool's hands. Nothing is sent before `flushRequest`. */
  begin(consumer: UpstreamConsumer, head: string, bodiless: boolean, chunked: boolean): void {
    this.#consumer = consumer;
    this.#state = HEAD;
    this.#interim = 0;
    this.#bodiless = bodiless;
    this.#chunkedRequest = chunked;
    this.#requestDone = false;
    this.#out = head;
    if (this.#ready) this.#deadlineMs = NEVER;
    this.#parser.reset();
  }

  /** Adds bytes of the request's body. @returns whether more may come now; else `onUpstreamDrain` follows. */
  writeBody(bytes: Buffer, start: number, end: number): boolean {
    const length = end - start;
    if (length === 0) return true;
    if (this.#chunkedRequest) this.#out += `${length.toString(16)}\r\n`;
    if (length <= TOGETHER_BYTES || !this.#ready) {
      this.#out += latin1(bytes, start, end);
    } else {
      this.#socket.cork();
      this.#writeOut();
      this.#socket.write(bytes.subarray(start, end));
      this.#socket.uncork();
    }
    if (this.#chunkedRequest) this.#out += '\r\n';
    return this.#ready && !this.#socket.writableNeedDrain;
  }

  /** The request is whole. */
  endRequest(): void {
    this.#requestDone = true;
    if (this.#chunkedRequest) this.#out += '0\r\n\r\n';
  }

  /** Sends what has been gathered. @returns whether more may come now. */
  flushRequest(): boolean {
    if (!this.#ready) return this.#out.length < TOGETHER_BYTES;
    this.#writeOut();
    return !this.#socket.writableNeedDrain;
  }

  /** Stops reading the response until `resume`. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** The exchange lets go before the response has ended: the connection is of no use to anybody. */
  abandon(): void {
    this.#consumer = null;
    this.destroy();
  }

  destroy(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#deadlines.remove(this);
    this.#socket.destroy();
    this.#owner.onClosed(this);
  }

  checkDeadline(nowMs: number): void {
    if (nowMs < this.#deadlineMs) return;
    if (this.#ready) this.destroy();
    else this.#fail(STREAM_ERROR.connectTimeout);
  }

  /** Takes bytes that came. @returns whether the buffer may be used for the next read. */
  read(bytes: Buffer, length: number): boolean {
    const consumer = this.#consumer;
    if (consumer === null) {
      this.destroy();
      return true;
    }
    try {
      this.#process(bytes, length);
      return !consumer.flushResponse();
    } catch (error) {
      this.abandon();
      consumer.onBug(error);
      return true;
    }
  }

  #tellDrain(): void {
    const consumer = this.#consumer;
    try {
      consumer?.onUpstreamDrain();
    } catch (bug) {
      this.abandon();
      consumer?.onBug(bug);
    }
  }

  #writeOut(): void {
    if (this.#out === '') return;
    this.#socket.write(this.#out, 'latin1');
    this.#out = '';
  }

  #process(bytes: Buffer, end: number): void {
    let at = 0;
    while (at < end) {
      const consumer = this.#consumer;
      if (consumer === null) {
        // Bytes after the response's end: the upstream is out of step.
        this.destroy();
        return;
      }
      switch (this.#state) {
        case HEAD:
          at = this.#readHead(consumer, bytes, at, end);
          break;
        case LENGTH:
          at = this.#readLength(consumer, bytes, at, end);
          break;
        case CHUNKED:
          at = this.#readChunked(consumer, bytes, at, end);
          break;
        default:
          consumer.onBody(bytes, at, end);
          at = end;
      }
      if (at < 0) return;
    }
  }

  /** @returns where to go on, or -1 when there is nothing to go on with. */
  #readHead(consumer: UpstreamConsumer, bytes: Buffer, start: number, end: number): number {
    const parser = this.#parser;
    const at = parser.parse(bytes, start, end);
    if (at === INCOMPLETE) return -1;
    if (at === REFUSED || parser.status === 101) return this.#fail(STREAM_ERROR.protocolError);
    if (parser.status < 200) {
      if (++this.#interim > INTERIM_MAX) return this.#fail(STREAM_ERROR.protocolError);
      parser.reset();
      return at;
    }
    this.#startBody(consumer, at === end);
    return at;
  }

  #startBody(consumer: UpstreamConsumer, atEnd: boolean): void {
    const parser = this.#parser;
    const { status } = parser;
    if (this.#bodiless || status === 204 || status === 304 || parser.contentLength === 0) {
      consumer.onResponseHead(parser, 'none');
      this.#complete(atEnd);
    } else if (parser.chunked) {
      this.#state = CHUNKED;
      this.#decoder.reset();
      consumer.onResponseHead(parser, 'chunked');
    } else if (parser.contentLength > 0) {
      this.#state = LENGTH;
      this.#remaining = parser.contentLength;
      consumer.onResponseHead(parser, 'length');
    } else {
      this.#state = UNTIL_CLOSE;
      consumer.onResponseHead(parser, 'close');
    }
  }

  #readLength(consumer: UpstreamConsumer, bytes: Buffer, start: number, end: number): number {
    const at = Math.min(end, start + this.#remaining);
    this.#remaining -= at - start;
    consumer.onBody(bytes, start, at);
    if (this.#remaining === 0) this.#complete(at === end);
    return at;
  }

  #readChunked(consumer: UpstreamConsumer, bytes: Buffer, start: number, end: number): number {
    const decoder = this.#decoder;
    const at = decoder.decode(bytes, start, end, consumer);
    if (decoder.refusal !== null) return this.#fail(STREAM_ERROR.protocolError);
    if (decoder.done) this.#complete(at === end);
    return at;
  }

  #complete(nothingLeftOver: boolean): void {
    const consumer = this.#consumer;
    if (consumer === null) return;
    this.#consumer = null;
    this.#state = IDLE;
    if (nothingLeftOver && this.#requestDone && !this.#parser.close && !this.#closed) {
      this.#deadlineMs =
        this.#owner.idleTimeoutMs === 0 ? NEVER : this.#deadlines.nowMs + this.#owner.idleTimeoutMs;
      this.#owner.onIdle(this);
    } else {
      this.destroy();
    }
    consumer.onResponseEnd();
  }

  #fail(error: StreamError): -1 {
    const consumer = this.#consumer;
    const wasReady = this.#ready;
    this.#consumer = null;
    this.destroy();
    if (!wasReady) this.#owner.onConnectFailed(this, error);
    try {
      consumer?.onUpstreamFailure(error);
    } catch (bug) {
      consumer?.onBug(bug);
    }
    return -1;
  }

  #onSocketEnd(error: StreamError | null): void {
    if (this.#closed) return;
    if (error === null && this.#state === UNTIL_CLOSE && this.#consumer !== null) {
      const consumer = this.#consumer;
      try {
        this.#complete(false);
        consumer.flushResponse();
      } catch (bug) {
        consumer.onBug(bug);
      }
      return;
    }
    if (!this.#ready) this.#fail(error ?? STREAM_ERROR.connectFailure);
    else this.#fail(error === null && this.#parser.started ? STREAM_ERROR.protocolError : STREAM_ERROR.reset);
  }
}

function failureOf(error: SocketError & { streamError?: StreamError }): StreamError {
  return error.streamError ?? connectFailure(error);
}
