import type { Grant } from '../grants/grant.ts';
import { grants } from '../grants/grant-table.ts';
import { OAuthError } from '../oauth-error.ts';
import type { Client } from '../realm/realm.ts';
import type { RealmRuntime } from '../realm-runtime.ts';
import { authenticateClient } from './authenticate-client.ts';
import { judgeOrigin, tokenCorsHeaders } from './cors.ts';
import type { IssuerReply, IssuerRequest } from './http.ts';
import { type Form, parseForm } from './parse-form.ts';
import { replyOAuthError, replyUncached } from './replies.ts';
import { checkTls } from './require-tls.ts';

/** What is known of a token request so far: enough to answer it, whatever fails. */
interface Progress {
  client: Client | undefined;
  /** Client authentication has begun: from then on errors carry CORS headers. */
  isIdentifying: boolean;
}

/** RFC 6749 §3.2. The checks run in Keycloak's order; only the form's body counts. */
export async function handleToken(runtime: RealmRuntime, request: IssuerRequest): Promise<IssuerReply> {
  const progress: Progress = { client: undefined, isIdentifying: false };
  const form = parseForm(request.header('content-type'), request.body);
  try {
    const grant = openRequest(runtime, request, form);
    progress.isIdentifying = true;
    const client = authenticateClient(runtime, request.header('authorization'), form);
    progress.client = client;
    checkOrigin(runtime, request, client);
    if (form.hasDuplicates) throw new OAuthError(400, 'invalid_request', 'duplicated parameter');
    const reply = await grant(runtime, { client, form: form.fields, remoteAddress: request.remoteAddress });
    log(runtime, form, client, 'issued');
    const locale = reply.locale === undefined ? [] : [localeCookie(runtime, reply.locale)];
    return replyUncached(200, reply.body, [...corsHeaders(runtime, request, progress), ...locale]);
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    log(runtime, form, progress.client, `${error.code}: ${error.detail ?? error.description ?? ''}`);
    return replyOAuthError(error, corsHeaders(runtime, request, progress));
  }
}

function openRequest(runtime: RealmRuntime, request: IssuerRequest, { fields }: Form): Grant {
  checkTls(runtime.realm, request);
  if (!runtime.realm.enabled) throw new OAuthError(403, 'access_denied', 'Realm not enabled');
  const type = fields.get('grant_type');
  if (type === undefined) {
    throw new OAuthError(400, 'invalid_request', 'Missing form parameter: grant_type');
  }
  const grant = grants.get(type);
  if (grant === undefined) throw new OAuthError(400, 'unsupported_grant_type', 'Unsupported grant_type');
  return grant;
}

function checkOrigin({ profile, issuerUrl }: RealmRuntime, request: IssuerRequest, client: Client): void {
  if (!profile.foreignOriginIsRefused) return;
  if (judgeOrigin(request.header('origin'), client, issuerUrl) === 'foreign') {
    throw new OAuthError(403, 'Invalid origin');
  }
}

/** Before the client is known any origin may read the error; afterwards only one that the client allows. */
function corsHeaders(
  { issuerUrl }: RealmRuntime,
  request: IssuerRequest,
  { client, isIdentifying }: Progress,
) {
  const origin = request.header('origin');
  if (origin === undefined || !isIdentifying) return [];
  if (client !== undefined && judgeOrigin(origin, client, issuerUrl) !== 'allowed') return [];
  return tokenCorsHeaders(origin);
}

function localeCookie({ issuerUrl }: RealmRuntime, locale: string): [string, string] {
  const path = `${URL.parse(issuerUrl)?.pathname ?? ''}/`;
  const value = encodeURIComponent(locale);
  return ['Set-Cookie', `KEYCLOAK_LOCALE=${value};Version=1;Path=${path};Secure;HttpOnly;SameSite=None`];
}

/** Names only what cannot be a secret. */
function log(
  { logger, realm }: RealmRuntime,
  { fields }: Form,
  client: Client | undefined,
  outcome: string,
): void {
  const grant = grants.has(fields.get('grant_type') ?? '') ? fields.get('grant_type') : undefined;
  logger.info('token request', { realm: realm.name, client: client?.clientId, grant, outcome });
}
