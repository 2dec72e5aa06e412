import type { SelectedRoute } from '../route/selected-route.ts';
import type { FilterResult, FilterStream, HttpFilter, ResponseHead } from './filter.ts';

/** A filter that routes switch on and off: `disabled` of its chain entry, and what a route's `typed_per_filter_config` says of it. */
export class SwitchedFilter implements HttpFilter {
  readonly kind: string;
  readonly origin: object;
  readonly #inner: HttpFilter;
  readonly #name: string;
  readonly #offByDefault: boolean;

  constructor(inner: HttpFilter, name: string, offByDefault: boolean) {
    this.kind = inner.kind;
    this.origin = inner.origin;
    this.#inner = inner;
    this.#name = name;
    this.#offByDefault = offByDefault;
  }

  isOnFor(route: SelectedRoute | null): boolean {
    const said = route?.perFilter?.get(this.#name);
    return said === undefined ? !this.#offByDefault : !said.off;
  }

  async prepare(need: 'configured' | 'all'): Promise<void> {
    await this.#inner.prepare?.(need);
  }

  decodeHeaders(stream: FilterStream): FilterResult | Promise<FilterResult> {
    return this.#inner.decodeHeaders(stream);
  }

  encodeHeaders(stream: FilterStream, response: ResponseHead): void {
    this.#inner.encodeHeaders?.(stream, response);
  }
}
