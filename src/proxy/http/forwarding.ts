import type { FilterStream, ResponseHead } from '../filters/filter.ts';
import { applyHeaderMutations } from '../route/header-mutation.ts';
import type { Cluster } from '../upstream/cluster.ts';
import type { UpstreamConnection } from '../upstream/upstream-connection.ts';
import type { BodyEnd, UpstreamConsumer } from '../upstream/upstream-consumer.ts';
import type { ClientSide, ExchangeOutcome, ExchangeState } from './client-side.ts';
import type { ExchangeCourse } from './exchange-course.ts';
import type { ExchangeLimits } from './exchange-limits.ts';
import type { HttpService } from './http-service.ts';
import { noteOwnFields } from './own-fields.ts';
import { appendVia } from './prepare-request.ts';
import { type RequestFraming, renderRequestHead } from './render-request.ts';
import { renderResponseHead } from './render-response.ts';
import { tellRequestId } from './request-id.ts';
import type { ResponseParser } from './response-parser.ts';
import type { StreamError } from './stream-error.ts';
import { tellOperation } from './trace-reason.ts';

/** The exchange whose request is forwarded. */
export interface ForwardedExchange extends FilterStream {
  state: ExchangeState;
  readonly requestDone: boolean;
  readonly service: HttpService;
  readonly client: ClientSide;
  readonly limits: ExchangeLimits;
  /** null: nobody asks for it. */
  readonly course: ExchangeCourse | null;
  /** Shows the response's head to the filters. */
  encode(response: ResponseHead): void;
  /** The upstream can take more of the request's body. */
  onUpstreamDrain(): void;
  /** Ends the exchange by an error. */
  fail(error: StreamError): void;
  finish(outcome: ExchangeOutcome): void;
}

/** What goes between one exchange and its upstream: the request there, the response back. */
export class Forwarding implements UpstreamConsumer {
  readonly #exchange: ForwardedExchange;
  readonly #cluster: Cluster;
  /** null once it is not the exchange's any more. */
  #upstream: UpstreamConnection | null;
  readonly #sentAt = performance.now();
  #chunked = false;
  #paused = false;
  /** The client's connection is closed after the response. */
  #closes = false;

  constructor(exchange: ForwardedExchange, cluster: Cluster, upstream: UpstreamConnection) {
    this.#exchange = exchange;
    this.#cluster = cluster;
    this.#upstream = upstream;
  }

  /** Sends the request's head. @param held what has been held back of its body for filters; null: nothing was */
  begin(framing: RequestFraming, held: Buffer | null): void {
    const { request, requestDone } = this.#exchange;
    const upstream = this.#upstream as UpstreamConnection;
    const head = renderRequestHead(request, framing);
    upstream.begin(this, head, request.method === 'HEAD', framing === 'chunked');
    if (held !== null) upstream.writeBody(held, 0, held.length);
    if (requestDone) this.endRequest();
    if (framing === 'none') upstream.flushRequest();
  }

  /** Adds bytes of the request's body. @returns false: no more for now, until `onUpstreamDrain` */
  writeBody(bytes: Buffer, start: number, end: number): boolean {
    return this.#upstream === null || this.#upstream.writeBody(bytes, start, end);
  }

  /** The request is whole. */
  endRequest(): void {
    this.#upstream?.endRequest();
    this.#exchange.limits.startWaiting();
  }

  /** Sends what has been added. @returns false: no more for now, until `onUpstreamDrain` */
  flushRequest(): boolean {
    return this.#upstream === null || this.#upstream.flushRequest();
  }

  /** The client can take more of the response. */
  onClientDrain(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#upstream?.resume();
  }

  countTimeout(): void {
    this.#cluster.stats.requestTimeouts.increment();
  }

  /** The exchange has ended. */
  abandon(): void {
    const upstream = this.#upstream;
    this.#upstream = null;
    upstream?.abandon();
  }

  onResponseHead(parser: ResponseParser, body: BodyEnd): void {
    const exchange = this.#exchange;
    const { service, client, course } = exchange;
    const { status, headers } = parser;
    exchange.state = 'respond';
    exchange.limits.noteActivity();
    this.#cluster.stats.countStatus(status);
    service.stats.countStatus(status);
    course?.responded(status, headers, this.#upstream);
    this.#changeFields(exchange, { status, headers });
    this.#closes = !exchange.requestDone || client.closing;
    this.#chunked = body === 'chunked' || body === 'close';
    const chunked = this.#chunked || this.#saysChunked(parser);
    client.write(renderResponseHead(service, { status, headers, chunked, close: this.#closes }));
    if (course !== null) noteOwnFields(service, headers, null);
  }

  #changeFields(exchange: ForwardedExchange, response: ResponseHead): void {
    const { route, service } = exchange;
    const { headers } = response;
    const { suppressEnvoyHeaders, via, tellsRequestId } = service.options;
    const upstreamMs = Math.trunc(performance.now() - this.#sentAt);
    if (!suppressEnvoyHeaders) headers.set('x-envoy-upstream-service-time', String(upstreamMs));
    if (route !== null) {
      if (route.responseHeaders.length > 0) applyHeaderMutations(headers, route.responseHeaders, exchange);
      if (route.countsAttempts?.response) headers.set('x-envoy-attempt-count', '1');
    }
    exchange.encode(response);
    if (tellsRequestId) tellRequestId(headers, exchange.request, true);
    tellOperation(headers, exchange);
    if (via !== '') appendVia(headers, via);
  }

  /** A response to HEAD tells of the framing that the body of GET would have. */
  #saysChunked({ status, contentLength }: ResponseParser): boolean {
    const { method } = this.#exchange.request;
    return method === 'HEAD' && contentLength < 0 && status !== 204 && status !== 304;
  }

  onBody(bytes: Buffer, start: number, end: number): void {
    if (end === start) return;
    const { client, limits, course } = this.#exchange;
    limits.noteActivity();
    if (course !== null) course.bytesSent += end - start;
    if (this.#chunked) {
      client.write(`${(end - start).toString(16)}\r\n`);
      client.writeBytes(bytes, start, end);
      client.write('\r\n');
    } else {
      client.writeBytes(bytes, start, end);
    }
  }

  onResponseEnd(): void {
    const exchange = this.#exchange;
    this.#upstream = null;
    if (this.#chunked) exchange.client.write('0\r\n\r\n');
    exchange.finish(exchange.requestDone && !this.#closes ? 'keep' : 'close');
  }

  onUpstreamFailure(error: StreamError): void {
    this.#upstream = null;
    this.#exchange.fail(error);
  }

  onBug(error: unknown): void {
    this.#upstream = null;
    this.#exchange.client.onBug(error);
  }

  onUpstreamDrain(): void {
    this.#exchange.onUpstreamDrain();
  }

  flushResponse(): boolean {
    const { client } = this.#exchange;
    const held = client.flush();
    if (this.#upstream !== null && client.congested && !this.#paused) {
      this.#paused = true;
      this.#upstream.pause();
    }
    return held;
  }
}
