import { isJoinedInRequest, isJoinedInResponse } from './field-names.ts';
import type { HeaderList } from './header-list.ts';

/** Two lines of a header whose lines are joined; an empty one leaves no comma (Envoy: header_map_impl.cc, appendToHeader). */
export function joinLines(before: string, line: string): string {
  return before === '' ? line : line === '' ? before : `${before},${line}`;
}

/** Adds a line to a request's header as Envoy's map would: to the one line that there is, where lines of that name are joined. */
export function addRequestLine(headers: HeaderList, name: string, value: string): void {
  const before = isJoinedInRequest(name) ? headers.get(name) : undefined;
  if (before === undefined) headers.add(name, value);
  else headers.set(name, joinLines(before, value));
}

/** The same for a response. */
export function addResponseLine(headers: HeaderList, name: string, value: string): void {
  const before = isJoinedInResponse(name) ? headers.get(name) : undefined;
  if (before === undefined) headers.add(name, value);
  else headers.set(name, joinLines(before, value));
}
