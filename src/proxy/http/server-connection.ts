import type { Socket } from 'node:net';
import { askGuards, type ConnectionGuard } from '../filters/connection-guard.ts';
import type { ConnectionInfo } from '../filters/filter.ts';
import { type BodySink, ChunkedDecoder } from './chunked-decoder.ts';
import type { ClientSide, ExchangeOutcome } from './client-side.ts';
import { deadlineAfter, NEVER, type Watched } from './deadlines.ts';
import { Exchange } from './exchange.ts';
import { headLimitOf } from './head-limit.ts';
import { INCOMPLETE, REFUSED } from './head-parser.ts';
import type { HttpService } from './http-service.ts';
import { latin1 } from './latin1.ts';
import { forgetHead, mistakesTransport } from './prepare-request.ts';
import { ReceivedRequest } from './received-request.ts';
import { REFUSAL, type Refusal } from './refusal.ts';
import { RequestParser } from './request-parser.ts';

const NO_BODY = 0;
const LENGTH = 1;
const CHUNKED = 2;

/** Pieces up to this size are written together with what stands before them. */
const TOGETHER_BYTES = 4096;
/** Bytes that a client may still send after its last reply before it is cut off. */
const LINGER_BYTES_MAX = 1_048_576;

/** Where the service of a filter chain stands: every request takes the one that is there. */
export interface ServiceSlot {
  service: HttpService;
  /** Asked at a connection's first bytes; none when absent. */
  guards?: readonly ConnectionGuard[];
}

/** Who keeps the connections of a listener. */
export interface ConnectionKeeper {
  onClosed(connection: ServerConnection): void;
}

/** One client's connection: bytes in, exchanges one after another, bytes out. */
export class ServerConnection implements ClientSide, BodySink, Watched {
  readonly info: ConnectionInfo;
  readonly #socket: Socket;
  readonly #keeper: ConnectionKeeper;
  readonly #parser: RequestParser;
  readonly #decoder = new ChunkedDecoder('refuse');
  readonly #slot: ServiceSlot;
  #service: HttpService;
  #exchange: Exchange | null = null;
  #bodyKind = NO_BODY;
  #bodyRemaining = 0;
  /** Bytes that came while they could not be used. */
  #parked: Buffer | null = null;
  /** Text to be written with the next flush. */
  #out = '';
  #consuming = false;
  #draining = false;
  /** The last reply is out; what the client still sends is thrown away until it closes. */
  #lingering = false;
  #lingerBytes = 0;
  #closed = false;
  #requests = 0;
  #isAdmitted = false;
  #deadlineMs: number;
  #requestDeadlineMs = NEVER;
  /** When the first head has to be whole. */
  readonly #firstHeadMs: number;
  /** The next step of a connection that has lasted as long as it may. */
  #overMs = NEVER;
  /** It has lasted longer, and been given the time to end in order. */
  #isOver = false;
  startedMs = 0;

