import type { MetadataMatcher } from '../../../core/match/index.ts';
import { bodyTooLarge } from '../../http/body-too-large.ts';
import type { HeadLimits } from '../../http/head-parser.ts';
import type { SelectedRoute } from '../../route/selected-route.ts';
import type {
  BodyWant,
  FilterResult,
  FilterStream,
  HttpFilter,
  LocalReply,
  RequestBody,
  ResponseHead,
  UpstreamCaller,
} from '../filter.ts';
import type { Fraction } from '../fraction.ts';
import type { Answer, Changes, ClientChanges, OwnReply } from './answer.ts';
import {
  changeLines,
  changeResponse,
  changesLines,
  changesQuery,
  changesRoute,
  isTooLarge,
} from './apply-changes.ts';
import type { Authorizer, ToldHeaders } from './authorizer.ts';
import { type BodySettings, supposeBody, type ToldBody, toldBody } from './body-settings.ts';
import { changeQuery } from './query-parameters.ts';
import type { RouteWord } from './route-settings.ts';
import type { ExtAuthzStats } from './stats.ts';

/** The filter's configuration, compiled. */
export interface ExtAuthzParts {
  origin: object;
  authorizer: Authorizer;
  told: ToldHeaders;
  /** What the service is told of bodies where no route says it; null: nothing. */
  body: BodySettings | null;
  bodyAsBytes: boolean;
  enabled: Fraction;
  enabledMetadata: MetadataMatcher | null;
  deniesWhereDisabled: boolean;
  allowsOnFailure: boolean;
  tellsOfFailure: boolean;
  statusOnError: number;
  clearsRoute: boolean;
  /** A change of what alone has the route chosen again; null: of anything. */
  clearingHeaders: ReadonlySet<string> | null;
  /** Bytes of the body of a refusal that the client gets; 0: all. */
  refusalBytesMax: number;
  /** What a request may have grown to by its answer. */
  headLimits: HeadLimits;
  writesMetadata: boolean;
  stats: ExtAuthzStats;
}

const NAMESPACE = 'envoy.filters.http.ext_authz';

/** `envoy.filters.http.ext_authz`: lets another service decide, over HTTP or gRPC (Envoy: ext_authz.cc). */
export class ExtAuthzFilter implements HttpFilter {
  readonly kind = 'ext_authz';
  readonly origin: object;
  readonly #parts: ExtAuthzParts;
  readonly #wordOf: (route: SelectedRoute) => RouteWord;
  readonly #upstreams: UpstreamCaller | null;
  readonly #clientChanges = new WeakMap<FilterStream, ClientChanges>();

  /** @param wordOf what a route and the levels around it say */
  constructor(
    parts: ExtAuthzParts,
    wordOf: (route: SelectedRoute) => RouteWord,
    upstreams: UpstreamCaller | null,
  ) {
    this.origin = parts.origin;
    this.#parts = parts;
    this.#wordOf = wordOf;
    this.#upstreams = upstreams;
  }

  decodeHeaders(stream: FilterStream): FilterResult | Promise<FilterResult> {
    const { route, recorder } = stream;
    const word = route === null ? null : this.#wordOf(route);
    if (word === null || word.isOff) {
      recorder?.note(word === null ? 'nobody is asked where no route matches' : 'the route does without');
      return undefined;
    }
    if (!this.#isEnabled(stream)) return this.#skip(stream);
    const authorizer = word.authorizer ?? this.#parts.authorizer;
    const want = word.body === 'own' ? this.#parts.body : word.body;
    if (this.#upstreams !== null) return this.#ask(authorizer, word, want, this.#upstreams, stream);
    if (want !== null && supposeBody(want, stream)) return bodyTooLarge();
    recorder?.open('service', `cluster ${authorizer.cluster}`, authorizer.origin, authorizer.field);
    recorder?.close('unknown', 'was not asked: the request goes on as if it had said yes');
    return undefined;
  }

  encodeHeaders(stream: FilterStream, { headers }: ResponseHead): void {
    const changes = this.#clientChanges.get(stream);
    if (changes !== undefined) changeResponse(headers, changes);
  }

  #isEnabled(stream: FilterStream): boolean {
    const { metadataIfAny, recorder } = stream;
    const { enabled, enabledMetadata } = this.#parts;
    return (
      enabled.draw(stream) && (enabledMetadata === null || enabledMetadata.matches(metadataIfAny, recorder))
    );
  }

  #skip({ recorder }: FilterStream): FilterResult {
    const { stats, deniesWhereDisabled, statusOnError } = this.#parts;
    stats.disabled.increment();
    recorder?.note('not enabled for this request');
    return deniesWhereDisabled ? errorReply(statusOnError) : undefined;
  }

