import type { HeaderList } from '../../http/header-list.ts';
import type { LocalReply } from '../filter.ts';
import type { CorsPolicies } from './policy.ts';

/**
 * The answer to a preflight request. `access-control-allow-origin` and the exposed headers come when it is encoded, where the origin is
 * admitted; all else is said to one that is not, too, to whom it means nothing (Envoy: cors_filter.cc).
 */
export function preflightReply(policies: CorsPolicies, request: HeaderList): LocalReply {
  const headers: [string, string][] = [];
  if (policies.flag('allowCredentials', false)) headers.push(['access-control-allow-credentials', 'true']);
  const fields = [
    ['access-control-allow-methods', policies.text('allowMethods')],
    ['access-control-allow-headers', policies.text('allowHeaders')],
    ['access-control-max-age', policies.text('maxAge')],
  ] as const;
  for (const [name, value] of fields) if (value !== '') headers.push([name, value]);
  const asksPrivate = request.get('access-control-request-private-network') === 'true';
  if (asksPrivate && policies.flag('allowPrivateNetworkAccess', false)) {
    headers.push(['access-control-allow-private-network', 'true']);
  }
  return { status: 200, body: '', headers, details: 'cors_response', asIs: true };
}
