import { FIELD, fieldKind } from './field-names.ts';
import type { HeaderList } from './header-list.ts';

/** Two lines of a header whose lines are joined; an empty one leaves no comma (Envoy: header_map_impl.cc, appendToHeader). */
export function joinLines(before: string, line: string): string {
  return before === '' ? line : line === '' ? before : `${before},${line}`;
}

/** Adds a line to a request's header as Envoy's map would: to the one line that there is, where lines of that name are joined. */
export function addRequestLine(headers: HeaderList, name: string, value: string): void {
  const before = fieldKind(name) === FIELD.joined ? headers.get(name) : undefined;
  if (before === undefined) headers.append(name, value);
  else headers.set(name, joinLines(before, value));
}

/** Headers of a response of which there is one line at most (Envoy: inline headers). */
const JOINED_IN_RESPONSE = new Set(
  'age cache-control content-encoding content-type etag expires grpc-message grpc-status last-modified location proxy-status vary via x-request-id access-control-allow-credentials access-control-allow-headers access-control-allow-methods access-control-allow-origin access-control-expose-headers access-control-max-age x-envoy-attempt-count x-envoy-decorator-operation x-envoy-degraded x-envoy-immediate-health-check-fail x-envoy-ratelimited x-envoy-upstream-canary'.split(
    ' ',
  ),
);

/** The same for a response. */
export function addResponseLine(headers: HeaderList, name: string, value: string): void {
  const before = JOINED_IN_RESPONSE.has(name) ? headers.get(name) : undefined;
  if (before === undefined) headers.append(name, value);
  else headers.set(name, joinLines(before, value));
}
