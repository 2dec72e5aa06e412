import { grants } from '../grants/grant-table.ts';
import type { RealmRuntime } from '../realm-runtime.ts';
import { publicCorsHeaders } from './cors.ts';
import type { IssuerReply, IssuerRequest } from './http.ts';
import { replyDocument, withHeaders } from './replies.ts';

const CACHE_CONTROL = 'no-cache, must-revalidate, no-transform, no-store';

/** OpenID Connect Discovery §3, RFC 8414. Says what is served here and nothing else: clients act on it. */
export function handleDiscovery(runtime: RealmRuntime, request: IssuerRequest): IssuerReply {
  const { issuerUrl, realm, keys } = runtime;
  const signing = keys.published().filter(({ stored }) => stored.use === 'sig');
  const body = JSON.stringify({
    issuer: issuerUrl,
    token_endpoint: `${issuerUrl}/protocol/openid-connect/token`,
    jwks_uri: `${issuerUrl}/protocol/openid-connect/certs`,
    grant_types_supported: [...grants.keys()],
    response_types_supported: [],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [...new Set(signing.map(({ stored }) => stored.algorithm))],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'client_secret_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['HS256', 'HS384', 'HS512'],
    claims_supported: [
      'iss',
      'sub',
      'aud',
      'exp',
      'iat',
      'name',
      'given_name',
      'family_name',
      'preferred_username',
      'email',
      'acr',
      'azp',
    ],
    claim_types_supported: ['normal'],
    claims_parameter_supported: false,
    scopes_supported: ['openid', ...realm.clientScopes.keys()],
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
  });
  return withHeaders(replyDocument(body, CACHE_CONTROL), publicCorsHeaders(request));
}
