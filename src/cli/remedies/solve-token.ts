import type { JwtProvider } from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  memberOf,
  normalizeAudience,
} from '../../core/jwt/index.ts';
import { compileStringMatcher, toByteString } from '../../core/match/index.ts';
import { atomsOfString, candidatesFor } from '../policy-diff/text-atom.ts';
import { ownPlaces } from '../policy-diff/token-dimension.ts';
import type { TokenPlace } from '../policy-test/policy-test.ts';
import { type Draft, type DraftToken, nameOfPlace, textAt } from './draft.ts';

const LIFETIME_SECONDS = 300;
const DEFAULT_SKEW_SECONDS = 60;
const AUDIENCES_MAX = 8;

export interface TokenNeeds {
  provider: JwtProvider;
  /** In place of the provider's own; each will do. */
  audiences: readonly string[];
}

/** Reads the claims of a token's text; null where it is none. */
export type ReadToken = (text: string) => JsonObject | null;

/** The token that a draft has at a place: put there, or of the asked request. */
export function tokenAt(draft: Draft, place: TokenPlace, read: ReadToken): JsonObject | null {
  const edit = draft.tokens.get(nameOfPlace(place));
  if (edit !== undefined) return edit.token?.claims ?? null;
  const text = textAt(draft.words, place);
  return text === undefined ? null : read(text);
}

export function withToken(draft: Draft, token: DraftToken): Draft {
  return {
    ...draft,
    tokens: new Map([...draft.tokens, [nameOfPlace(token.place), { place: token.place, token }]]),
  };
}

export function withoutToken(draft: Draft, place: TokenPlace): Draft {
  return { ...draft, tokens: new Map([...draft.tokens, [nameOfPlace(place), { place, token: null }]]) };
}

/** Tokens that a provider takes, at each of its places: the one that is there with as little changed as will do. */
export function tokensFor(
  needs: TokenNeeds,
  draft: Draft,
  nowSeconds: number,
  read: ReadToken,
): DraftToken[] {
  const { provider } = needs;
  return ownPlaces(provider).flatMap((place) => {
    const asked = textAt(draft.words, place);
    const base = asked === undefined ? null : read(asked);
    const claims = tokenAt(draft, place, read) ?? base ?? {};
    return acceptableClaims(claims, needs, nowSeconds).map((made) => ({
      place,
      provider,
      claims: made,
      base,
    }));
  });
}

/** The claims with what the provider checks put right, once for each audience that would do. */
function acceptableClaims(
  claims: JsonObject,
  { provider, audiences }: TokenNeeds,
  nowSeconds: number,
): JsonObject[] {
  const { issuer } = provider;
  let made = claims;
  if (issuer !== '' && memberOf(claims, 'iss') !== issuer) made = { ...made, iss: issuer };
  made = withLifetime(made, provider, nowSeconds);
  made = withSubject(made, provider);
  if (audiences.length === 0 || audiencesOf(made).some((one) => takes(audiences, one))) return [made];
  return audiences.slice(0, AUDIENCES_MAX).map((aud) => ({ ...made, aud }));
}

function audiencesOf(claims: JsonObject): string[] {
  const aud = memberOf(claims, 'aud');
  return [aud].flat().filter((one) => typeof one === 'string');
}

const takes = (audiences: readonly string[], audience: string) =>
  audiences.some((one) => normalizeAudience(one) === normalizeAudience(audience));

function withLifetime(claims: JsonObject, provider: JwtProvider, now: number): JsonObject {
  const { clockSkewSeconds, requireExpiration, maxLifetime } = provider;
  const skew = clockSkewSeconds || DEFAULT_SKEW_SECONDS;
  const longest = maxLifetime === undefined ? Number.POSITIVE_INFINITY : Number(maxLifetime.seconds);
  const { nbf, ...rest } = claims;
  const isEarly = nbf !== undefined && !(typeof nbf === 'number' && nbf <= now + skew);
  const made = isEarly ? rest : claims;
  const exp = memberOf(made, 'exp');
  const needsNone = exp === undefined && !requireExpiration && maxLifetime === undefined;
  const isFine = typeof exp === 'number' && exp + skew > now && exp - now < longest;
  if (needsNone || isFine) return made;
  return { ...made, exp: Math.floor(now + Math.min(LIFETIME_SECONDS, longest / 2)) };
}

function withSubject(claims: JsonObject, { subjects }: JwtProvider): JsonObject {
  const matcher = subjects === undefined ? null : compileStringMatcher(subjects, () => undefined);
  if (subjects === undefined || matcher === null) return claims;
  const fits = (sub: JsonValue | undefined) => typeof sub === 'string' && matcher.matches(toByteString(sub));
  if (fits(memberOf(claims, 'sub'))) return claims;
  const sub = candidatesFor(atomsOfString(subjects)).find(fits);
  return sub === undefined ? claims : { ...claims, sub };
}

/** The text of what a claim header shows, as a claim. */
export function setClaim(
  claims: JsonObject,
  path: readonly string[],
  value: JsonValue | undefined,
): JsonObject {
  const [head, ...rest] = path;
  if (head === undefined) return claims;
  if (value === undefined && rest.length === 0) {
    return Object.fromEntries(Object.entries(claims).filter(([name]) => name !== head));
  }
  if (rest.length === 0) return { ...claims, [head]: value as JsonValue };
  const inner = memberOf(claims, head);
  return { ...claims, [head]: setClaim(isJsonObject(inner) ? inner : {}, rest, value) };
}
