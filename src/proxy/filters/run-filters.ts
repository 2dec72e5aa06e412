import type { FilterResult, FilterStream, HttpFilter, LocalReply, ResponseHead } from './filter.ts';

/**
 * The filters that run on a stream: its first route says which are switched off, and no later route changes that (Envoy: the chain is
 * made once per stream).
 */
export function filtersFor(filters: readonly HttpFilter[], stream: FilterStream): readonly HttpFilter[] {
  const { route, recorder } = stream;
  let active: HttpFilter[] | null = null;
  for (let index = 0; index < filters.length; index++) {
    const filter = filters[index] as HttpFilter;
    if (filter.isOnFor === undefined || filter.isOnFor(route)) {
      active?.push(filter);
      continue;
    }
    active ??= filters.slice(0, index);
    if (recorder === null) continue;
    recorder.open('filter', filter.kind, filter.origin);
    recorder.close('skipped', 'off on this route');
  }
  return active ?? filters;
}

/** Shows a response's head to the filters of a stream, the last one first. */
export function encodeThrough(
  filters: readonly HttpFilter[],
  stream: FilterStream,
  response: ResponseHead,
): void {
  for (let index = filters.length - 1; index >= 0; index--) {
    filters[index]?.encodeHeaders?.(stream, response);
  }
}

/**
 * Asks one filter of `filtersFor` after another until one of them replies. It returns a promise only when a filter does.
 * @returns the reply that ends the request, or undefined to let it pass. After a promise the caller must look at `stream.closed`
 *   first: a late answer of an exchange that has ended means nothing.
 */
export function runFilters(
  filters: readonly HttpFilter[],
  stream: FilterStream,
): FilterResult | Promise<FilterResult> {
  return runFrom(0, filters, stream);
}

function runFrom(
  start: number,
  filters: readonly HttpFilter[],
  stream: FilterStream,
): FilterResult | Promise<FilterResult> {
  for (let index = start; index < filters.length; index++) {
    const filter = filters[index] as HttpFilter;
    if (stream.recorder !== null) stream.recorder.open('filter', filter.kind, filter.origin);
    const result = filter.decodeHeaders(stream);
    if (result instanceof Promise) return waitFor(result, index, filters, stream);
    if (stream.recorder !== null) recordEnd(result, index, filters, stream);
    if (result !== undefined) return result;
  }
  return undefined;
}

async function waitFor(
  result: Promise<FilterResult>,
  index: number,
  filters: readonly HttpFilter[],
  stream: FilterStream,
): Promise<FilterResult> {
  const reply = await result;
  if (stream.closed) return undefined;
  if (stream.recorder !== null) recordEnd(reply, index, filters, stream);
  return reply ?? runFrom(index + 1, filters, stream);
}

/** Closes a filter's step, and names the filters that were not reached. */
function recordEnd(
  reply: LocalReply | undefined,
  index: number,
  filters: readonly HttpFilter[],
  { recorder }: FilterStream,
): void {
  if (recorder === null) return;
  if (reply === undefined) {
    recorder.close('ok');
    return;
  }
  recorder.close('deny', `${reply.status} ${reply.body}`.trimEnd());
  for (const filter of filters.slice(index + 1)) {
    recorder.open('filter', filter.kind, filter.origin);
    recorder.close('skipped', 'not reached');
  }
}
