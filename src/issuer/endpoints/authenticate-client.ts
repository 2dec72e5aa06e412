import { createHash, timingSafeEqual } from 'node:crypto';
import { OAuthError } from '../oauth-error.ts';
import type { Client } from '../realm/realm.ts';
import type { RealmRuntime } from '../realm-runtime.ts';
import { checkClientAssertion } from './client-assertion.ts';
import { decodeFormText, type Form } from './parse-form.ts';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const DESCRIPTION = 'Invalid client or Invalid client credentials';

const invalidClient = () => new OAuthError(401, 'invalid_client', DESCRIPTION);
const unauthorizedClient = () => new OAuthError(401, 'unauthorized_client', DESCRIPTION);

/**
 * Finds out who asks (RFC 6749 §2.3): no authentication for public clients, `client_secret_basic`, `client_secret_post`,
 * `client_secret_jwt`.
 * @throws OAuthError when the client is not known or not who it says it is.
 */
export function authenticateClient(
  runtime: RealmRuntime,
  authorization: string | undefined,
  form: Form,
): Client {
  const { fields } = form;
  const client =
    fields.get('client_assertion_type') === ASSERTION_TYPE
      ? checkClientAssertion(runtime, fields)
      : authenticateBySecret(runtime, parseBasic(authorization), fields);
  if (client.isBearerOnly) throw new OAuthError(400, 'invalid_client', 'Bearer-only not allowed');
  return client;
}

/** What the form says goes before the header, but it may not name another client. */
function authenticateBySecret(
  { realm }: RealmRuntime,
  basic: BasicCredentials | null,
  fields: ReadonlyMap<string, string>,
): Client {
  const named = fields.get('client_id');
  if (named !== undefined && basic !== null && !basic.ids.includes(named)) throw invalidClient();
  const ids = named === undefined ? (basic?.ids ?? []) : [named];
  const client = ids.map((id) => realm.clients.get(id)).find((found) => found !== undefined);
  if (client === undefined || !client.enabled) throw invalidClient();
  if (client.isPublic) return client;
  const posted = fields.get('client_secret');
  const secrets = posted === undefined ? (basic?.secrets ?? []) : [posted];
  if (client.authenticator !== 'client-secret' || client.secret === undefined) throw unauthorizedClient();
  const wanted = client.secret;
  if (!secrets.some((secret) => isSameSecret(secret, wanted))) throw unauthorizedClient();
  return client;
}

/** Both readings of each half: as it is, and form-encoded as RFC 6749 §2.3.1 wants it. */
interface BasicCredentials {
  readonly ids: readonly string[];
  readonly secrets: readonly string[];
}

function parseBasic(authorization: string | undefined): BasicCredentials | null {
  const match = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization ?? '');
  const text = match === null ? '' : Buffer.from(match[1] as string, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon === -1) return null;
  return { ids: readings(text.slice(0, colon)), secrets: readings(text.slice(colon + 1)) };
}

function readings(text: string): string[] {
  const decoded = decodeFormText(text);
  return decoded === null || decoded === text ? [text] : [text, decoded];
}

function isSameSecret(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
