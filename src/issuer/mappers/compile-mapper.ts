import type { ProtocolMapperRepresentation } from '../realm/representation.ts';
import { mapAudience, mapAudienceResolve } from './audience-mappers.ts';
import type { ApplyMapper, ProtocolMapper } from './protocol-mapper.ts';
import { mapClientRoles, mapGroups, mapRealmRoles } from './role-mappers.ts';
import {
  mapAcr,
  mapAllowedOrigins,
  mapHardcoded,
  mapSessionNote,
  mapSessionState,
  mapSub,
} from './session-mappers.ts';
import { mapAddress, mapAttribute, mapFullName, mapProperty } from './user-mappers.ts';

export type MapperConfig = Readonly<Record<string, string>>;

const kinds: Readonly<Record<string, (config: MapperConfig) => ApplyMapper>> = {
  'oidc-usermodel-attribute-mapper': mapAttribute,
  'oidc-usermodel-property-mapper': mapProperty,
  'oidc-full-name-mapper': mapFullName,
  'oidc-address-mapper': mapAddress,
  'oidc-usermodel-realm-role-mapper': mapRealmRoles,
  'oidc-usermodel-client-role-mapper': mapClientRoles,
  'oidc-group-membership-mapper': mapGroups,
  'oidc-audience-mapper': mapAudience,
  'oidc-audience-resolve-mapper': mapAudienceResolve,
  'oidc-hardcoded-claim-mapper': mapHardcoded,
  'oidc-allowed-origins-mapper': mapAllowedOrigins,
  'oidc-acr-mapper': mapAcr,
  'oidc-sub-mapper': mapSub,
  'oidc-session-state-mapper': mapSessionState,
  'oidc-usersessionmodel-note-mapper': mapSessionNote,
};

/** In access tokens unless the file says otherwise; exports of older Keycloaks do not say. */
const IN_ACCESS_TOKENS = new Set(['oidc-audience-resolve-mapper', 'oidc-allowed-origins-mapper']);

/** @returns null for a kind of mapper that is not known here. */
export function compileMapper(mapper: ProtocolMapperRepresentation): ProtocolMapper | null {
  const kind = Object.hasOwn(kinds, mapper.protocolMapper) ? kinds[mapper.protocolMapper] : undefined;
  if (kind === undefined) return null;
  const config = mapper.config ?? {};
  return {
    intoAccessToken:
      (config['access.token.claim'] ?? String(IN_ACCESS_TOKENS.has(mapper.protocolMapper))) === 'true',
    intoIdToken: config['id.token.claim'] === 'true',
    intoLightweightToken: config['lightweight.claim'] === 'true',
    apply: kind(config),
  };
}
