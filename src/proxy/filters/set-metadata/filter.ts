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

/** `envoy.filters.http.set_metadata`: writes what the configuration says (Envoy: set_metadata_filter.cc). */
export class SetMetadataFilter implements HttpFilter {
  readonly kind = 'set_metadata';
  readonly origin: object;
  readonly #entries: readonly MetadataEntry[];
  readonly #overwriteDenied: Counter;

  constructor(origin: object, entries: readonly MetadataEntry[], overwriteDenied: Counter) {
    this.origin = origin;
    this.#entries = entries;
    this.#overwriteDenied = overwriteDenied;
  }

  decodeHeaders(stream: FilterStream): FilterResult {
    for (const entry of this.#entries) this.#write(entry, stream);
    return undefined;
  }

  #write({ namespace, overwrites, value, origin }: MetadataEntry, stream: FilterStream): void {
    const { metadata, recorder } = stream;
    const before = metadata.get(namespace);
    const isDenied = before !== undefined && !overwrites;
    if (isDenied) this.#overwriteDenied.increment();
    else {
      for (const [key, added] of Object.entries(value)) {
        metadata.set(namespace, key, mergeMetadata(before?.get(key), added));
      }
    }
    recorder?.open('metadata', namespace, origin);
    recorder?.close(
      isDenied ? 'no' : 'ok',
      isDenied ? 'is there already (`allow_overwrite` is off)' : 'written',
    );
  }
}
