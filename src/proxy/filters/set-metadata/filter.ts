import type { PackedMessage } from '../../../core/match/index.ts';
import type { SelectedRoute } from '../../route/selected-route.ts';
import type { Counter } from '../../stats.ts';
import type { DynamicMetadata, FilterResult, FilterStream, HttpFilter, MetadataValue } from '../filter.ts';
import { mergeMetadata } from './merge-metadata.ts';

/** A namespace's content as configured. */
export type MetadataEntry = {
  namespace: string;
  overwrites: boolean;
  origin: object;
} & ({ value: { readonly [key: string]: MetadataValue } } | { message: PackedMessage });

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
  for (const entry of entries) {
    const { namespace, overwrites, origin } = entry;
    const { metadata, recorder } = stream;
    const isThere = 'value' in entry ? metadata.get(namespace) !== undefined : metadata.typed?.has(namespace);
    const isDenied = isThere === true && !overwrites;
    if (isDenied) overwriteDenied.increment();
    else writeEntry(entry, metadata);
    recorder?.open('metadata', namespace, origin);
    recorder?.close(
      isDenied ? 'no' : 'ok',
      isDenied ? 'is there already (`allow_overwrite` is off)' : 'written',
    );
  }
}

/** Objects are merged; a message takes the place of another. */
function writeEntry(entry: MetadataEntry, metadata: DynamicMetadata): void {
  if ('message' in entry) metadata.setTyped(entry.namespace, entry.message);
  else mergeInto(metadata.open(entry.namespace), entry.value);
}

function mergeInto(entries: Map<string, MetadataValue>, value: { readonly [key: string]: MetadataValue }) {
  for (const [key, added] of Object.entries(value)) entries.set(key, mergeMetadata(entries.get(key), added));
}
