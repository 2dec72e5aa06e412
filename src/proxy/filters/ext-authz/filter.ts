import type { MetadataMatcher } from '../../../core/match/index.ts';
import type { HeaderList } from '../../http/header-list.ts';
import type { SelectedRoute } from '../../route/selected-route.ts';
import type { FilterResult, FilterStream, HttpFilter, ResponseHead, UpstreamCaller } from '../filter.ts';
import type { Fraction } from '../fraction.ts';
import {
  addClientLines,
  changeRequest,
  clientLines,
  denialReply,
  errorReply,
  metadataOf,
} from './apply-answer.ts';
import { type Answer, askService, type ServiceSettings } from './service.ts';
import type { ExtAuthzStats } from './stats.ts';

export interface ExtAuthzParts {
  origin: object;
  service: ServiceSettings;
  enabled: Fraction;
  enabledMetadata: MetadataMatcher | null;
  deniesWhereDisabled: boolean;
  allowsOnFailure: boolean;
  tellsOfFailure: boolean;
  statusOnError: number;
  clearsRoute: boolean;
  writesMetadata: boolean;
  stats: ExtAuthzStats;
}

const NAMESPACE = 'envoy.filters.http.ext_authz';

/** `envoy.filters.http.ext_authz`: lets another service decide, over HTTP (Envoy: ext_authz.cc). */
export class ExtAuthzFilter implements HttpFilter {
  readonly kind = 'ext_authz';
  readonly origin: object;
  readonly #parts: ExtAuthzParts;
  readonly #isOffOn: (route: SelectedRoute | null) => boolean;
  readonly #upstreams: UpstreamCaller | null;
  readonly #clientLines = new WeakMap<FilterStream, readonly (readonly [string, string])[]>();

  /** @param isOffOn whether a route does without the filter */
  constructor(
    parts: ExtAuthzParts,
    isOffOn: (route: SelectedRoute | null) => boolean,
    upstreams: UpstreamCaller | null,
  ) {
    this.origin = parts.origin;
    this.#parts = parts;
    this.#isOffOn = isOffOn;
    this.#upstreams = upstreams;
  }

  decodeHeaders(stream: FilterStream): FilterResult | Promise<FilterResult> {
    const { route, recorder } = stream;
    if (route === null || this.#isOffOn(route)) {
      recorder?.note(route === null ? 'nobody is asked where no route matches' : 'the route does without');
      return undefined;
    }
    if (!this.#isEnabled(stream)) return this.#skip(stream);
    if (this.#upstreams !== null) return this.#ask(this.#upstreams, stream);
    recorder?.open('service', `cluster ${this.#parts.service.cluster}`, this.origin, 'http_service');
    recorder?.close('unknown', 'was not asked: the request goes on as if it had said yes');
    return undefined;
  }

  encodeHeaders(stream: FilterStream, { headers }: ResponseHead): void {
    const lines = this.#clientLines.get(stream);
    if (lines !== undefined) addClientLines(headers, lines);
  }

  #isEnabled({ metadataIfAny, recorder }: FilterStream): boolean {
    const { enabled, enabledMetadata } = this.#parts;
    return enabled.draw() && (enabledMetadata === null || enabledMetadata.matches(metadataIfAny, recorder));
  }

  #skip({ recorder }: FilterStream): FilterResult {
    const { stats, deniesWhereDisabled, statusOnError } = this.#parts;
    stats.disabled.increment();
    recorder?.note('not enabled for this request');
    return deniesWhereDisabled ? errorReply(statusOnError) : undefined;
  }

  async #ask(upstreams: UpstreamCaller, stream: FilterStream): Promise<FilterResult> {
    const startMs = stream.clock.now();
    const answer = await askService(this.#parts.service, upstreams, stream);
    return stream.closed ? undefined : this.#conclude(answer, stream.clock.now() - startMs, stream);
  }

  #conclude(answer: Answer, durationMs: number, stream: FilterStream): FilterResult {
    const { stats, service, allowsOnFailure, tellsOfFailure, statusOnError } = this.#parts;
    switch (answer.kind) {
      case 'allowed':
        stats.ok.increment();
        this.#admit(answer.headers, durationMs, stream);
        return undefined;
      case 'denied':
        stats.denied.increment();
        return denialReply(answer, service, durationMs);
      case 'error':
        stats.error.increment();
        if (!allowsOnFailure) return errorReply(statusOnError);
        stats.failureModeAllowed.increment();
        if (tellsOfFailure) stream.request.headers.append('x-envoy-auth-failure-mode-allowed', 'true');
        return undefined;
    }
  }

  #admit(answer: HeaderList, durationMs: number, stream: FilterStream): void {
    const { service, clearsRoute, writesMetadata } = this.#parts;
    const isChanged = changeRequest(stream.request.headers, answer, service);
    if (clearsRoute && isChanged) stream.clearRouteCache();
    const lines = clientLines(answer, service);
    if (lines.length > 0) this.#clientLines.set(stream, lines);
    const entries = writesMetadata ? metadataOf(answer, service) : [];
    if (entries.length === 0) return;
    for (const [key, value] of entries) stream.metadata.set(NAMESPACE, key, value);
    stream.metadata.set(NAMESPACE, 'ext_authz_duration', durationMs);
  }
}
