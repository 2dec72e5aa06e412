import type { ProtocolMapper } from '../mappers/protocol-mapper.ts';
import type { PasswordHash } from '../passwords/password-hash.ts';
import type { ComponentRepresentation } from './representation.ts';
import type { RoleSet } from './roles.ts';

/** A realm as the endpoints use it: immutable, every default filled in, every name resolved. Times are in seconds. */
export interface Realm {
  readonly name: string;
  readonly displayName: string | undefined;
  readonly enabled: boolean;
  readonly sslRequired: 'none' | 'external' | 'all';
  /** Tokens issued before (seconds since 1970) are stale; 0: none is. */
  readonly notBefore: number;
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly refreshTokens: { readonly areRevokedOnUse: boolean; readonly reuseMax: number };
  readonly lifetimes: Lifetimes;
  readonly loginWithEmailAllowed: boolean;
  /** Public base URL that overrides the server's (`attributes.frontendUrl`). */
  readonly frontendUrl: string | undefined;
  readonly clients: ReadonlyMap<string, Client>;
  readonly clientScopes: ReadonlyMap<string, ClientScope>;
  readonly users: UserDirectory;
  /** Key material that came with the file (`org.keycloak.keys.KeyProvider`). */
  readonly keyProviders: readonly ComponentRepresentation[];
}

/** What access and ID tokens may be signed with. */
export type SignatureAlgorithm = 'RS256' | 'RS384' | 'RS512';

export interface Lifetimes {
  readonly accessTokenSeconds: number;
  readonly sessionIdleSeconds: number;
  readonly sessionMaxSeconds: number;
  readonly offlineIdleSeconds: number;
  /** Null: an offline session has no end of its own. */
  readonly offlineMaxSeconds: number | null;
  /** 0: as the session's. */
  readonly clientIdleSeconds: number;
  readonly clientMaxSeconds: number;
}

export interface Client {
  readonly clientId: string;
  readonly enabled: boolean;
  readonly isPublic: boolean;
  readonly isBearerOnly: boolean;
  readonly consentRequired: boolean;
  readonly directAccessGrantsEnabled: boolean;
  readonly serviceAccountsEnabled: boolean;
  readonly fullScopeAllowed: boolean;
  readonly secret: string | undefined;
  readonly authenticator: 'client-secret' | 'client-secret-jwt' | 'unsupported';
  /** The only algorithm that a signed assertion may have; undefined: HS256, HS384 or HS512. */
  readonly assertionAlgorithm: string | undefined;
  readonly notBefore: number;
  readonly webOrigins: readonly string[];
  readonly mappers: readonly ProtocolMapper[];
  readonly defaultScopes: readonly ClientScope[];
  readonly optionalScopes: readonly ClientScope[];
  /** Roles that the client may see in its users when not all of them (`fullScopeAllowed` false). */
  readonly scopeRoles: RoleSet;
  readonly accessTokenAlgorithm: SignatureAlgorithm;
  readonly idTokenAlgorithm: SignatureAlgorithm;
  /** -1: as long as the session. */
  readonly accessTokenSeconds: number | undefined;
  readonly sessionIdleSeconds: number | undefined;
  readonly sessionMaxSeconds: number | undefined;
  readonly usesRefreshTokens: boolean;
  readonly usesRefreshTokensForClientCredentials: boolean;
  readonly accessTokenIsLightweight: boolean;
}

export interface ClientScope {
  readonly name: string;
  /** `include.in.token.scope`: the name shows in the reply's and the token's `scope`. */
  readonly isVisible: boolean;
  readonly mappers: readonly ProtocolMapper[];
  readonly roles: RoleSet;
}

export interface User {
  readonly id: string;
  readonly username: string;
  readonly email: string | undefined;
  readonly emailVerified: boolean;
  readonly enabled: boolean;
  readonly firstName: string | undefined;
  readonly lastName: string | undefined;
  readonly createdTimestamp: number | undefined;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  readonly requiredActions: readonly string[];
  readonly groups: readonly string[];
  readonly roles: RoleSet;
  readonly notBefore: number;
  readonly serviceAccountClientId: string | undefined;
  readonly password: PasswordHash | undefined;
}

export interface UserDirectory {
  byId(id: string): User | undefined;
  /** By user name, or by e-mail where the realm allows it; case does not count. */
  byLogin(name: string): User | undefined;
  serviceAccount(clientId: string): User | undefined;
  /**
   * Stands in for the password of a user that there is not, so that guessing costs the same time: where users' hashes differ in cost, that
   * of one of them, and of the same one whenever the name is tried.
   */
  decoyFor(name: string): PasswordHash;
}
