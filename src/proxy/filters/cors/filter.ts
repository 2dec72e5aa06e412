import type { HeaderList } from '../../http/header-list.ts';
import type { SelectedRoute } from '../../route/selected-route.ts';
import type { Counter } from '../../stats.ts';
import type { FilterResult, FilterStream, HttpFilter, ResponseHead } from '../filter.ts';
import { CorsPolicies, type CorsPolicy } from './policy.ts';
import { preflightReply } from './replies.ts';

export interface CorsStats {
  originValid: Counter;
  originInvalid: Counter;
}

/** `envoy.filters.http.cors`: answers preflight requests and lets other origins read responses (Envoy: cors_filter.cc). */
export class CorsFilter implements HttpFilter {
  readonly kind = 'cors';
  readonly origin: object;
  readonly #policiesOf: (route: SelectedRoute | null) => readonly CorsPolicy[];
  readonly #stats: CorsStats;
  /** Requests whose origin may read the response. */
  readonly #admitted = new WeakMap<FilterStream, { origin: string; policies: CorsPolicies }>();

  /** @param policiesOf a route's policies, most specific first */
  constructor(
    config: object,
    policiesOf: (route: SelectedRoute | null) => readonly CorsPolicy[],
    stats: CorsStats,
  ) {
    this.origin = config;
    this.#policiesOf = policiesOf;
    this.#stats = stats;
  }

  decodeHeaders(stream: FilterStream): FilterResult {
    const { route } = stream;
    const origin = stream.request.headers.get('origin');
    if (origin === undefined || origin === '') return undefined;
    const levels = this.#policiesOf(route);
    const [first] = levels;
    if (first === undefined) {
      stream.recorder?.note('no CORS policy here');
      return undefined;
    }
    const isOn = first.enabled.draw(stream);
    if (!isOn && !first.shadowEnabled.draw(stream)) {
      stream.recorder?.note(`off for this request (\`filter_enabled\`: ${first.enabled.text})`);
      return undefined;
    }
    return this.#judge(origin, new CorsPolicies(levels), isOn, stream);
  }

  #judge(origin: string, policies: CorsPolicies, isOn: boolean, stream: FilterStream): FilterResult {
    const { request, recorder } = stream;
    const isAllowed = policies.allowsOrigin(origin);
    (isAllowed ? this.#stats.originValid : this.#stats.originInvalid).increment();
    if (recorder !== null) explain(origin, policies, isAllowed, stream);
    if (!isOn) return undefined;
    const asksFirst =
      request.method === 'OPTIONS' && isFilled(request.headers, 'access-control-request-method');
    if (!isAllowed) {
      const forwards = !asksFirst || policies.flag('forwardNotMatchingPreflights', true);
      return forwards ? undefined : preflightReply(policies, request.headers);
    }
    this.#admitted.set(stream, { origin, policies });
    return asksFirst ? preflightReply(policies, request.headers) : undefined;
  }

  encodeHeaders(stream: FilterStream, { headers }: ResponseHead): void {
    const admitted = this.#admitted.get(stream);
    if (admitted === undefined) return;
    const { origin, policies } = admitted;
    headers.set('access-control-allow-origin', origin);
    if (policies.flag('allowCredentials', false)) headers.set('access-control-allow-credentials', 'true');
    const exposed = policies.text('exposeHeaders');
    if (exposed !== '') headers.set('access-control-expose-headers', exposed);
  }
}

function isFilled(headers: HeaderList, name: string): boolean {
  const value = headers.get(name);
  return value !== undefined && value !== '';
}

function explain(
  origin: string,
  policies: CorsPolicies,
  isAllowed: boolean,
  { recorder }: FilterStream,
): void {
  const wants = policies.allowOrigins.map((one) => one.wants).join(' or ');
  recorder?.open('policy', `origin ${wants === '' ? 'of nobody' : wants}`, policies.levels[0]?.origin);
  recorder?.note(`origin = "${origin}"`);
  recorder?.close(isAllowed ? 'ok' : 'no', isAllowed ? undefined : 'no CORS fields in the response');
}
