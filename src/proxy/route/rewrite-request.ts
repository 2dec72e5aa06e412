import type { FormatSource } from '../format/format-source.ts';
import { applyHeaderMutations } from './header-mutation.ts';
import { replaceHost } from './host-rewrite.ts';
import type { PathRewrite } from './path-rewrite.ts';
import type { ForwardAction, SelectedRoute } from './selected-route.ts';

/**
 * Makes the request that a route forwards of the one that was let in: header changes, then the host, then the path; the host of a
 * weighted destination comes between its own header changes and those of its route (Envoy: config_impl.cc, finalizeRequestHeaders).
 * @param marksOriginal writes down what was replaced; not where `suppress_envoy_headers`
 */
export function rewriteRequest(
  source: FormatSource,
  { destinationHeaders, requestHeaders, countsAttempts }: SelectedRoute,
  action: ForwardAction,
  marksOriginal: boolean,
): void {
  const { request } = source;
  const { destinationHost, hostRewrite, pathRewrite } = action;
  // There is one attempt: nothing is tried again.
  if (countsAttempts?.request) request.headers.set('x-envoy-attempt-count', '1');
  if (destinationHeaders.length > 0) applyHeaderMutations(request.headers, destinationHeaders, source);
  if (destinationHost !== '') request.authority = destinationHost;
  if (requestHeaders.length > 0) applyHeaderMutations(request.headers, requestHeaders, source);
  if (hostRewrite !== null) {
    const host = hostRewrite.hostFor(source);
    if (host !== '') replaceHost(request, host, marksOf(action, marksOriginal));
  }
  if (pathRewrite !== undefined) rewritePath(source, pathRewrite, marksOriginal);
}

/** Gives the request the path that a route makes of its own. @param marksOriginal see `rewriteRequest` */
export function rewritePath(source: FormatSource, { rewrite }: PathRewrite, marksOriginal: boolean): void {
  const { request } = source;
  const path = rewrite(request.path, source);
  if (path === null) return;
  if (marksOriginal) request.headers.set('x-envoy-original-path', request.path);
  request.path = path;
}

/** `auto_host_rewrite`, once the upstream's host is known. @param name empty: it has none */
export function rewriteForUpstream(
  { request }: FormatSource,
  action: ForwardAction,
  name: string,
  marksOriginal: boolean,
): void {
  if (action.hostByUpstream && name !== '') replaceHost(request, name, marksOf(action, marksOriginal));
}

const marksOf = ({ appendsForwardedHost }: ForwardAction, original: boolean) => ({
  original,
  forwarded: appendsForwardedHost,
});
