import { createHash } from 'node:crypto';
import { encodeBase64url } from '../../base/index.ts';
import { ClaimSet } from '../mappers/claim-set.ts';
import type { MapperContext, ProtocolMapper } from '../mappers/protocol-mapper.ts';
import { createUuid, createUuidShape, type Random } from '../random.ts';
import { renderFullScope, renderScope, type ScopeSelection } from './scope-selection.ts';
import { type TokenSubject, visibleRoles } from './token-subject.ts';

/** Seconds since 1970, and the moment the token ends. */
export interface TokenTimes {
  readonly iat: number;
  /** Null: the token has no `exp`. */
  readonly exp: number | null;
}

/** Every login through these grants is one with a password or a secret. */
const ACR = '1';

/** Member order on the wire; claims of mappers come after. */
const ORDERS = {
  legacy: {
    access:
      'exp iat auth_time jti iss aud sub typ azp session_state acr allowed-origins realm_access resource_access scope sid',
    refresh: 'exp iat jti iss aud sub typ azp session_state scope sid',
    id: 'exp iat auth_time jti iss aud sub typ azp session_state at_hash acr sid',
  },
  modern: {
    access:
      'exp iat auth_time jti iss aud sub typ azp sid acr allowed-origins realm_access resource_access scope',
    refresh: 'exp iat jti iss aud sub typ azp sid scope aud_x prov reuse_id',
    id: 'exp iat auth_time jti iss aud sub typ azp sid at_hash acr',
  },
} as const;

function orderOf({ profile }: TokenSubject, kind: 'access' | 'refresh' | 'id'): string[] {
  return ORDERS[profile.name][kind].split(' ');
}

export function buildAccessClaims(subject: TokenSubject, times: TokenTimes, random: Random): ClaimSet {
  const { client, profile } = subject;
  const claims = startClaims(subject, times, 'Bearer');
  claims.set('jti', createAccessId(subject, random));
  const isLightweight = client.accessTokenIsLightweight;
  if (!profile.subjectNeedsScope && !isLightweight) {
    claims.set('sub', subject.user.id);
    claims.set('acr', ACR);
  }
  claims.set('scope', renderScope(subject.selection));
  applyMappers(subject, claims, (mapper) =>
    isLightweight ? mapper.intoLightweightToken : mapper.intoAccessToken,
  );
  return claims;
}

/** OpenID Connect Core §2; `at_hash` §3.1.3.6. */
export function buildIdClaims(
  subject: TokenSubject,
  times: TokenTimes,
  accessToken: string,
  random: Random,
): ClaimSet {
  const { profile, client, user } = subject;
  const claims = startClaims(subject, times, 'ID');
  claims.set('jti', createPlainId(subject, random));
  claims.set('aud', client.clientId);
  claims.set('sub', user.id);
  claims.set('at_hash', hashAccessToken(accessToken, client.idTokenAlgorithm));
  if (!profile.subjectNeedsScope) claims.set('acr', ACR);
  applyMappers(subject, claims, (mapper) => mapper.intoIdToken);
  return claims;
}

/**
 * @param access claims of the access token issued beside it: without `sub` there, none here.
 * @param refresh `jti`, which chain of a rotating realm it belongs to, and the scopes that the login was granted.
 */
export function buildRefreshClaims(
  subject: TokenSubject,
  times: TokenTimes,
  access: ClaimSet,
  refresh: { jti: string; reuseId: string | undefined; selection: ScopeSelection },
): ClaimSet {
  const { profile, issuerUrl } = subject;
  const { selection } = refresh;
  const claims = startClaims(subject, times, subject.isOffline ? 'Offline' : 'Refresh');
  claims.set('jti', refresh.jti);
  claims.set('aud', issuerUrl);
  claims.set('sub', access.get('sub'));
  claims.set('scope', profile.refreshTokenIsDetailed ? renderFullScope(selection) : renderScope(selection));
  if (profile.refreshTokenIsDetailed) {
    claims.set('aud_x', access.get('aud'));
    claims.set('prov', 'default');
    claims.set('reuse_id', refresh.reuseId);
  }
  return claims;
}

export function renderClaims(
  subject: TokenSubject,
  kind: 'access' | 'refresh' | 'id',
  claims: ClaimSet,
): string {
  return claims.render(orderOf(subject, kind));
}

function startClaims(subject: TokenSubject, { iat, exp }: TokenTimes, typ: string): ClaimSet {
  const claims = new ClaimSet();
  claims.set('exp', exp ?? undefined);
  claims.set('iat', iat);
  claims.set('iss', subject.issuerUrl);
  claims.set('typ', typ);
  claims.set('azp', subject.client.clientId);
  claims.set('sid', subject.sid);
  if (subject.profile.tokensCarrySessionState) claims.set('session_state', subject.sid);
  return claims;
}

function applyMappers(
  subject: TokenSubject,
  claims: ClaimSet,
  isWanted: (mapper: ProtocolMapper) => boolean,
): void {
  const { client, user, selection, sid, notes } = subject;
  const context: MapperContext = { user, client, sid, notes, acr: ACR, roles: visibleRoles(subject) };
  const mappers = [...selection.scopes.flatMap((scope) => scope.mappers), ...client.mappers];
  for (const mapper of mappers) if (isWanted(mapper)) mapper.apply(claims, context);
}

/** `jti` of an access token: in modern shape with session kind, token kind and grant in front. */
function createAccessId(subject: TokenSubject, random: Random): string {
  if (!subject.profile.jtiIsPrefixed) return createUuid(random);
  const session = subject.sid === undefined ? 'tr' : subject.isOffline ? 'of' : 'on';
  const token = subject.client.accessTokenIsLightweight ? 'lt' : 'rt';
  return `${session}${token}${subject.grantLetters}:${createUuidShape(random)}`;
}

export function createPlainId({ profile }: Pick<TokenSubject, 'profile'>, random: Random): string {
  return profile.jtiIsPrefixed ? createUuidShape(random) : createUuid(random);
}

/** The left half of the digest that the ID token's own algorithm uses. */
function hashAccessToken(accessToken: string, algorithm: string): string {
  const digest = createHash(`sha${algorithm.slice(2)}`)
    .update(accessToken, 'ascii')
    .digest();
  return encodeBase64url(digest.subarray(0, digest.length / 2));
}
