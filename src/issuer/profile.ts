/**
 * Which Keycloak the wire looks like. `legacy` is the seed article's (about 13 to 23), `modern` is 26.x.
 * Both serve both URL prefixes at once; they differ in what is said, never in what is checked.
 */
export type ProfileName = 'legacy' | 'modern';

export interface Profile {
  readonly name: ProfileName;
  /** Path between the server's address and `/realms/` in the issuer's URL when no base URL is given. */
  readonly basePath: '/auth' | '';
  readonly refreshTokenAlgorithm: 'HS256' | 'HS512';
  /** HTTP status of `Invalid user credentials`: 401 up to 26.5, 400 since 26.6. */
  readonly badCredentialsStatus: 400 | 401;
  /** `sid` is a UUID, else 24 base64url characters. */
  readonly sidIsUuid: boolean;
  /** Access tokens' `jti` carries the six letters that tell session, token and grant. */
  readonly jtiIsPrefixed: boolean;
  /** `session_state` stands in every token, not only in the reply. */
  readonly tokensCarrySessionState: boolean;
  /** `sub` and `acr` come only by the client scopes `basic` and `acr`. */
  readonly subjectNeedsScope: boolean;
  /** Users must have e-mail, first and last name before they may log in. */
  readonly userProfileIsRequired: boolean;
  /** The refresh token's `scope` lists the scopes that the reply hides, and `prov`, `aud_x`, `reuse_id` are there. */
  readonly refreshTokenIsDetailed: boolean;
  /** A request with an `Origin` that the client does not allow is answered 403. */
  readonly foreignOriginIsRefused: boolean;
  /** A user with a `locale` gets the locale cookie at the token endpoint too. */
  readonly localeCookieIsSet: boolean;
}

const legacy: Profile = {
  name: 'legacy',
  basePath: '/auth',
  refreshTokenAlgorithm: 'HS256',
  badCredentialsStatus: 401,
  sidIsUuid: true,
  jtiIsPrefixed: false,
  tokensCarrySessionState: true,
  subjectNeedsScope: false,
  userProfileIsRequired: false,
  refreshTokenIsDetailed: false,
  foreignOriginIsRefused: false,
  localeCookieIsSet: false,
};

const modern: Profile = {
  name: 'modern',
  basePath: '',
  refreshTokenAlgorithm: 'HS512',
  badCredentialsStatus: 400,
  sidIsUuid: false,
  jtiIsPrefixed: true,
  tokensCarrySessionState: false,
  subjectNeedsScope: true,
  userProfileIsRequired: true,
  refreshTokenIsDetailed: true,
  foreignOriginIsRefused: true,
  localeCookieIsSet: true,
};

export const profiles: Readonly<Record<ProfileName, Profile>> = { legacy, modern };
