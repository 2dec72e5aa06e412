import type { JwtProvider } from '#schema/envoy/extensions/filters/http/jwt_authn/v3/config_pb.js';
import type { JsonObject } from '../../core/jwt/index.ts';
import type { ConnectionInfo, RequestWords } from '../../proxy/rehearsal/index.ts';
import type { TokenPlace } from '../policy-test/policy-test.ts';

/** A token that is put at a place: as a key of the provider would sign it. */
export interface DraftToken {
  place: TokenPlace;
  provider: JwtProvider;
  claims: JsonObject;
  /** Claims of the token that the asked request has there; null: none that can be read. */
  base: JsonObject | null;
}

/** A request on the way from the one that was asked about to one that passes. */
export interface Draft {
  words: RequestWords;
  connection: ConnectionInfo;
  /** By place; null: whatever stands there is taken out. */
  tokens: ReadonlyMap<string, { place: TokenPlace; token: DraftToken | null }>;
}

export const nameOfPlace = (place: TokenPlace) => `${place.kind} ${place.name.toLowerCase()}`;

type SignDraft = (token: DraftToken) => string;

/** The request as a client would send it. */
export function wordsOf({ words, tokens }: Draft, sign: SignDraft): RequestWords {
  let sent = words;
  for (const { place, token } of tokens.values()) {
    sent = putAt(sent, place, token === null ? null : sign(token));
  }
  return sent;
}

function putAt(words: RequestWords, place: TokenPlace, text: string | null): RequestWords {
  switch (place.kind) {
    case 'header':
      return withHeader(words, place.name, text === null ? null : `${place.prefix}${text}`);
    case 'query':
      return withParameter(words, place.name, text);
    case 'cookie':
      return withCookie(words, place.name, text);
  }
}

/** In the place of every line of that name. */
export function withHeader(words: RequestWords, name: string, value: string | null): RequestWords {
  const rest = words.headers.filter(([other]) => other.toLowerCase() !== name.toLowerCase());
  return { ...words, headers: value === null ? rest : [...rest, [name, value]] };
}

export function withParameter(words: RequestWords, name: string, value: string | null): RequestWords {
  const [path, query] = splitTarget(words.path);
  const rest = (query === null ? [] : query.split('&')).filter((part) => part.split('=', 1)[0] !== name);
  const parts = value === null ? rest : [...rest, `${name}=${value}`];
  return { ...words, path: parts.length === 0 ? path : `${path}?${parts.join('&')}` };
}

function withCookie(words: RequestWords, name: string, value: string | null): RequestWords {
  const lines = words.headers.filter(([other]) => other.toLowerCase() === 'cookie').map(([, line]) => line);
  const rest = lines.flatMap((line) => line.split(/; */)).filter((part) => part.split('=', 1)[0] !== name);
  const parts = value === null ? rest : [...rest, `${name}=${value}`];
  return withHeader(words, 'cookie', parts.length === 0 ? null : parts.join('; '));
}

/** A path in the place of the request's, before the same query. */
export function withPath(words: RequestWords, path: string): RequestWords {
  const [, query] = splitTarget(words.path);
  return { ...words, path: query === null ? path : `${path}?${query}` };
}

export function splitTarget(target: string): [path: string, query: string | null] {
  const at = target.indexOf('?');
  return at < 0 ? [target, null] : [target.slice(0, at), target.slice(at + 1)];
}

/** What stands at a place; undefined: nothing. */
export function textAt({ path, headers }: RequestWords, place: TokenPlace): string | undefined {
  const lines = (name: string) =>
    headers.filter(([other]) => other.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
  if (place.kind === 'header') {
    const value = lines(place.name).at(-1);
    const at = value?.indexOf(place.prefix) ?? -1;
    return at < 0 ? undefined : value?.slice(at + place.prefix.length).trim();
  }
  const parts =
    place.kind === 'query'
      ? (splitTarget(path)[1] ?? '').split('&')
      : lines('cookie').flatMap((line) => line.split(/; */));
  const found = parts.find((part) => part.startsWith(`${place.name}=`));
  return found === undefined ? undefined : found.slice(place.name.length + 1);
}
