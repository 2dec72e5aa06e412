import type { JsonObject } from '../../core/jwt/index.ts';
import { OAuthError } from '../oauth-error.ts';
import type { Client } from '../realm/realm.ts';
import type { RealmRuntime } from '../realm-runtime.ts';
import { parseHmacToken } from '../tokens/parse-hmac-token.ts';

const ALGORITHMS = ['HS256', 'HS384', 'HS512'];
/** An assertion is remembered until it ends; this bounds for how long. */
const LIFETIME_MAX_SECONDS = 3600;

const FAILED = 'Client authentication with client secret signed JWT failed: ';

const invalidClient = (description: string) => new OAuthError(400, 'invalid_client', description);
const unknownClient = () =>
  new OAuthError(401, 'invalid_client', 'Invalid client or Invalid client credentials');

/**
 * `client_secret_jwt` (RFC 7523 §3, OpenID Connect Core §9): a JWT that the client signed with its secret.
 * @throws OAuthError unless the assertion is the client's own, for this realm, now and for the first time.
 */
export function checkClientAssertion(runtime: RealmRuntime, fields: ReadonlyMap<string, string>): Client {
  const assertion = parseHmacToken(fields.get('client_assertion') ?? '');
  if (assertion === null) throw unknownClient();
  const { algorithm, claims } = assertion;
  const client = findClient(runtime, claims, fields.get('client_id'));
  const isAllowed = client.assertionAlgorithm ? algorithm === client.assertionAlgorithm : true;
  if (!isAllowed || !ALGORITHMS.includes(algorithm)) throw invalidClient('Invalid signature algorithm');
  if (!assertion.isSignedWith(client.secret ?? '')) {
    const text = `${FAILED}Signature on JWT token by client secret  failed validation`;
    throw new OAuthError(400, 'unauthorized_client', text);
  }
  checkClaims(runtime, client, claims);
  return client;
}

function findClient({ realm }: RealmRuntime, claims: JsonObject, named: string | undefined): Client {
  const { iss, sub } = claims;
  const client = typeof sub === 'string' && sub === iss ? realm.clients.get(sub) : undefined;
  if (client === undefined || !client.enabled || (named !== undefined && named !== client.clientId)) {
    throw unknownClient();
  }
  if (client.authenticator !== 'client-secret-jwt' || client.secret === undefined) throw unknownClient();
  return client;
}

function checkClaims(runtime: RealmRuntime, client: Client, claims: JsonObject): void {
  const { issuerUrl, clock, assertions } = runtime;
  const { exp, nbf, aud, jti } = claims;
  const nowSeconds = clock.now() / 1000;
  if (typeof exp !== 'number' || exp <= nowSeconds) throw invalidClient('Token is not active');
  if (nbf !== undefined && (typeof nbf !== 'number' || nbf > nowSeconds))
    throw invalidClient('Token is not active');
  if (exp > nowSeconds + LIFETIME_MAX_SECONDS) {
    throw invalidClient('Token expiration is too far in the future');
  }
  const audiences = Array.isArray(aud) ? aud : [aud];
  const own = [issuerUrl, `${issuerUrl}/protocol/openid-connect/token`];
  if (!audiences.some((audience) => typeof audience === 'string' && own.includes(audience)))
    throw invalidClient('Invalid token audience');
  if (typeof jti !== 'string' || jti.length > 256) throw invalidClient('Missing ID on the token');
  if (!assertions.add(client.clientId, jti, exp)) throw invalidClient('Token reuse detected');
}
