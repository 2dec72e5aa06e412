import { type Admission, isMade, type TokenBucket } from '../../../core/ratelimit/index.ts';
import type { HeaderList } from '../../http/header-list.ts';
import { applyHeaderMutations } from '../../route/header-mutation.ts';
import type { SelectedRoute } from '../../route/selected-route.ts';
import type { FilterResult, FilterStream, HttpFilter, LocalReply, ResponseHead } from '../filter.ts';
import type { Limit, LimitParts } from './limit.ts';

/** `envoy.filters.http.local_ratelimit`: lets in as many requests as there are tokens (Envoy: local_ratelimit.cc). */
export class LocalRateLimitFilter implements HttpFilter {
  readonly kind = 'local_ratelimit';
  readonly origin: object;
  readonly #own: Limit;
  readonly #routeLimit: (route: SelectedRoute | null) => Limit | undefined;
  /** The buckets that responses are to tell of. */
  readonly #told = new WeakMap<FilterStream, TokenBucket>();

  /** @param routeLimit what a route puts in the place of the filter's own configuration */
  constructor(own: Limit, routeLimit: (route: SelectedRoute | null) => Limit | undefined) {
    this.origin = own.parts.origin;
    this.#own = own;
    this.#routeLimit = routeLimit;
  }

  decodeHeaders(stream: FilterStream): FilterResult {
    const ofRoute = this.#routeLimit(stream.route);
    const limit = ofRoute ?? this.#own;
    const { enabled, stats } = limit.parts;
    const { recorder } = stream;
    if (ofRoute !== undefined) recorder?.note('the route has a limit of its own');
    if (!enabled.draw(stream)) {
      recorder?.note(`not enabled for this request (\`filter_enabled\`: ${enabled.text})`);
      return undefined;
    }
    stats.enabled.increment();
    const admission = limit.admit(stream);
    if (admission.told !== null) this.#told.set(stream, admission.told.bucket);
    if (admission.isAllowed) {
      stats.ok.increment();
      return undefined;
    }
    stats.rateLimited.increment();
    return refuse(limit.parts, admission, stream);
  }

  /** Envoy: draft-polli-ratelimit-headers-03. */
  encodeHeaders(stream: FilterStream, { headers }: ResponseHead): void {
    const bucket = this.#told.get(stream);
    if (bucket === undefined) return;
    const nowMs = stream.clock.now();
    headers.append('x-ratelimit-limit', String(bucket.limit.maxTokens));
    headers.append('x-ratelimit-remaining', String(bucket.remaining(nowMs)));
    headers.append('x-ratelimit-reset', String(secondsToToken(bucket, nowMs)));
  }
}

const secondsToToken = (bucket: TokenBucket, nowMs: number) => Math.ceil(bucket.nextTokenMs(nowMs) / 1000);

/** Of gRPC: a quota is used up. */
const RESOURCE_EXHAUSTED = 8;

function refuse(parts: LimitParts, admission: Admission, stream: FilterStream): LocalReply | undefined {
  const { enforced, stats, requestHeadersWhenNotEnforced, origin } = parts;
  if (!enforced.draw(stream)) {
    stream.recorder?.note(`over the limit, not enforced (\`filter_enforced\`: ${enforced.text})`);
    if (requestHeadersWhenNotEnforced !== null) {
      applyHeaderMutations(stream.request.headers, [requestHeadersWhenNotEnforced], stream);
    }
    return undefined;
  }
  stats.enforced.increment();
  return {
    status: parts.status,
    body: 'local_rate_limited',
    headers: [],
    changeHead: (headers) => changeHead(headers, parts, admission, stream),
    details: 'local_rate_limited',
    ...(origin.rateLimitedAsResourceExhausted ? { grpcStatus: RESOURCE_EXHAUSTED } : {}),
  };
}

const TOO_MANY_REQUESTS = 429;

/** Beside the configured headers, when to come back: with a 429 alone, and where nobody else says so (Envoy: local_ratelimit.cc). */
function changeHead(
  headers: HeaderList,
  { responseHeaders, status, origin }: LimitParts,
  { exhausted }: Admission,
  stream: FilterStream,
): void {
  if (responseHeaders !== null) applyHeaderMutations(headers, [responseHeaders], stream);
  if (!origin.enableRetryAfterHeader || status !== TOO_MANY_REQUESTS || headers.has('retry-after')) return;
  if (exhausted === null || !isMade(exhausted)) return;
  headers.append('retry-after', String(Math.max(1, secondsToToken(exhausted.bucket, stream.clock.now()))));
}
