import type { HeaderList } from '../../http/header-list.ts';
import type { LocalReply } from '../filter.ts';
import type { CorsPolicies } from './policy.ts';

/** Whatever is asked for is allowed, in the request's own words: browsers do not take `*` with credentials for it. */
const ANY = '*';

/**
 * The answer to a preflight request. `access-control-allow-origin` and the exposed headers come when it is encoded, where the origin is
 * admitted; all else is said to one that is not, too, to whom it means nothing (Envoy: cors_filter.cc).
 */
export function preflightReply(policies: CorsPolicies, request: HeaderList): LocalReply {
  const headers: [string, string][] = [];
  if (policies.flag('allowCredentials', false)) headers.push(['access-control-allow-credentials', 'true']);
  const allow = (name: string, configured: string, asked: string) => {
    if (configured === ANY) headers.push([name, request.get(asked) ?? '']);
    else if (configured !== '') headers.push([name, configured]);
  };
  allow('access-control-allow-methods', policies.text('allowMethods'), 'access-control-request-method');
  allow('access-control-allow-headers', policies.text('allowHeaders'), 'access-control-request-headers');
  const maxAge = policies.text('maxAge');
  if (maxAge !== '') headers.push(['access-control-max-age', maxAge]);
  const asksPrivate = request.get('access-control-request-private-network') === 'true';
  if (asksPrivate && policies.flag('allowPrivateNetworkAccess', false)) {
    headers.push(['access-control-allow-private-network', 'true']);
  }
  return { status: 200, body: '', headers, details: 'cors_response', asIs: true };
}