  async #ask(
    authorizer: Authorizer,
    { extensions }: RouteWord,
    want: BodyWant | null,
    upstreams: UpstreamCaller,
    stream: FilterStream,
  ): Promise<FilterResult> {
    const body = want === null || stream.body === null ? null : await this.#gather(want, stream.body);
    if (stream.closed) return undefined;
    const startMs = stream.clock.now();
    const question = { told: this.#parts.told, extensions, body };
    const answer = await authorizer.ask(upstreams, stream, question);
    if (stream.closed) return undefined;
    this.#writeMetadata(answer, stream.clock.now() - startMs, stream);
    return this.#conclude(answer, stream);
  }

  async #gather(want: BodyWant, body: RequestBody): Promise<ToldBody | null> {
    const gathered = await body.gather(want);
    return gathered === null ? null : toldBody(gathered, this.#parts.bodyAsBytes);
  }

  #conclude(answer: Answer, stream: FilterStream): FilterResult {
    const { stats } = this.#parts;
    switch (answer.kind) {
      case 'allowed':
        return this.#admit(answer.changes, stream);
      case 'denied':
        stats.denied.increment();
        return inItsWords(this.#shortened(answer.reply), answer.reply.status, 'ext_authz_denied');
      case 'error':
        stats.error.increment();
        return this.#fail(answer.reply, stream);
      case 'invalid':
        return this.#reject();
    }
  }

  /** The client is told nothing where the lines are too much; where only the query is, it is (Envoy 1.40: ext_authz.cc, onComplete). */
  #admit(changes: Changes, stream: FilterStream): FilterResult {
    const { headLimits, clearsRoute, clearingHeaders, stats } = this.#parts;
    const { request } = stream;
    changeLines(request, changes);
    if (clearsRoute && changesRoute(changes, clearingHeaders)) stream.clearRouteCache();
    if (changesLines(changes) && isTooLarge(request, headLimits)) return this.#rejectOutgrown();
    this.#clientChanges.set(stream, changes.client);
    if (changesQuery(changes)) {
      request.path = changeQuery(request.path, changes.query);
      if (isTooLarge(request, headLimits)) return this.#rejectOutgrown();
    }
    stats.ok.increment();
    return undefined;
  }

  #rejectOutgrown(): FilterResult {
    this.#parts.stats.requestOutgrown.increment();
    return this.#reject();
  }

  #reject(): FilterResult {
    this.#parts.stats.invalid.increment();
    return { ...errorReply(INTERNAL_ERROR), details: 'ext_authz_invalid' };
  }

  #shortened(reply: OwnReply): OwnReply {
    const { refusalBytesMax: max } = this.#parts;
    return max === 0 || reply.body.length <= max ? reply : { ...reply, body: reply.body.slice(0, max) };
  }

  #fail(reply: OwnReply | undefined, stream: FilterStream): FilterResult {
    const { stats, allowsOnFailure, tellsOfFailure, statusOnError } = this.#parts;
    if (!allowsOnFailure) {
      return reply === undefined
        ? errorReply(statusOnError)
        : inItsWords(this.#shortened(reply), reply.status || statusOnError, 'ext_authz_error');
    }
    stats.failureModeAllowed.increment();
    if (tellsOfFailure) stream.request.headers.append('x-envoy-auth-failure-mode-allowed', 'true');
    return undefined;
  }

  #writeMetadata(answer: Answer, durationMs: number, stream: FilterStream): void {
    const entries = answer.kind === 'invalid' ? [] : (answer.metadata ?? []);
    if (entries.length === 0) return;
    if (!this.#parts.writesMetadata) {
      this.#parts.stats.ignoredMetadata.increment();
      return;
    }
    for (const [key, value] of entries) stream.metadata.set(NAMESPACE, key, value);
    if (answer.kind === 'allowed') stream.metadata.set(NAMESPACE, 'ext_authz_duration', durationMs);
  }
}

const INTERNAL_ERROR = 500;

const inItsWords = ({ body, headers }: OwnReply, status: number, details: string): LocalReply => ({
  status,
  body,
  headers,
  details,
});

/** No answer that counts. */
const errorReply = (status: number): LocalReply => ({
  status,
  body: '',
  headers: [],
  details: 'ext_authz_error',
});
