import { bootstrapOf, clusterOf, extension, listenerOf, managerOf } from '../fixtures/envoy-config.ts';

/** A small gate: `/open` for everyone, the rest by a token of `issuer`; a marker on all that is forwarded. */
export interface JwtGateConfig {
  readonly port: number;
  readonly originPort: number;
  readonly issuer: string;
  readonly jwks: string;
}

/** As YAML (its JSON subset) for jotgate and Envoy alike. */
export function renderJwtGateConfig({ port, originPort, issuer, jwks }: JwtGateConfig): string {
  const jwt = extension('filters.http.jwt_authn.v3.JwtAuthentication', {
    providers: {
      p: { issuer, local_jwks: { inline_string: jwks }, forward_payload_header: 'x-jwt-payload' },
    },
    rules: [{ match: { prefix: '/open' } }, { match: { prefix: '/' }, requires: { provider_name: 'p' } }],
  });
  const marker = {
    header: { key: 'x-gate-marker', value: 'passed' },
    append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
  };
  const routes = [{ match: { prefix: '/' }, route: { cluster: 'origin' }, request_headers_to_add: [marker] }];
  const gate = listenerOf('gate', [managerOf({ routes, filters: [jwt] })], {}, port);
  return bootstrapOf([gate], [clusterOf('origin', originPort)]);
}
