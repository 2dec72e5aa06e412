import type { SelectedRoute } from '../../route/selected-route.ts';
import type { FilterResult, FilterStream, HttpFilter, ResponseHead } from '../filter.ts';
import type { MutationSteps } from './compile-mutations.ts';
import { applyHeaderStep, describeHeaderStep, type HeaderStep } from './header-steps.ts';
import { applyQuerySteps, type QueryStep } from './query-steps.ts';

/**
 * `envoy.filters.http.header_mutation`: changes headers of requests and responses, by its own configuration first, then by those of the
 * route's levels (Envoy: header_mutation.cc).
 */
export class HeaderMutationFilter implements HttpFilter {
  readonly kind = 'header_mutation';
  readonly origin: object;
  readonly #own: MutationSteps;
  readonly #ofRoute: (route: SelectedRoute | null) => readonly MutationSteps[];
  /** Those that changed a request change its response, whatever route there is by then. */
  readonly #levels = new WeakMap<FilterStream, readonly MutationSteps[]>();

  /** @param ofRoute the levels' changes, in the order they are applied */
  constructor(own: MutationSteps, ofRoute: (route: SelectedRoute | null) => readonly MutationSteps[]) {
    this.origin = own.origin;
    this.#own = own;
    this.#ofRoute = ofRoute;
  }

  decodeHeaders(stream: FilterStream): FilterResult {
    changeRequest(this.#own, stream);
    // Only now: what was changed has a say in which route is chosen, where an earlier filter has cleared it.
    const levels = this.#ofRoute(stream.route);
    this.#levels.set(stream, levels);
    for (const level of levels) changeRequest(level, stream);
    return undefined;
  }

  encodeHeaders(stream: FilterStream, { headers }: ResponseHead): void {
    const levels = this.#levels.get(stream) ?? this.#ofRoute(stream.route);
    for (const { response } of [this.#own, ...levels]) {
      for (const step of response) applyHeaderStep(step, headers, stream);
    }
  }
}

function changeRequest({ origin, request, query }: MutationSteps, stream: FilterStream): void {
  if (request.length === 0 && query.length === 0) return;
  for (const step of request) applyHeaderStep(step, stream.request.headers, stream);
  if (query.length > 0) applyQuerySteps(query, stream);
  stream.recorder?.open('mutations', describe(request, query), origin);
  stream.recorder?.close('ok');
}

function describe(headers: readonly HeaderStep[], query: readonly QueryStep[]): string {
  const changes = query.map(({ text }) => `${text} in the query`);
  return [...headers.flatMap(describeHeaderStep), ...changes].join(', ');
}
