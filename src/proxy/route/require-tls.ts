import {
  VirtualHost_TlsRequirementType as Requirement,
  type VirtualHost,
} from '#schema/envoy/config/route/v3/route_components_pb.js';
import type { Findings } from '../../resources/index.ts';
import { refuseField } from '../refusals.ts';
import type { SelectedRoute } from './selected-route.ts';

/**
 * What `require_tls: ALL` makes of requests that did not come by TLS: a redirect to themselves that no route has a say in (Envoy:
 * config_impl.cc, SslRedirectRoute).
 * @returns null where nothing is required, undefined after an error
 */
export function compileRequireTls(config: VirtualHost, findings: Findings): SelectedRoute | null | undefined {
  if (config.requireTls === Requirement.NONE) return null;
  if (config.requireTls !== Requirement.ALL) {
    refuseField(findings, config, 'require_tls', ` with the value \`${Requirement[config.requireTls]}\``);
    return undefined;
  }
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
    requestHeaders: [],
    responseHeaders: [],
    perFilter: null,
    metadata: null,
    rateLimits: null,
    origin: config,
  };
}
