/**
 * The members of Keycloak's realm export that have an effect here, as plain data. All are optional but names: what a file
 * leaves out gets Keycloak's default when the realm is compiled.
 */
export interface RealmRepresentation {
  realm: string;
  displayName?: string | undefined;
  enabled?: boolean | undefined;
  sslRequired?: string | undefined;
  notBefore?: number | undefined;
  defaultSignatureAlgorithm?: string | undefined;
  revokeRefreshToken?: boolean | undefined;
  refreshTokenMaxReuse?: number | undefined;
  accessTokenLifespan?: number | undefined;
  ssoSessionIdleTimeout?: number | undefined;
  ssoSessionMaxLifespan?: number | undefined;
  offlineSessionIdleTimeout?: number | undefined;
  offlineSessionMaxLifespanEnabled?: boolean | undefined;
  offlineSessionMaxLifespan?: number | undefined;
  clientSessionIdleTimeout?: number | undefined;
  clientSessionMaxLifespan?: number | undefined;
  loginWithEmailAllowed?: boolean | undefined;
  attributes?: Readonly<Record<string, string>> | undefined;
  roles?: RolesRepresentation | undefined;
  defaultRole?: { name?: string | undefined } | undefined;
  groups?: readonly GroupRepresentation[] | undefined;
  users?: readonly UserRepresentation[] | undefined;
  clients?: readonly ClientRepresentation[] | undefined;
  clientScopes?: readonly ClientScopeRepresentation[] | undefined;
  scopeMappings?: readonly ScopeMappingRepresentation[] | undefined;
  clientScopeMappings?: Readonly<Record<string, readonly ScopeMappingRepresentation[]>> | undefined;
  defaultDefaultClientScopes?: readonly string[] | undefined;
  defaultOptionalClientScopes?: readonly string[] | undefined;
  components?: Readonly<Record<string, readonly ComponentRepresentation[]>> | undefined;
}

export interface RolesRepresentation {
  realm?: readonly RoleRepresentation[] | undefined;
  client?: Readonly<Record<string, readonly RoleRepresentation[]>> | undefined;
}

export interface RoleRepresentation {
  name: string;
  composites?:
    | {
        realm?: readonly string[] | undefined;
        client?: Readonly<Record<string, readonly string[]>> | undefined;
      }
    | undefined;
}

export interface GroupRepresentation {
  name: string;
  realmRoles?: readonly string[] | undefined;
  clientRoles?: Readonly<Record<string, readonly string[]>> | undefined;
  subGroups?: readonly GroupRepresentation[] | undefined;
}

export interface UserRepresentation {
  id?: string | undefined;
  username: string;
  email?: string | undefined;
  emailVerified?: boolean | undefined;
  enabled?: boolean | undefined;
  firstName?: string | undefined;
  lastName?: string | undefined;
  createdTimestamp?: number | undefined;
  attributes?: Readonly<Record<string, readonly string[]>> | undefined;
  requiredActions?: readonly string[] | undefined;
  credentials?: readonly CredentialRepresentation[] | undefined;
  realmRoles?: readonly string[] | undefined;
  clientRoles?: Readonly<Record<string, readonly string[]>> | undefined;
  groups?: readonly string[] | undefined;
  serviceAccountClientId?: string | undefined;
  notBefore?: number | undefined;
}

export interface CredentialRepresentation {
  type?: string | undefined;
  /** The plain password. */
  value?: string | undefined;
  /** JSON text with `value` and `salt`, both base64. */
  secretData?: string | undefined;
  /** JSON text with `algorithm`, `hashIterations` and `additionalParameters`. */
  credentialData?: string | undefined;
}

export interface ClientRepresentation {
  clientId: string;
  enabled?: boolean | undefined;
  publicClient?: boolean | undefined;
  bearerOnly?: boolean | undefined;
  consentRequired?: boolean | undefined;
  directAccessGrantsEnabled?: boolean | undefined;
  serviceAccountsEnabled?: boolean | undefined;
  fullScopeAllowed?: boolean | undefined;
  secret?: string | undefined;
  clientAuthenticatorType?: string | undefined;
  notBefore?: number | undefined;
  redirectUris?: readonly string[] | undefined;
  webOrigins?: readonly string[] | undefined;
  attributes?: Readonly<Record<string, string>> | undefined;
  protocolMappers?: readonly ProtocolMapperRepresentation[] | undefined;
  defaultClientScopes?: readonly string[] | undefined;
  optionalClientScopes?: readonly string[] | undefined;
}

export interface ClientScopeRepresentation {
  name: string;
  attributes?: Readonly<Record<string, string>> | undefined;
  protocolMappers?: readonly ProtocolMapperRepresentation[] | undefined;
}

export interface ProtocolMapperRepresentation {
  name?: string | undefined;
  protocolMapper: string;
  config?: Readonly<Record<string, string>> | undefined;
}

export interface ScopeMappingRepresentation {
  client?: string | undefined;
  clientScope?: string | undefined;
  roles?: readonly string[] | undefined;
}

export interface ComponentRepresentation {
  name?: string | undefined;
  providerId?: string | undefined;
  config?: Readonly<Record<string, readonly string[]>> | undefined;
}
