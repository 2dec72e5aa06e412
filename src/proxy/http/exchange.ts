import type { Clock } from '../../base/index.ts';
import { type Chance, DrawnChance } from '../chance.ts';
import { withoutBlanks } from '../details-text.ts';
import {
  type ConnectionInfo,
  DynamicMetadata,
  type FilterResult,
  type HttpFilter,
  type LocalReply,
  type RequestBody,
  type ResponseHead,
} from '../filters/filter.ts';
import { encodeThrough, filtersFor, runFilters } from '../filters/run-filters.ts';
import type { Progress } from '../format/format-source.ts';
import type { ResponseFlag } from '../format/response-flags.ts';
import { rewriteForUpstream, rewriteRequest } from '../route/rewrite-request.ts';
import { routeReply } from '../route/route-reply.ts';
import type { ForwardAction, SelectedRoute } from '../route/selected-route.ts';
import { UpstreamConnection } from '../upstream/upstream-connection.ts';
import { bodyTooLarge } from './body-too-large.ts';
import type { ClientSide, ExchangeOutcome, ExchangeState } from './client-side.ts';
import { composeReply } from './compose-reply.ts';
import { ExchangeCourse } from './exchange-course.ts';
import { ExchangeLimits } from './exchange-limits.ts';
import { type ForwardedExchange, Forwarding } from './forwarding.ts';
import type { HeaderList } from './header-list.ts';
import type { HttpService } from './http-service.ts';
import { noteOwnFields } from './own-fields.ts';
import { firstRefusal, forgetUnlessRead, hasForwardedProto, prepareRequest } from './prepare-request.ts';
import { REFUSAL, type Refusal } from './refusal.ts';
import { type KeptRequest, keepRequest } from './refusal-watch.ts';
import { findIllegalField, type RequestFraming } from './render-request.ts';
import { renderLocalReply } from './render-response.ts';
import type { Replier } from './reply-fields.ts';
import { RequestBuffer } from './request-buffer.ts';
import type { RequestHead } from './request-head.ts';
import { markExpected, takeRouterFields } from './router-fields.ts';
import { detailsAfterStart, STREAM_ERROR, type StreamError } from './stream-error.ts';
import { markTracing } from './trace-reason.ts';
import { unsendableReply } from './unsendable-reply.ts';

const CAME_WHOLE: ReadonlySet<Refusal> = new Set([REFUSAL.asterisk, REFUSAL.decisionTimeout]);
/** Of what has no codec's details. */
const PROTOCOL_ERRORS: ReadonlySet<Refusal> = new Set([REFUSAL.oldVersion, REFUSAL.http2]);
const NO_HEADERS: LocalReply['headers'] = [];
const ONE_ATTEMPT: LocalReply['headers'] = [['x-envoy-attempt-count', '1']];

/** One request and its response, from the head's last byte to the response's. It ends by `finish`, once. */
export class Exchange implements ForwardedExchange {
  readonly request: RequestHead;
  readonly recorder = null;
  state: ExchangeState = 'head';
  toldOperation: string | null | undefined = undefined;
  metadataIfAny: DynamicMetadata | null = null;
  filterStateIfAny: Map<string, string> | null = null;
  /** The request's body has come to its end. */
  requestDone: boolean;
  readonly service: HttpService;
  readonly client: ClientSide;
  readonly limits: ExchangeLimits;
  /** Only where somebody asks for it. */
  readonly course: ExchangeCourse | null;
  #route: SelectedRoute | null = null;
  #routeCleared = false;
  readonly #framing: RequestFraming;
  readonly #receivedPath: string;
  readonly #receivedHost: string;
  readonly #isHead: boolean;
  /** Those that run on this exchange; none before there is a route. */
  #filters: readonly HttpFilter[] = [];
  /** null: the request is not on its way to an upstream. */
  #forwarding: Forwarding | null = null;
  #abort: AbortController | null = null;
  #requestPaused = false;
  /** Only where a filter looks at the body. */
  #buffer: RequestBuffer | null = null;
  #dropsBody = false;
  /** Only where refusals are explained. */
  #kept: KeptRequest | null = null;
  /** Only where something is drawn. */
  #chance: DrawnChance | null = null;

  constructor(service: HttpService, client: ClientSide, request: RequestHead, framing: RequestFraming) {
    this.service = service;
    this.client = client;
    this.request = request;
    this.#framing = framing;
    this.#receivedPath = request.path;
    this.#receivedHost = request.authority;
    this.#isHead = request.method === 'HEAD';
    this.requestDone = framing === 'none';
    this.limits = new ExchangeLimits(service.deadlines, service.options, client.startedMs);
    this.course = service.keepsCourse ? new ExchangeCourse(this, service.surroundings, service.clock) : null;
    if (this.requestDone) this.course?.requestEnded();
  }

