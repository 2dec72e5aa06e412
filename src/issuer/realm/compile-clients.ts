import { builtInDefaultScopes, builtInOptionalScopes } from './built-in-scopes.ts';
import { compileMappers, scopeMappings } from './compile-scopes.ts';
import type { ProblemList, RealmProblem } from './problem.ts';
import type { Client, ClientScope, SignatureAlgorithm } from './realm.ts';
import type { ClientRepresentation, RealmRepresentation } from './representation.ts';
import type { RoleBook } from './roles.ts';

interface ClientsContext {
  readonly realm: RealmRepresentation;
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly scopes: ReadonlyMap<string, ClientScope>;
  readonly roles: RoleBook;
  readonly problems: ProblemList;
}

export function compileClients(context: ClientsContext): Map<string, Client> {
  const clients = new Map<string, Client>();
  for (const [index, client] of (context.realm.clients ?? []).entries()) {
    const path = ['clients', index];
    if (clients.has(client.clientId)) {
      context.problems.error([...path, 'clientId'], `\`${client.clientId}\` is there twice`);
    }
    clients.set(client.clientId, compileClient(client, path, context));
  }
  return clients;
}

function compileClient(
  client: ClientRepresentation,
  path: RealmProblem['path'],
  context: ClientsContext,
): Client {
  const { realm, problems } = context;
  const attributes = client.attributes ?? {};
  const number = (name: string) => attributeNumber(attributes, name, path, problems);
  const isPublic = client.publicClient ?? false;
  const secret = client.secret === MASKED ? undefined : client.secret || undefined;
  if (!isPublic && !client.bearerOnly && secret === undefined) {
    problems.warn(
      path,
      client.secret === MASKED
        ? `the \`secret\` of client \`${client.clientId}\` is masked, as in a partial export; it cannot authenticate`
        : `client \`${client.clientId}\` is confidential without a \`secret\`; it cannot authenticate`,
    );
  }
  return {
    clientId: client.clientId,
    enabled: client.enabled ?? true,
    isPublic,
    isBearerOnly: client.bearerOnly ?? false,
    consentRequired: client.consentRequired ?? false,
    directAccessGrantsEnabled: client.directAccessGrantsEnabled ?? false,
    serviceAccountsEnabled: client.serviceAccountsEnabled ?? false,
    fullScopeAllowed: client.fullScopeAllowed ?? true,
    secret,
    authenticator: authenticatorOf(client, path, problems),
    assertionAlgorithm: attributes['token.endpoint.auth.signing.alg'] || undefined,
    notBefore: client.notBefore ?? 0,
    webOrigins: resolveOrigins(client),
    mappers: compileMappers(client.protocolMappers ?? [], [...path, 'protocolMappers'], problems),
    defaultScopes: [
      ...scopesOf(
        client.defaultClientScopes,
        realm.defaultDefaultClientScopes,
        builtInDefaultScopes,
        [...path, 'defaultClientScopes'],
        context,
      ),
      ...serviceAccountScope(client, context),
    ],
    optionalScopes: scopesOf(
      client.optionalClientScopes,
      realm.defaultOptionalClientScopes,
      builtInOptionalScopes,
      [...path, 'optionalClientScopes'],
      context,
    ),
    scopeRoles: context.roles.expand(
      {
        client: {
          [client.clientId]: (realm.roles?.client?.[client.clientId] ?? []).map((role) => role.name),
        },
      },
      ...scopeMappings(realm, 'client', client.clientId),
    ),
    accessTokenAlgorithm: algorithmOf(attributes['access.token.signed.response.alg'], path, context),
    idTokenAlgorithm: algorithmOf(attributes['id.token.signed.response.alg'], path, context),
    accessTokenSeconds: number('access.token.lifespan'),
    sessionIdleSeconds: number('client.session.idle.timeout'),
    sessionMaxSeconds: number('client.session.max.lifespan'),
    usesRefreshTokens: attributes['use.refresh.tokens'] !== 'false',
    usesRefreshTokensForClientCredentials: attributes['client_credentials.use_refresh_token'] === 'true',
    accessTokenIsLightweight: attributes['client.use.lightweight.access.token.enabled'] === 'true',
  };
}

/** Stands for every secret in a partial export, so that everybody knows it. */
const MASKED = '**********';

const AUTHENTICATORS = ['client-secret', 'client-secret-jwt'] as const;

function authenticatorOf(
  client: ClientRepresentation,
  path: RealmProblem['path'],
  problems: ProblemList,
): Client['authenticator'] {
  const named = client.clientAuthenticatorType || 'client-secret';
  const known = AUTHENTICATORS.find((name) => name === named);
  if (known !== undefined) return known;
  problems.warn(
    [...path, 'clientAuthenticatorType'],
    `\`${named}\` is not supported; this client cannot authenticate`,
  );
  return 'unsupported';
}

/** The first list that is there; a name that no scope has is left out, as Keycloak does. */
function scopesOf(
  own: readonly string[] | undefined,
  ofRealm: readonly string[] | undefined,
  builtIn: readonly string[],
  path: RealmProblem['path'],
  { scopes, problems, realm }: ClientsContext,
): ClientScope[] {
  const names = own ?? ofRealm ?? (realm.clientScopes === undefined ? builtIn : []);
  return names.flatMap((name, index) => {
    const scope = scopes.get(name);
    if (scope === undefined && own !== undefined) {
      problems.warn([...path, index], `there is no client scope \`${name}\``);
    }
    return scope === undefined ? [] : [scope];
  });
}

/** A service account that the file does not bring along is made, and its client given the scope that tells of it. */
function serviceAccountScope(client: ClientRepresentation, { realm, scopes }: ClientsContext): ClientScope[] {
  const isMade =
    client.serviceAccountsEnabled &&
    !realm.users?.some((user) => user.serviceAccountClientId === client.clientId);
  const scope = scopes.get('service_account');
  return isMade && scope !== undefined ? [scope] : [];
}

const ALGORITHMS: readonly SignatureAlgorithm[] = ['RS256', 'RS384', 'RS512'];

export function parseSignatureAlgorithm(text: string): SignatureAlgorithm | null {
  return ALGORITHMS.find((name) => name === text) ?? null;
}

function algorithmOf(
  text: string | undefined,
  path: RealmProblem['path'],
  { signatureAlgorithm, problems }: ClientsContext,
): SignatureAlgorithm {
  if (!text) return signatureAlgorithm;
  const algorithm = parseSignatureAlgorithm(text);
  if (algorithm === null) {
    problems.error(
      [...path, 'attributes'],
      `tokens cannot be signed with \`${text}\`, only with ${ALGORITHMS.join(', ')}`,
    );
  }
  return algorithm ?? signatureAlgorithm;
}

function attributeNumber(
  attributes: Readonly<Record<string, string>>,
  name: string,
  path: RealmProblem['path'],
  problems: ProblemList,
): number | undefined {
  const text = attributes[name];
  if (text === undefined || text === '') return undefined;
  if (/^-?\d{1,10}$/.test(text)) return Number(text);
  problems.error([...path, 'attributes', name], `\`${text}\` is no number of seconds`);
  return undefined;
}

/** `+` stands for the origins of the redirect URIs. */
function resolveOrigins(client: ClientRepresentation): string[] {
  const origins = (client.webOrigins ?? []).flatMap((origin) =>
    origin === '+' ? (client.redirectUris ?? []).flatMap(originOf) : [origin],
  );
  return [...new Set(origins)];
}

function originOf(uri: string): string[] {
  const url = URL.parse(uri);
  return url === null || url.origin === 'null' ? [] : [url.origin];
}