  /** @param firstHeadMs how long the first head may take, from now on; 0: as long as any */
  constructor(
    socket: Socket,
    info: ConnectionInfo,
    keeper: ConnectionKeeper,
    slot: ServiceSlot,
    firstHeadMs = 0,
  ) {
    const { service } = slot;
    this.#socket = socket;
    this.info = info;
    this.#keeper = keeper;
    this.#slot = slot;
    this.#service = service;
    this.#parser = new RequestParser(service.options.limits);
    this.#deadlineMs = deadlineAfter(service.deadlines, service.options.idleTimeoutMs);
    this.#firstHeadMs = deadlineAfter(service.deadlines, firstHeadMs);
    if (service.options.maxConnectionMs !== null)
      this.#overMs = service.deadlines.nowMs + service.options.maxConnectionMs;
    service.deadlines.add(this);
    service.stats.connections.increment();
    service.stats.connectionsActive.add(1);
    socket.on('data', (bytes: Buffer) => this.#onData(bytes));
    socket.on('drain', () => this.#onDrain());
    socket.on('end', () => this.#onClientGone());
    socket.on('error', () => this.#onClientGone());
    socket.on('close', () => this.#onClosed());
  }

  get closing(): boolean {
    const max = this.#service.options.requestsPerConnectionMax;
    return this.#draining || this.#parser.close || (max > 0 && this.#requests >= max);
  }

  get congested(): boolean {
    return this.#socket.writableNeedDrain;
  }

  /** Ends the connection after the exchange that runs, or now. */
  drain(): void {
    this.#draining = true;
    if (this.#exchange === null && !this.#lingering && !this.#parser.started) this.#linger();
  }

  destroy(): void {
    this.#socket.destroy();
    this.#onClosed();
  }

  write(text: string): void {
    this.#out += text;
  }

  writeBytes(bytes: Buffer, start: number, end: number): void {
    if (end - start <= TOGETHER_BYTES) {
      this.#out += latin1(bytes, start, end);
      return;
    }
    this.#socket.cork();
    this.#writeOut();
    this.#socket.write(bytes.subarray(start, end));
    this.#socket.uncork();
  }

  flush(): boolean {
    this.#writeOut();
    return this.#socket.writableLength > 0;
  }

  readBodyAtHand(): void {
    this.#consumeParked();
  }

  pauseRequest(): void {
    this.#socket.pause();
  }

  resumeRequest(): void {
    if (this.#closed) return;
    this.#consumeParked();
    this.#readOn();
  }

  onExchangeDone(exchange: object, outcome: ExchangeOutcome): void {
    if (this.#exchange !== exchange) return;
    this.#exchange = null;
    this.#bodyKind = NO_BODY;
    this.#requestDeadlineMs = NEVER;
    if (this.#closed) return;
    if (outcome === 'abort') {
      this.destroy();
      return;
    }
    if (outcome === 'close') {
      this.#linger();
      return;
    }
    if (this.#isOver) {
      this.#linger();
      return;
    }
    this.#deadlineMs = deadlineAfter(this.#service.deadlines, this.#service.options.idleTimeoutMs);
    this.#parser.reset();
    if (this.#consuming) return;
    this.flush();
    this.#consumeParked();
    this.#readOn();
  }

  /** Most exchanges stop nothing, and a needless `resume` costs a turn of the loop. */
  #readOn(): void {
    if (this.#parked === null && this.#socket.isPaused()) this.#socket.resume();
  }

  checkDeadline(nowMs: number): void {
    try {
      this.#judgeTime(nowMs);
    } catch (error) {
      this.onBug(error);
    }
  }

  /**
   * A connection on which nothing has come by then ends; any other is given time for a last request, whose answer says so (Envoy:
   * conn_manager_impl.cc, onConnectionDurationTimeout).
   */
  #expire(nowMs: number): void {
    const { drainMs } = this.#service.options;
    if (this.#isAdmitted && !this.#draining && drainMs > 0) {
      this.#draining = true;
      this.#overMs = nowMs + drainMs;
    } else {
      this.#overMs = NEVER;
      this.#isOver = true;
      this.drain();
    }
  }

  #judgeTime(nowMs: number): void {
    if (nowMs >= this.#overMs) this.#expire(nowMs);
    if (this.#exchange !== null) {
      const isLate =
        nowMs >= this.#requestDeadlineMs && this.#requestDeadlineMs < this.#exchange.limits.endMs;
      const late = isLate ? this.#lateness(this.#exchange) : null;
      if (late === null) this.#exchange.checkDeadline(nowMs);
      else {
        this.#service.stats.countTimeout(late.details);
        this.#exchange.refuse(late);
      }
      this.flush();
      return;
    }
    if (nowMs >= this.#firstHeadMs && this.#requests === 0 && !this.#lingering) {
      this.destroy();
      return;
    }
    if (nowMs < this.#deadlineMs) return;
    if (this.#parser.started && !this.#lingering) this.#refuseLateHead();
    else this.destroy();
  }

  /** Nothing is known of a head that is not whole, whatever of it has come (Envoy: conn_manager_impl.cc). */
  #refuseLateHead(): void {
    const { options, stats } = this.#service;
    const { refusal } = headLimitOf(options);
    stats.countTimeout(refusal.details);
    const request = this.#received();
    forgetHead(request);
    this.#refuse(refusal, request);
  }

  /** A request without a body is not over either before its filters have decided (Envoy: filter_manager.cc, maybeEndDecode). */
  #lateness({ requestDone, state }: Exchange): Refusal | null {
    if (!requestDone) return REFUSAL.requestTimeout;
    return state === 'decide' ? REFUSAL.decisionTimeout : null;
  }

  #onData(bytes: Buffer): void {
    try {
      this.#receive(bytes);
    } catch (error) {
      this.onBug(error);
    }
  }

  /** An error of the gate's own must not be more than the end of one connection. */
  onBug(error: unknown): void {
    this.#service.reportBug(error);
    this.#consuming = false;
    this.destroy();
  }

  #receive(bytes: Buffer): void {
    if (!this.#isAdmitted && !this.#admit()) return;
    if (this.#lingering) {
      this.#lingerBytes += bytes.length;
      if (this.#lingerBytes > LINGER_BYTES_MAX) this.destroy();
    } else if (this.#parked !== null) {
      this.#parked = Buffer.concat([this.#parked, bytes]);
      this.#socket.pause();
    } else {
      this.#consume(bytes);
    }
  }

  /** A client that is refused gets no answer; where that is asked for it gets it late. */
  #admit(): boolean {
    this.#isAdmitted = true;
    if (this.#service.options.maxConnectionMs === 0) {
      this.destroy();
      return false;
    }
    const { guards = [] } = this.#slot;
    const refusal = guards.length === 0 ? null : askGuards(guards, this.info, null);
    if (refusal === null) return true;
    if (refusal.delayMs === 0) this.destroy();
    else this.#destroyAfter(refusal.delayMs);
    return false;
  }

  #destroyAfter(delayMs: number): void {
    this.#lingering = true;
    this.#socket.pause();
    setTimeout(() => this.destroy(), delayMs).unref();
  }

  #onDrain(): void {
    try {
      if (this.#exchange !== null) this.#exchange.onClientDrain();
      else this.resumeRequest();
    } catch (error) {
      this.onBug(error);
    }
  }

  #consumeParked(): void {
    const parked = this.#parked;
    if (parked === null || this.#consuming || this.#lingering) return;
    this.#parked = null;
    this.#consume(parked);
  }

  /** Works through bytes as far as they can be used now; the rest is parked. */
  #consume(bytes: Buffer): void {
    this.#consuming = true;
    const end = bytes.length;
    let at = 0;
    while (at < end && at >= 0) {
      if (this.#closed || this.#lingering) break;
      if (this.#exchange === null) {
        if (this.#socket.writableNeedDrain) at = this.#park(bytes, at);
        else at = this.#readHead(bytes, at, end);
      } else if (this.#bodyKind !== NO_BODY && this.#exchange.acceptsBody) {
        at = this.#readBody(this.#exchange, bytes, at, end);
      } else {
        at = this.#park(bytes, at);
      }
    }
    this.#consuming = false;
    if (this.#closed) return;
    this.#exchange?.flushRequest();
    this.flush();
  }

  #park(bytes: Buffer, at: number): number {
    this.#parked = at === 0 ? bytes : bytes.subarray(at);
    this.#socket.pause();
    return -1;
  }

  #readHead(bytes: Buffer, start: number, end: number): number {
    const parser = this.#parser;
    const first = !parser.started;
    if (first) this.startedMs = this.#service.deadlines.nowMs;
    const at = parser.parse(bytes, start, end);
    if (at >= 0) {
      if (mistakesTransport(parser, this.info, this.#service.options)) this.#refuse(REFUSAL.schemeMismatch);
      else this.#begin();
      return at;
    }
    if (at === REFUSED) this.#refuse(parser.refusal as Refusal);
    else if (at === INCOMPLETE && first) {
      this.#deadlineMs = this.startedMs + headLimitOf(this.#service.options).ms;
    }
    return -1;
  }

  #begin(): void {
    const parser = this.#parser;
    const { service } = this.#slot;
    this.#service = service;
    this.#requests++;
    this.#bodyRemaining = parser.contentLength;
    this.#bodyKind = parser.chunked ? CHUNKED : parser.contentLength > 0 ? LENGTH : NO_BODY;
    const request = this.#received();
    const framing = this.#bodyKind === NO_BODY ? 'none' : this.#bodyKind === CHUNKED ? 'chunked' : 'length';
    if (this.#bodyKind !== NO_BODY) this.#decoder.reset();
    const { requestTimeoutMs } = service.options;
    if (requestTimeoutMs > 0) this.#requestDeadlineMs = this.startedMs + requestTimeoutMs;
    const exchange = new Exchange(service, this, request, framing);
    this.#exchange = exchange;
    exchange.start();
  }

  #readBody(exchange: Exchange, bytes: Buffer, start: number, end: number): number {
    if (this.#bodyKind === LENGTH) {
      const at = Math.min(end, start + this.#bodyRemaining);
      this.#bodyRemaining -= at - start;
      exchange.onRequestBody(bytes, start, at);
      if (this.#bodyRemaining === 0) this.#endBody(exchange);
      return at;
    }
    const decoder = this.#decoder;
    const at = decoder.decode(bytes, start, end, this);
    if (decoder.refusal !== null) {
      exchange.refuse(decoder.refusal);
      return -1;
    }
    if (decoder.done) this.#endBody(exchange);
    return at;
  }

  /** Bytes of a chunked body, out of their chunks. */
  onBody(bytes: Buffer, start: number, end: number): void {
    this.#exchange?.onRequestBody(bytes, start, end);
  }

  #endBody(exchange: Exchange): void {
    this.#bodyKind = NO_BODY;
    this.#requestDeadlineMs = NEVER;
    if (!exchange.closed) exchange.onRequestEnd();
  }

  /** Refuses a head that cannot be read; the reply goes the way of all replies, with as much of the head as there is. */
  #refuse(refusal: Refusal, request = this.#received()): void {
    const exchange = new Exchange(this.#service, this, request, 'none');
    this.#exchange = exchange;
    if (refusal === REFUSAL.upgrade) exchange.start(refusal);
    else exchange.refuseUnread(refusal);
  }

  #received(): ReceivedRequest {
    return new ReceivedRequest(this.#parser);
  }

  /** Sends what is left and then closes, leaving the client time to read: a close at once could cut the reply off. */
  #linger(): void {
    this.flush();
    this.#lingering = true;
    this.#parked = null;
    this.#deadlineMs = this.#service.deadlines.nowMs + this.#service.options.delayedCloseMs;
    this.#socket.end();
    this.#socket.resume();
  }

  #writeOut(): void {
    if (this.#out === '') return;
    this.#socket.write(this.#out, 'latin1');
    this.#out = '';
  }

  /** A client that half-closes has left, as in Envoy. */
  #onClientGone(): void {
    this.#loseClient();
    if (!this.#lingering) this.destroy();
  }

  /** Ends the exchange that runs. Sockets' events come from nobody who could catch an error. */
  #loseClient(): void {
    try {
      this.#exchange?.onClientGone();
    } catch (error) {
      this.#service.reportBug(error);
    }
  }

  #onClosed(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#parked = null;
    this.#service.deadlines.remove(this);
    this.#service.stats.connectionsActive.add(-1);
    this.#loseClient();
    this.#keeper.onClosed(this);
  }
}
