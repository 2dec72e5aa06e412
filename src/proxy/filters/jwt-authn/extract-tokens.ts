import { firstCookies } from '../../http/cookies.ts';
import { firstParameters } from '../../http/query.ts';
import type { RequestHead } from '../../http/request-head.ts';
import type { LocationSet, TokenLocation } from './locations.ts';

/** A text that stands where a token should. */
export interface FoundToken {
  text: string;
  location: TokenLocation;
}

/** Finds every token, in the order of the locations (Envoy: extractor.cc; envoy.md §3.1–3.3). */
export function extractTokens(request: RequestHead, locations: LocationSet): FoundToken[] {
  const found: FoundToken[] = [];
  for (const location of locations.headers) extractFromHeader(request, location, found);
  const { parameters, cookies, parameterPlaces, cookiePlaces } = locations;
  if (parameters.length > 0) {
    const path = pathAsEnvoy(request);
    if (path.includes('?')) addAt(parameters, firstParameters(path, parameterPlaces), found);
  }
  if (cookies.length > 0) addAt(cookies, firstCookies(request.headers, cookiePlaces), found);
  return found;
}

/** Adds what was found at some places, in the order of the places. */
function addAt(
  locations: readonly TokenLocation[],
  texts: ReadonlyMap<number, string>,
  found: FoundToken[],
): void {
  const places = [...texts.keys()];
  if (places.length > 1) places.sort((a, b) => a - b);
  for (const place of places) {
    found.push({ text: texts.get(place) as string, location: locations[place] as TokenLocation });
  }
}

/** The path as Envoy has it, which writes the query decoded each time that it takes a token out of it. */
export function pathAsEnvoy({ path, stripped }: RequestHead): string {
  return stripped?.path === path ? stripped.asEnvoy : path;
}

function extractFromHeader({ headers }: RequestHead, location: TokenLocation, found: FoundToken[]): void {
  const { names, values } = headers;
  for (let i = 0; i < names.length; i++) {
    if (names[i] !== location.name) continue;
    const text = textAfter(values[i] as string, location.prefix);
    if (text !== undefined) found.push({ text, location });
  }
}

/** A character that a token may start with, or a dot. */
const TOKEN_START = /[\w.-]/g;

/**
 * The rest of the value from the first token character after the prefix, wherever the prefix stands; the whole value when nothing
 * of the kind follows it.
 */
function textAfter(value: string, prefix: string): string | undefined {
  if (prefix === '') return value;
  const at = value.indexOf(prefix);
  if (at < 0) return undefined;
  const rest = at + prefix.length;
  if (isAlphanumeric(value.charCodeAt(rest))) return value.slice(rest);
  TOKEN_START.lastIndex = rest;
  const start = TOKEN_START.exec(value);
  return start === null ? value : value.slice(start.index);
}

/** By far the most tokens start with `e`. */
function isAlphanumeric(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57);
}
