import {
  VirtualHost_TlsRequirementType as Requirement,
  type VirtualHost,
} from '#schema/envoy/config/route/v3/route_components_pb.js';
import type { SelectedRoute } from './selected-route.ts';

/**
 * What `require_tls` makes of requests that did not come by TLS: a redirect to themselves that no route has a say in (Envoy:
 * config_impl.cc, SslRedirectRoute). `EXTERNAL_ONLY` is everybody: no client is internal unless `internal_address_config` says so,
 * which has no effect here.
 * @param ignoresPathParameters what the route configuration says
 * @returns null where nothing is required
 */
export function compileRequireTls(config: VirtualHost, ignoresPathParameters: boolean): SelectedRoute | null {
  if (config.requireTls === Requirement.NONE) return null;
  return {
    name: '',
    virtualHost: config.name,
    action: {
      kind: 'redirect',
      redirect: {
        status: 301,
        pathRewrite: undefined,
        location: ({ authority, path }) => `https://${authority}${path}`,
      },
    },
    destinationHeaders: [],
    requestHeaders: [],
    responseHeaders: [],
    perFilter: null,
    metadata: null,
    rateLimits: null,
    ignoresPathParameters,
    origin: config,
  };
}
