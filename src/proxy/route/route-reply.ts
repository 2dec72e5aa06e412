import type { LocalReply } from '../filters/filter.ts';
import type { FormatSource } from '../format/format-source.ts';
import { ownUri } from './redirect.ts';
import { rewritePath } from './rewrite-request.ts';
import type { SelectedRoute } from './selected-route.ts';

/** Envoy: conn_manager_impl.cc. */
const NO_ROUTE: LocalReply = { status: 404, body: '', headers: [], details: 'route_not_found' };

/**
 * What is answered without an upstream, by the route or for want of one; undefined where the route leads to a cluster. A redirect rewrites
 * the request first, and what is said of its path from then on is said of the new one (Envoy: router.cc).
 * @param marksOriginal the path before is written down; not where `suppress_envoy_headers`
 */
export function routeReply(
  route: SelectedRoute | null,
  source: FormatSource,
  marksOriginal: boolean,
): LocalReply | undefined {
  if (route === null) return NO_ROUTE;
  const { action } = route;
  switch (action.kind) {
    case 'cluster':
      return undefined;
    case 'direct': {
      const { status, body } = action;
      const headers = hasLocation(status) ? [['location', ownUri(source.request)] as const] : [];
      return { status, body, headers, details: 'direct_response' };
    }
    case 'redirect': {
      const { status, location, pathRewrite } = action.redirect;
      if (pathRewrite !== undefined) rewritePath(source, pathRewrite, marksOriginal);
      const headers = [['location', location(source.request)]] as const;
      return { status, body: '', headers, details: 'direct_response' };
    }
  }
}

/** Envoy gives every direct response of these statuses a location, and it is where the request went. */
const hasLocation = (status: number) => status === 201 || (status >= 300 && status < 400);
