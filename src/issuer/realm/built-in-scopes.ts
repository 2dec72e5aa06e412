import type { ClientScopeRepresentation, ProtocolMapperRepresentation } from './representation.ts';

/** The client scopes that a realm file without `clientScopes` gets: Keycloak's own, with their mappers. */
export const builtInScopes: readonly ClientScopeRepresentation[] = [
  hidden('basic', [
    mapper('oidc-usersessionmodel-note-mapper', {
      'user.session.note': 'AUTH_TIME',
      'claim.name': 'auth_time',
      'jsonType.label': 'long',
    }),
    mapper('oidc-sub-mapper', {}),
  ]),
  hidden('acr', [mapper('oidc-acr-mapper', {})]),
  hidden('web-origins', [accessOnly('oidc-allowed-origins-mapper', {})]),
  hidden('roles', [
    accessOnly('oidc-usermodel-realm-role-mapper', {
      'claim.name': 'realm_access.roles',
      multivalued: 'true',
      'jsonType.label': 'String',
    }),
    accessOnly('oidc-usermodel-client-role-mapper', {
      'claim.name': `resource_access.\${client_id}.roles`,
      multivalued: 'true',
      'jsonType.label': 'String',
    }),
    accessOnly('oidc-audience-resolve-mapper', {}),
  ]),
  shown('profile', [
    mapper('oidc-full-name-mapper', {}),
    attribute('lastName', 'family_name'),
    attribute('firstName', 'given_name'),
    attribute('middleName', 'middle_name'),
    attribute('nickname', 'nickname'),
    attribute('username', 'preferred_username'),
    attribute('profile', 'profile'),
    attribute('picture', 'picture'),
    attribute('website', 'website'),
    attribute('gender', 'gender'),
    attribute('birthdate', 'birthdate'),
    attribute('zoneinfo', 'zoneinfo'),
    attribute('locale', 'locale'),
    attribute('updatedAt', 'updated_at', 'long'),
  ]),
  shown('email', [
    attribute('email', 'email'),
    mapper('oidc-usermodel-property-mapper', {
      'user.attribute': 'emailVerified',
      'claim.name': 'email_verified',
      'jsonType.label': 'boolean',
    }),
  ]),
  shown('address', [mapper('oidc-address-mapper', {})]),
  shown('phone', [
    attribute('phoneNumber', 'phone_number'),
    attribute('phoneNumberVerified', 'phone_number_verified', 'boolean'),
  ]),
  shown('microprofile-jwt', [
    attribute('username', 'upn'),
    mapper('oidc-usermodel-realm-role-mapper', {
      'claim.name': 'groups',
      multivalued: 'true',
      'jsonType.label': 'String',
    }),
  ]),
  shown('offline_access', []),
  hidden('service_account', [
    sessionNote('client_id', 'client_id'),
    sessionNote('clientHost', 'clientHost'),
    sessionNote('clientAddress', 'clientAddress'),
  ]),
];

export const builtInDefaultScopes: readonly string[] = [
  'profile',
  'email',
  'roles',
  'web-origins',
  'acr',
  'basic',
];
export const builtInOptionalScopes: readonly string[] = [
  'address',
  'phone',
  'offline_access',
  'microprofile-jwt',
];

function shown(name: string, protocolMappers: ProtocolMapperRepresentation[]): ClientScopeRepresentation {
  return { name, attributes: { 'include.in.token.scope': 'true' }, protocolMappers };
}

function hidden(name: string, protocolMappers: ProtocolMapperRepresentation[]): ClientScopeRepresentation {
  return { name, attributes: { 'include.in.token.scope': 'false' }, protocolMappers };
}

function mapper(protocolMapper: string, config: Record<string, string>): ProtocolMapperRepresentation {
  return {
    protocolMapper,
    config: { 'access.token.claim': 'true', 'id.token.claim': 'true', ...config },
  };
}

function accessOnly(protocolMapper: string, config: Record<string, string>): ProtocolMapperRepresentation {
  return { protocolMapper, config: { 'access.token.claim': 'true', ...config } };
}

function attribute(name: string, claim: string, type = 'String'): ProtocolMapperRepresentation {
  return mapper('oidc-usermodel-attribute-mapper', {
    'user.attribute': name,
    'claim.name': claim,
    'jsonType.label': type,
  });
}

function sessionNote(note: string, claim: string): ProtocolMapperRepresentation {
  return mapper('oidc-usersessionmodel-note-mapper', {
    'user.session.note': note,
    'claim.name': claim,
    'jsonType.label': 'String',
  });
}
