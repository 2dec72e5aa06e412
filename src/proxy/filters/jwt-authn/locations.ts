import type { JwtProvider } from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import { lowerAscii, toByteString } from '../../../core/match/index.ts';

/** A place in a request where tokens are looked for, and whose tokens may stand there. */
export interface TokenLocation {
  kind: 'header' | 'query' | 'cookie';
  name: string;
  /** Of a header: text that comes before the token. */
  prefix: string;
  issuers: Set<string>;
}

/** An empty issuer among those of a location takes any token (envoy.md §3.1). */
export function allowsIssuer(location: TokenLocation, issuer: string): boolean {
  return location.issuers.has(issuer) || location.issuers.has('');
}

/** `header authorization after "Bearer "`, for a person. */
export function describeLocation({ kind, name, prefix }: TokenLocation): string {
  if (kind === 'query') return `query parameter ${name}`;
  return prefix === '' ? `${kind} ${name}` : `${kind} ${name} after "${prefix}"`;
}

/** Where tokens are looked for, in the order in which it is done; header names are lower-case. */
export interface LocationSet {
  headers: readonly TokenLocation[];
  parameters: readonly TokenLocation[];
  cookies: readonly TokenLocation[];
  /** Where in `parameters` a name stands. */
  parameterPlaces: ReadonlyMap<string, number>;
  /** Where in `cookies` a name stands. */
  cookiePlaces: ReadonlyMap<string, number>;
}

type ProviderLocations = Pick<JwtProvider, 'issuer' | 'fromHeaders' | 'fromParams' | 'fromCookies'>;

/**
 * The locations of some providers, each once, in the order in which they are visited: headers by lower-case name and prefix put
 * together, then parameters and cookies by name (envoy.md §3.1; two headers whose keys are equal count as the first).
 */
export function compileLocations(providers: readonly ProviderLocations[]): LocationSet {
  const headers = new Map<string, TokenLocation>();
  const parameters = new Map<string, TokenLocation>();
  const cookies = new Map<string, TokenLocation>();
  for (const provider of providers) {
    const { issuer, fromHeaders, fromParams, fromCookies } = withDefaults(provider);
    for (const { name, valuePrefix } of fromHeaders) {
      const lower = lowerAscii(name);
      const prefix = toByteString(valuePrefix);
      add(headers, lower + prefix, { kind: 'header', name: lower, prefix }, issuer);
    }
    for (const param of fromParams) {
      const name = toByteString(param);
      add(parameters, name, { kind: 'query', name, prefix: '' }, issuer);
    }
    for (const cookie of fromCookies) {
      const name = toByteString(cookie);
      add(cookies, name, { kind: 'cookie', name, prefix: '' }, issuer);
    }
  }
  const [sortedParameters, sortedCookies] = [sorted(parameters), sorted(cookies)];
  return {
    headers: sorted(headers),
    parameters: sortedParameters,
    cookies: sortedCookies,
    parameterPlaces: placesOf(sortedParameters),
    cookiePlaces: placesOf(sortedCookies),
  };
}

function withDefaults(
  provider: ProviderLocations,
): ProviderLocations | (typeof DEFAULT_LOCATIONS & ProviderLocations) {
  const { fromHeaders, fromParams, fromCookies } = provider;
  return fromHeaders.length + fromParams.length + fromCookies.length > 0
    ? provider
    : { ...DEFAULT_LOCATIONS, issuer: provider.issuer };
}

const DEFAULT_LOCATIONS = {
  fromHeaders: [{ name: 'authorization', valuePrefix: 'Bearer ' } as JwtProvider['fromHeaders'][number]],
  fromParams: ['access_token'],
  fromCookies: [] as string[],
};

function add(
  locations: Map<string, TokenLocation>,
  key: string,
  location: Omit<TokenLocation, 'issuers'>,
  issuer: string,
): void {
  const known = locations.get(key);
  if (known === undefined) locations.set(key, { ...location, issuers: new Set([issuer]) });
  else known.issuers.add(issuer);
}

function sorted(locations: ReadonlyMap<string, TokenLocation>): TokenLocation[] {
  return [...locations.keys()]
    .sort((a, b) => (a < b ? -1 : 1))
    .map((key) => locations.get(key) as TokenLocation);
}

const placesOf = (locations: readonly TokenLocation[]) =>
  new Map(locations.map(({ name }, place) => [name, place]));
