import type { SelectedRoute } from '../../route/selected-route.ts';
import type { Counter } from '../../stats.ts';
import type { FilterResult, FilterStream, HttpFilter, MetadataValue } from '../filter.ts';
import { mergeMetadata } from './merge-metadata.ts';

/** A namespace's content as configured. */
export interface MetadataEntry {
  namespace: string;
  overwrites: boolean;
  value: { readonly [key: string]: MetadataValue };
  origin: object;
}

/** All that one configuration of the filter says. */
export interface MetadataEntries {
  origin: object;
  entries: readonly MetadataEntry[];
  overwriteDenied: Counter;
}

/** `envoy.filters.http.set_metadata`: writes what its configuration says, then what the route's does (Envoy: set_metadata_filter.cc). */
export class SetMetadataFilter implements HttpFilter {
  readonly kind = 'set_metadata';
  readonly origin: object;
  readonly #own: MetadataEntries;
  readonly #ofRoute: (route: SelectedRoute | null) => MetadataEntries | undefined;

  constructor(own: MetadataEntries, ofRoute: (route: SelectedRoute | null) => MetadataEntries | undefined) {
    this.origin = own.origin;
    this.#own = own;
    this.#ofRoute = ofRoute;
  }

  decodeHeaders(stream: FilterStream): FilterResult {
    writeEntries(this.#own, stream);
    const more = this.#ofRoute(stream.route);
    if (more !== undefined) writeEntries(more, stream);
    return undefined;
  }
}

function writeEntries({ entries, overwriteDenied }: MetadataEntries, stream: FilterStream): void {
  for (const { namespace, overwrites, value, origin } of entries) {
    const { metadata, recorder } = stream;
    const before = metadata.get(namespace);
    const isDenied = before !== undefined && !overwrites;
    if (isDenied) overwriteDenied.increment();
    else {
      const entries = metadata.open(namespace);
      for (const [key, added] of Object.entries(value))
        entries.set(key, mergeMetadata(entries.get(key), added));
    }
    recorder?.open('metadata', namespace, origin);
    recorder?.close(
      isDenied ? 'no' : 'ok',
      isDenied ? 'is there already (`allow_overwrite` is off)' : 'written',
    );
  }
}
