import { bootstrapOf, clusterOf, extension, listenerOf, managerOf } from '../fixtures/envoy-config.ts';

export interface RemoteKeysOptions {
  keyPort: number;
  /** Of the fetch. Default: 1s. */
  timeout?: string;
  /** More of `remote_jwks`. */
  remote?: object;
}

/** A gate that asks for a token everywhere and fetches its keys at `http://keys.test/keys?a=b`. */
export function jwtGateWithRemoteKeys({ keyPort, timeout = '1s', remote }: RemoteKeysOptions): string {
  const http_uri = { uri: 'http://keys.test/keys?a=b', cluster: 'keys', timeout };
  const jwt = extension('filters.http.jwt_authn.v3.JwtAuthentication', {
    providers: { p: { issuer: 'https://issuer.test', remote_jwks: { http_uri, ...remote } } },
    rules: [{ match: { prefix: '/' }, requires: { provider_name: 'p' } }],
  });
  const keys = clusterOf('keys', keyPort, { connect_timeout: '1s' });
  return bootstrapOf([listenerOf('jwt', [managerOf({ filters: [jwt] })])], [keys]);
}
