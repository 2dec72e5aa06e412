import type { JwtProvider } from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import type { JsonObject, JsonValue } from '../../core/jwt/index.ts';
import type { TokenPlace } from '../policy-test/policy-test.ts';
import type { Atoms, ClaimAtom } from './atoms.ts';
import { claimText, claimValues, withClaim } from './claim-values.ts';
import { combinations, type Dimension, type DimensionValue } from './dimension.ts';
import { type KeySources, keySourceOf } from './key-sources.ts';

/** A token and where it goes; null: none. */
export type SentToken = { text: string; place: TokenPlace } | null;

/** Most tokens of one issuer that differ in claims. */
const CLAIM_ROWS_MAX = 128;
const OTHER_ISSUER = 'https://other.example';
const DEFAULT_SKEW_SECONDS = 60;
const DAY_SECONDS = 86_400;

/** Who says so, and by whose key. */
interface Signer {
  issuer: string;
  source: string;
}

/** Tokens that the configurations may tell apart: none, good ones by what they say, and bad ones by what is bad about them. */
export function tokenDimension(
  atoms: Atoms,
  keys: KeySources,
): { dimension: Dimension<SentToken>; flawless: Dimension<SentToken>; complete: boolean } {
  const maker = new TokenMaker(atoms, keys);
  const none: DimensionValue<SentToken> = { label: 'no token', value: null };
  const isAsked = atoms.providers.length > 0;
  const flawless = [none, ...(isAsked ? maker.flawless() : [])];
  const values = [...flawless, ...(isAsked ? maker.flawed() : [])];
  return {
    dimension: { name: 'token', values },
    flawless: { name: 'token', values: flawless },
    complete: maker.complete,
  };
}

class TokenMaker {
  readonly #atoms: Atoms;
  readonly #keys: KeySources;
  readonly #places: readonly TokenPlace[];
  /** Each issuer with the keys that some provider takes for it. */
  readonly #signers: readonly Signer[];
  /** Each with others' keys, and an issuer that no provider knows. */
  readonly #strangers: readonly Signer[];
  readonly #rows: JsonObject[];
  readonly #labels: string[];
  readonly complete: boolean;

  constructor(atoms: Atoms, keys: KeySources) {
    this.#atoms = atoms;
    this.#keys = keys;
    this.#places = placesOf(atoms.providers);
    this.#signers = signersOf(atoms.providers);
    this.#strangers = strangersTo(this.#signers);
    const paths = claimPaths(atoms);
    const lists = [...paths.values()].map(claimValues);
    const { rows, complete } = combinations([audienceValues(atoms), ...lists], CLAIM_ROWS_MAX);
    const names = ['aud', ...paths.keys()];
    this.complete = complete;
    this.#rows = rows.map((row) => payloadOf(names, row));
    this.#labels = rows.map((row) => names.map((name, place) => claimText(name, row[place])).join(', '));
  }

  /** Good ones, by what they say. */
  flawless(): DimensionValue<SentToken>[] {
    return this.#signers.flatMap((signer) => this.#good(signer, this.#places[0] as TokenPlace));
  }

  /** Those with one flaw each, and those in other places. */
  flawed(): DimensionValue<SentToken>[] {
    const bearer = this.#places[0] as TokenPlace;
    return [
      ...this.#strangers.flatMap((signer) => this.#good(signer, bearer).slice(0, 1)),
      ...this.#signers.flatMap((signer) => this.#bad(signer, bearer)),
      { label: 'no JWT', value: { text: 'not-a-token', place: bearer } },
      ...this.#places
        .slice(1)
        .flatMap((place) => this.#signers.map((signer) => this.#elsewhere(signer, place))),
    ];
  }

  #good(signer: Signer, place: TokenPlace): DimensionValue<SentToken>[] {
    return this.#rows.map((claims, index) => ({
      label: `${this.#nameOf(signer)} (${this.#labels[index]})`,
      value: { text: this.#sign(signer, claims), place },
    }));
  }

  #elsewhere(signer: Signer, place: TokenPlace): DimensionValue<SentToken> {
    const where = place.kind === 'header' ? `header ${place.name}` : `${place.kind} ${place.name}`;
    const claims = this.#rows[0] as JsonObject;
    return {
      label: `${this.#nameOf(signer)} in ${where}`,
      value: { text: this.#sign(signer, claims), place },
    };
  }

  /** Each flaw once, in a token that is good otherwise. */
  #bad(signer: Signer, place: TokenPlace): DimensionValue<SentToken>[] {
    const claims = this.#rows[0] as JsonObject;
    const { providers } = this.#atoms;
    const skews = new Set(providers.map(({ clockSkewSeconds: skew }) => skew || DEFAULT_SKEW_SECONDS));
    const lifetimes = providers.flatMap(({ maxLifetime }) =>
      maxLifetime === undefined ? [] : [Number(maxLifetime.seconds)],
    );
    const other = (label: string, spec: Partial<Parameters<KeySources['sign']>[1]>) => ({
      label: `${label}${this.#of(signer)}`,
      value: { text: this.#keys.sign(signer.source, this.#specOf(signer, claims, spec)), place },
    });
    return [
      other('an expired token', { expires: -DAY_SECONDS }),
      ...[...skews].flatMap((skew) => [
        other(`a token expired ${skew - 1} s ago`, { expires: 1 - skew }),
        other(`a token expired ${skew + 1} s ago`, { expires: -1 - skew }),
      ]),
      other('a token that is not valid yet', { notBefore: DAY_SECONDS, expires: 2 * DAY_SECONDS }),
      other('a token without exp', { expires: 'never' }),
      ...lifetimes.map((seconds) =>
        other(`a token of more than ${seconds} s`, { expires: seconds + DAY_SECONDS }),
      ),
      other('a forged token', { signedBy: 'someone else' }),
    ];
  }

  #sign(signer: Signer, claims: JsonObject): string {
    return this.#keys.sign(signer.source, this.#specOf(signer, claims, {}));
  }

  #specOf({ issuer }: Signer, claims: JsonObject, spec: Partial<Parameters<KeySources['sign']>[1]>) {
    return { claims: { iss: issuer, ...claims }, without: [], ...spec };
  }

  #nameOf(signer: Signer): string {
    return `a token${this.#of(signer)}`;
  }

  /** Who signed it, where that is not plain: there are several issuers, or others' keys. */
  #of({ issuer, source }: Signer): string {
    const isKnown = this.#signers.some((signer) => signer.issuer === issuer && signer.source === source);
    if (isKnown && this.#signers.length === 1) return '';
    const sources = this.#signers.filter((signer) => signer.issuer === issuer);
    const by = source.startsWith('local') ? 'the configuration' : source;
    return isKnown && sources.length === 1 ? ` of ${issuer}` : ` of ${issuer} by a key of ${by}`;
  }
}

