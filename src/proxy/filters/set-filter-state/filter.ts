import type { TextFormat } from '../../format/text-format.ts';
import type { SelectedRoute } from '../../route/selected-route.ts';
import type { FilterResult, FilterStream, HttpFilter } from '../filter.ts';

/** A text as configured. */
export interface StateEntry {
  key: string;
  /** The same as a byte string. */
  name: string;
  format: TextFormat;
  skipsEmpty: boolean;
  origin: object;
}

/** All that one configuration of the filter says. */
export interface StateEntries {
  origin: object;
  entries: readonly StateEntry[];
}

type OfRoute = (route: SelectedRoute | null) => readonly StateEntries[];

/**
 * `envoy.filters.http.set_filter_state`: writes what its configuration says, then what each level of the route does, the most
 * specific last. A later text takes the place of an earlier one, `read_only` or not (Envoy: set_filter_state/config.cc).
 */
export class SetFilterStateFilter implements HttpFilter {
  readonly kind = 'set_filter_state';
  readonly origin: object;
  readonly #own: StateEntries;
  readonly #clearsRoute: boolean;
  readonly #ofRoute: OfRoute;

  constructor(own: StateEntries, clearsRoute: boolean, ofRoute: OfRoute) {
    this.origin = own.origin;
    this.#own = own;
    this.#clearsRoute = clearsRoute;
    this.#ofRoute = ofRoute;
  }

  decodeHeaders(stream: FilterStream): FilterResult {
    writeEntries(this.#own, stream);
    // Only now: what was written has a say in which route is chosen, where an earlier filter has cleared it.
    for (const level of this.#ofRoute(stream.route)) writeEntries(level, stream);
    if (this.#clearsRoute) stream.clearRouteCache();
    return undefined;
  }
}

/** What a text is may be a credential: only its name is told. */
function writeEntries({ entries }: StateEntries, stream: FilterStream): void {
  const { recorder } = stream;
  for (const { key, name, format, skipsEmpty, origin } of entries) {
    const text = format.render(stream);
    const isSkipped = text === '' && skipsEmpty;
    if (!isSkipped) {
      stream.filterStateIfAny ??= new Map();
      stream.filterStateIfAny.set(name, text);
    }
    recorder?.open('filter state', key, origin);
    recorder?.close(isSkipped ? 'no' : 'ok', isSkipped ? 'is empty (`skip_if_empty` is on)' : 'written');
  }
}
