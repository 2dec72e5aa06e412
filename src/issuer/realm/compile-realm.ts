import { checkKeyProvider } from '../keys/create-key.ts';
import { type Random, systemRandom } from '../random.ts';
import { compileClients, parseSignatureAlgorithm } from './compile-clients.ts';
import { compileScopes } from './compile-scopes.ts';
import { compileUsers } from './compile-users.ts';
import { ProblemList, type RealmProblem } from './problem.ts';
import type { Lifetimes, Realm, SignatureAlgorithm } from './realm.ts';
import type { ComponentRepresentation, RealmRepresentation } from './representation.ts';
import { compileRoles } from './roles.ts';

export interface CompiledRealm {
  /** Null when a problem is an error. */
  readonly realm: Realm | null;
  readonly problems: readonly RealmProblem[];
}

const KEY_PROVIDER = 'org.keycloak.keys.KeyProvider';

/** Checks a realm file's content and makes it ready for use; plain passwords are hashed on the way. */
export async function compileRealm(
  representation: RealmRepresentation,
  random: Random = systemRandom,
): Promise<CompiledRealm> {
  const problems = new ProblemList();
  checkName(representation.realm, problems);
  const signatureAlgorithm = algorithmOf(representation, problems);
  const roles = compileRoles(representation);
  const clientScopes = compileScopes(representation, roles, problems);
  const clients = compileClients({
    realm: representation,
    signatureAlgorithm,
    scopes: clientScopes,
    roles,
    problems,
  });
  const users = await compileUsers({ realm: representation, clients, roles, random, problems });
  const keyProviders = representation.components?.[KEY_PROVIDER] ?? [];
  checkKeys(keyProviders, problems);
  const realm: Realm = {
    name: representation.realm,
    displayName: representation.displayName,
    enabled: representation.enabled ?? true,
    sslRequired: sslRequirement(representation.sslRequired, problems),
    notBefore: representation.notBefore ?? 0,
    signatureAlgorithm,
    refreshTokens: {
      areRevokedOnUse: representation.revokeRefreshToken ?? false,
      reuseMax: representation.refreshTokenMaxReuse ?? 0,
    },
    lifetimes: lifetimesOf(representation),
    loginWithEmailAllowed: representation.loginWithEmailAllowed ?? true,
    frontendUrl: frontendUrlOf(representation, problems),
    clients,
    clientScopes,
    users,
    keyProviders,
  };
  return { realm: problems.hasErrors ? null : realm, problems: problems.problems };
}

/** Defaults of a realm that Keycloak creates. */
function lifetimesOf(realm: RealmRepresentation): Lifetimes {
  return {
    accessTokenSeconds: realm.accessTokenLifespan ?? 300,
    sessionIdleSeconds: realm.ssoSessionIdleTimeout ?? 1800,
    sessionMaxSeconds: realm.ssoSessionMaxLifespan ?? 36_000,
    offlineIdleSeconds: realm.offlineSessionIdleTimeout ?? 2_592_000,
    offlineMaxSeconds: realm.offlineSessionMaxLifespanEnabled
      ? (realm.offlineSessionMaxLifespan ?? 5_184_000)
      : null,
    clientIdleSeconds: realm.clientSessionIdleTimeout ?? 0,
    clientMaxSeconds: realm.clientSessionMaxLifespan ?? 0,
  };
}

function checkName(name: string, problems: ProblemList): void {
  if (!/^[A-Za-z0-9._~-]+$/.test(name)) {
    problems.error(['realm'], `\`${name}\` cannot be a realm's name: it stands in URLs as it is`);
  }
}

function checkKeys(providers: readonly ComponentRepresentation[], problems: ProblemList): void {
  for (const [index, provider] of providers.entries()) {
    const fault = checkKeyProvider(provider);
    if (fault !== null) {
      problems.error(['components', KEY_PROVIDER, index], `key \`${provider.name ?? index}\`: ${fault}`);
    }
  }
}

function algorithmOf(realm: RealmRepresentation, problems: ProblemList): SignatureAlgorithm {
  const named = realm.defaultSignatureAlgorithm || 'RS256';
  const algorithm = parseSignatureAlgorithm(named);
  if (algorithm === null) {
    problems.error(['defaultSignatureAlgorithm'], `tokens cannot be signed with \`${named}\``);
  }
  return algorithm ?? 'RS256';
}

function sslRequirement(text: string | undefined, problems: ProblemList): Realm['sslRequired'] {
  const value = (text ?? 'external').toLowerCase();
  if (value === 'none' || value === 'external' || value === 'all') return value;
  problems.error(['sslRequired'], `\`${text}\` is none of \`none\`, \`external\`, \`all\``);
  return 'external';
}

function frontendUrlOf(realm: RealmRepresentation, problems: ProblemList): string | undefined {
  const text = realm.attributes?.['frontendUrl'];
  if (!text) return undefined;
  if (URL.parse(text) === null) {
    problems.error(['attributes', 'frontendUrl'], `\`${text}\` is no absolute URL`);
  }
  return text.replace(/\/+$/, '');
}