function signersOf(providers: readonly JwtProvider[]): Signer[] {
  return distinct(
    providers.map((provider) => ({
      issuer: provider.issuer === '' ? OTHER_ISSUER : provider.issuer,
      source: keySourceOf(provider),
    })),
  );
}

function strangersTo(signers: readonly Signer[]): Signer[] {
  const known = new Set(signers.map(keyOf));
  const issuers = [...signers.map(({ issuer }) => issuer), OTHER_ISSUER];
  const crossed = issuers.flatMap((issuer) => signers.map(({ source }) => ({ issuer, source })));
  return distinct(crossed).filter((signer) => !known.has(keyOf(signer)));
}

const keyOf = ({ issuer, source }: Signer) => `${issuer} ${source}`;

const distinct = (signers: readonly Signer[]) => [
  ...new Map(signers.map((one) => [keyOf(one), one])).values(),
];

/** `sub` is a claim like another. */
function claimPaths({ claims, subjects }: Atoms): Map<string, ClaimAtom[]> {
  const paths = new Map(claims);
  if (subjects.length > 0) {
    const atoms = subjects.map((atom): ClaimAtom => ({ kind: 'text', atom, inList: false }));
    paths.set('sub', [...(paths.get('sub') ?? []), ...atoms]);
  }
  paths.delete('aud');
  paths.delete('iss');
  return paths;
}

function audienceValues({ audiences }: Atoms): (JsonValue | undefined)[] {
  const names = [...audiences];
  return [...names, ...(names.length > 1 ? [names] : []), ...(names.length > 0 ? ['~other'] : []), undefined];
}

function payloadOf(names: readonly string[], row: readonly (JsonValue | undefined)[]): JsonObject {
  return names.reduce<JsonObject>((payload, name, place) => withClaim(payload, name, row[place]), {});
}

/** Where some provider looks for tokens; the usual place first. */
function placesOf(providers: readonly JwtProvider[]): TokenPlace[] {
  const places: TokenPlace[] = providers.flatMap(ownPlaces);
  const all = places.length === 0 ? USUAL_PLACES : places;
  return [...new Map(all.map((place) => [`${place.kind} ${place.name.toLowerCase()}`, place])).values()].sort(
    (a, b) => Number(isUsual(b)) - Number(isUsual(a)),
  );
}

const USUAL_PLACES: readonly TokenPlace[] = [
  { kind: 'header', name: 'authorization', prefix: 'Bearer ' },
  { kind: 'query', name: 'access_token' },
];

const isUsual = (place: TokenPlace) => place.name.toLowerCase() === 'authorization';

/** A provider without places of its own looks at the usual ones. */
export function ownPlaces({ fromHeaders, fromParams, fromCookies }: JwtProvider): TokenPlace[] {
  const own: TokenPlace[] = [
    ...fromHeaders.map(({ name, valuePrefix }) => ({ kind: 'header', name, prefix: valuePrefix }) as const),
    ...fromParams.map((name) => ({ kind: 'query', name }) as const),
    ...fromCookies.map((name) => ({ kind: 'cookie', name }) as const),
  ];
  return own.length === 0 ? [...USUAL_PLACES] : own;
}
