import { applyHeaderMutations, type HeaderMutations } from '../../route/header-mutation.ts';
import type { SelectedRoute } from '../../route/selected-route.ts';
import type { FilterResult, FilterStream, HttpFilter, ResponseHead } from '../filter.ts';
import type { MutationSteps } from './compile-mutations.ts';

/**
 * `envoy.filters.http.header_mutation`: changes headers of requests and responses, by its own configuration first, then by those of the
 * route's levels (Envoy: header_mutation.cc).
 */
export class HeaderMutationFilter implements HttpFilter {
  readonly kind = 'header_mutation';
  readonly origin: object;
  readonly #own: MutationSteps;
  readonly #ofRoute: (route: SelectedRoute | null) => readonly MutationSteps[];

  /** @param ofRoute the levels' changes, in the order they are applied */
  constructor(own: MutationSteps, ofRoute: (route: SelectedRoute | null) => readonly MutationSteps[]) {
    this.origin = own.origin;
    this.#own = own;
    this.#ofRoute = ofRoute;
  }

  decodeHeaders(stream: FilterStream): FilterResult {
    for (const { origin, request } of [this.#own, ...this.#ofRoute(stream.route)]) {
      if (request.length === 0) continue;
      applyHeaderMutations(stream.request.headers, request, stream);
      stream.recorder?.open('mutations', describe(request), origin);
      stream.recorder?.close('ok');
    }
    return undefined;
  }

  encodeHeaders(stream: FilterStream, { headers }: ResponseHead): void {
    for (const { response } of [this.#own, ...this.#ofRoute(stream.route)]) {
      if (response.length > 0) applyHeaderMutations(headers, response, stream);
    }
  }
}

/** Names only: values may hold what is nobody's business. */
function describe(steps: readonly HeaderMutations[]): string {
  return steps
    .flatMap(({ remove, add }) => [
      ...remove.map((name) => `remove ${name}`),
      ...add.map(({ name, action }) => `${action} ${name}`),
    ])
    .join(', ');
}