  get connection(): ConnectionInfo {
    return this.client.info;
  }

  get progress(): Progress | undefined {
    return this.course ?? undefined;
  }

  get clock(): Clock {
    return this.service.clock;
  }

  get chance(): Chance {
    this.#chance ??= new DrawnChance();
    return this.#chance;
  }

  get closed(): boolean {
    return this.state === 'done';
  }

  get metadata(): DynamicMetadata {
    this.metadataIfAny ??= new DynamicMetadata();
    return this.metadataIfAny;
  }

  get body(): RequestBody | null {
    if (this.#framing !== 'none') this.#buffer ??= this.#createBuffer();
    return this.#buffer;
  }

  /** Body bytes can be taken. */
  get acceptsBody(): boolean {
    return this.#dropsBody || (this.#forwarding !== null && !this.#requestPaused) || this.#gathersBody;
  }

  get #gathersBody(): boolean {
    return this.#buffer?.gathers === true;
  }

  signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.closed) this.#abort.abort();
    return this.#abort.signal;
  }

  get route(): SelectedRoute | null {
    if (this.#routeCleared) this.#chooseAgain();
    return this.#route;
  }

  clearRouteCache(): void {
    this.#routeCleared = true;
  }

  #chooseAgain(): void {
    this.#routeCleared = false;
    this.#route = hasForwardedProto(this.request) ? this.#selectRoute() : null;
    this.#markTracing();
  }

  #markTracing(): void {
    const { tracing } = this.service.options;
    if (tracing !== null) markTracing(this, tracing);
  }

  #selectRoute(): SelectedRoute | null {
    const route = this.service.routes.select(this.request, null, this);
    if (route?.action.kind === 'cluster') this.limits.follow(route.action.limits, this.request.headers);
    return route;
  }

  /**
   * Decides what becomes of the request. Without a filter that waits this is one synchronous run to the upstream's socket.
   * @param unserved why its route will not serve it, whatever the filters would say
   */
  start(unserved: Refusal | null = null): void {
    const service = this.service;
    this.#count();
    if (service.refusals !== null) this.#kept = keepRequest(this.request);
    const preparation = prepareRequest(this.request, this.client.info, service.options);
    this.request.headers.markReceived();
    this.state = 'decide';
    if (preparation !== null) {
      if (hasForwardedProto(this.request)) this.#route = this.#selectRoute();
      this.#filters = filtersFor(service.filters, this);
      if ('redirect' in preparation) this.#redirect(preparation.redirect);
      else this.#refuseHead(preparation);
      return;
    }
    if (this.request.unroutable !== true) this.#route = this.#selectRoute();
    this.#markTracing();
    this.#filters = filtersFor(service.filters, this);
    if (unserved !== null) {
      this.refuse(unserved);
      return;
    }
    const result = runFilters(this.#filters, this);
    if (result instanceof Promise) this.#wait(result);
    else this.#decided(result);
  }

  /** Refuses a request whose head could not be read to its end: without a route, yet the filters see the reply, as in Envoy. */
  refuseUnread(refusal: Refusal): void {
    this.#count();
    const first = firstRefusal(refusal, this.request, this.connection, this.service.options);
    if (first === REFUSAL.fragment && hasForwardedProto(this.request)) {
      this.#route = this.#selectRoute();
    }
    this.#filters = filtersFor(this.service.filters, this);
    this.#refuseHead(first);
  }

  #refuseHead(refusal: Refusal): void {
    forgetUnlessRead(refusal, this.request);
    this.refuse(refusal);
  }

  #count(): void {
    const { stats } = this.service;
    stats.requests.increment();
    stats.requestsActive.add(1);
  }

  /** Body bytes of the request. */
  onRequestBody(bytes: Buffer, start: number, end: number): void {
    this.limits.noteActivity();
    if (this.course !== null) this.course.bytesReceived += end - start;
    if (this.#gathersBody) this.#buffer?.add(bytes, start, end);
    else if (this.#forwarding?.writeBody(bytes, start, end) === false) this.#pauseRequest();
  }

  onRequestEnd(): void {
    this.#buffer?.settle(true);
    if (this.closed) return;
    this.requestDone = true;
    this.#forwarding?.endRequest();
    this.course?.requestEnded();
  }

  /** All that one read brought has been handed over. */
  flushRequest(): void {
    this.#buffer?.settle(false);
    if (this.#forwarding?.flushRequest() === false && !this.requestDone) this.#pauseRequest();
  }

  /** The client's side can take more. */
  onClientDrain(): void {
    this.#forwarding?.onClientDrain();
  }

  /** The client has left. */
  onClientGone(): void {
    this.service.stats.clientAborts.increment();
    this.#note('downstream_remote_disconnect', 'DC');
    this.finish('abort');
  }

  /** Refuses a request that is broken; its connection is of no further use, but for one that came whole. A codec's refusal is not told in gRPC's words. */
  refuse(refusal: Refusal): void {
    const isCodec = refusal.details.startsWith('http1.');
    if (isCodec || PROTOCOL_ERRORS.has(refusal)) this.service.stats.protocolErrors.increment();
    if (this.state === 'respond') {
      this.#note(refusal.details, isCodec ? 'DPE' : null);
      this.finish('abort');
      return;
    }
    const { status, body, details, flag } = refusal;
    if (flag !== undefined) this.course?.addFlag(flag);
    const reply = { status, body, headers: NO_HEADERS, details };
    this.#reply(reply, isCodec ? 'codec' : 'other', !CAME_WHOLE.has(refusal));
  }

  checkDeadline(nowMs: number): void {
    const error = this.limits.exceeded(nowMs, this);
    if (error === null) return;
    if (error.code === 'route_timeout') this.#forwarding?.countTimeout();
    this.service.stats.countTimeout(error.details);
    this.fail(error);
  }

  fail(error: StreamError): void {
    if (this.state === 'respond') {
      this.#note(detailsAfterStart(error), error.flag);
      this.finish('abort');
    } else this.#replyError(error);
  }

  encode(response: ResponseHead): void {
    encodeThrough(this.#filters, this, response);
  }

  onUpstreamDrain(): void {
    if (!this.#requestPaused) return;
    this.#requestPaused = false;
    this.client.resumeRequest();
  }

  /** Ends the exchange, whatever state it is in; what comes after the first call has no effect. */
  finish(outcome: ExchangeOutcome): void {
    if (this.state === 'done') return;
    this.state = 'done';
    this.service.stats.requestsActive.add(-1);
    const forwarding = this.#forwarding;
    this.#forwarding = null;
    forwarding?.abandon();
    this.#abort?.abort();
    this.#buffer?.drop();
    if (this.course !== null) this.#log(this.course);
    this.client.onExchangeDone(this, outcome);
  }

  /** A filter waits for something from outside. Its late answer to an exchange that has ended means nothing. */
  #wait(result: Promise<FilterResult>): void {
    this.limits.noteWaiting();
    if (!this.#gathersBody) this.#pauseRequest();
    result
      .then((reply) => this.#resume(reply))
      .catch((error: unknown) => {
        if (!this.closed) this.client.onBug(error);
      });
  }

  #resume(reply: FilterResult): void {
    if (this.closed) return;
    this.#requestPaused = false;
    if (this.#endsLate()) return;
    if (reply !== undefined) this.#dropBodyAtHand();
    if (this.closed) return;
    this.#decided(reply);
    if (this.closed) return;
    this.flushRequest();
    this.client.resumeRequest();
  }

  /** What comes after the end of the exchange's time is too late, though no tick has said so yet. */
  #endsLate(): boolean {
    const { nowMs } = this.service.deadlines;
    if (nowMs < this.limits.endMs) return false;
    this.checkDeadline(nowMs);
    this.client.flush();
    return this.closed;
  }

  /** A request that has come whole while a filter waited does not cost its connection, whatever is answered. */
  #dropBodyAtHand(): void {
    if (this.requestDone) return;
    this.#dropsBody = true;
    this.client.readBodyAtHand();
  }

  #decided(reply: FilterResult): void {
    if (reply !== undefined) {
      this.#reply(reply, reply.asIs ? 'as-is' : 'other');
      return;
    }
    const { route } = this;
    const { stats, options } = this.service;
    const own = routeReply(route, this, !options.suppressEnvoyHeaders);
    if (own !== undefined) {
      (route === null ? stats.noRoute : stats.directResponses).increment();
      this.#reply(own, 'route');
    } else if (route?.action.kind === 'cluster') this.#forward(route, route.action);
  }

  #forward(route: SelectedRoute, action: ForwardAction): void {
    if (this.#endsLate()) return;
    const { timeoutMs } = action;
    const { request } = this;
    const cluster = this.service.clusters.get(action.cluster);
    if (cluster === undefined) {
      this.service.stats.noCluster.increment();
      this.#replyError({ ...STREAM_ERROR.noCluster, status: action.notFoundStatus });
      return;
    }
    const said = takeRouterFields(request.headers, timeoutMs);
    const marksOriginal = !this.service.options.suppressEnvoyHeaders;
    if (marksOriginal) markExpected(request.headers, timeoutMs, said);
    if (this.course !== null) this.course.attempts = 1;
    rewriteRequest(this, route, action, marksOriginal);
    const illegal = findIllegalField(request, this.#receivedPath, this.#receivedHost);
    if (illegal !== null) {
      this.course?.addFlag('DPE');
      this.#reply(unsendableReply(illegal));
      return;
    }
    const upstream = cluster.acquire();
    if (!(upstream instanceof UpstreamConnection)) {
      this.#replyError(upstream);
      return;
    }
    const forwarding = new Forwarding(this, cluster, upstream);
    this.#forwarding = forwarding;
    this.state = 'forward';
    if (action.hostByUpstream) rewriteForUpstream(this, action, upstream.host.hostName, marksOriginal);
    this.course?.sentTo(upstream);
    this.limits.limitResponse(timeoutMs, said);
    forwarding.begin(this.#framing, this.#takeHeld());
  }

  /** What has been held back of the request's body for filters; null: nothing was. */
  #takeHeld(): Buffer | null {
    const buffer = this.#buffer;
    this.#buffer = null;
    return buffer === null ? null : buffer.take();
  }

  #createBuffer(): RequestBuffer {
    return new RequestBuffer(this.service.bodyBytesMax, {
      isWhole: () => this.requestDone,
      letCome: () => {
        this.#requestPaused = false;
        this.client.resumeRequest();
      },
      holdBack: () => this.#pauseRequest(),
      refuse: () => {
        this.service.stats.requestsTooLarge.increment();
        this.#reply(bodyTooLarge());
      },
    });
  }

  #redirect(location: string): void {
    const headers = [['location', location]] as const;
    this.#reply({ status: 307, body: '', headers, details: 'path_normalization_failed' });
  }

  #replyError(error: StreamError): void {
    const { status, body, details, flag, grpcStatus, cause = '' } = error;
    if (this.course !== null && flag !== null) {
      this.course.addFlag(flag);
      if (flag === 'UF') this.course.transportFailure = withoutBlanks(cause);
    }
    const isCounted =
      this.route?.countsAttempts?.response === true && flag !== null && flag !== 'NC' && flag !== 'SI';
    const headers = isCounted ? ONE_ATTEMPT : NO_HEADERS;
    this.#reply({ status, body, headers, details, ...(grpcStatus === undefined ? {} : { grpcStatus }) });
  }

  /** @param closes the connection is of no further use */
  #reply(local: LocalReply, replier: Replier = 'other', closes = false): void {
    const replied = { stream: this, filters: this.#filters, course: this.course, isHead: this.#isHead };
    const { told, reply } = composeReply(this.service, replied, local, replier);
    const { headers, bodiless } = reply;
    if (this.#kept !== null && told.status >= 400) this.#nameRefusal(this.#kept, told, headers);
    const close = closes || !this.requestDone || this.client.closing;
    this.service.stats.countStatus(reply.status);
    const readsChunks = local.details !== REFUSAL.oldVersion.details;
    this.client.write(renderLocalReply(this.service, { ...reply, readsChunks, close }));
    if (this.course !== null) {
      this.course.status = reply.status;
      this.course.bytesSent = bodiless ? 0 : reply.body.length;
      if (replier === 'codec') this.course.addFlag('DPE');
      noteOwnFields(this.service, headers, reply.body);
    }
    this.finish(close ? 'close' : 'keep');
  }

  #nameRefusal(kept: KeptRequest, reply: { status: number; body: string }, headers: HeaderList): void {
    const { refusals } = this.service;
    const drawn = this.#chance?.drawn;
    const id = refusals?.refused({ ...kept, drawn }, this.client.info, reply) ?? null;
    if (id !== null && refusals?.namesReplies === true) headers.set('x-jotgate-why', id);
  }

  /** For the log, where an exchange ends without a reply. */
  #note(details: string, flag: ResponseFlag | null): void {
    if (this.course === null) return;
    this.course.details = details;
    if (flag !== null) this.course.addFlag(flag);
  }

  #log(course: ExchangeCourse): void {
    const { accessLog } = this.service;
    if (accessLog === null) return;
    course.ended();
    accessLog.write(this);
  }

  #pauseRequest(): void {
    if (this.#requestPaused) return;
    this.#requestPaused = true;
    this.client.pauseRequest();
  }
}
