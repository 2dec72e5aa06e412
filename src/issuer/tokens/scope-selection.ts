import { OAuthError } from '../oauth-error.ts';
import type { Client, ClientScope } from '../realm/realm.ts';

/** The client scopes that a token is issued with. */
export interface ScopeSelection {
  readonly hasOpenid: boolean;
  readonly scopes: readonly ClientScope[];
}

const TEXT_LENGTH_MAX = 4000;

/**
 * Reads a request's `scope`: the client's default scopes are always in, optional ones by name.
 * @throws OAuthError `invalid_scope` for a word that is neither `openid` nor a scope of the client.
 */
export function selectScopes(client: Client, requested: string | undefined): ScopeSelection {
  const words = requestedWords(client, requested);
  return pickScopes(client, new Set(words));
}

/** What a refresh may have: what the login had, less the optional scopes that the request leaves out. */
export function narrowScopes(client: Client, granted: string, requested: string | undefined): ScopeSelection {
  const held = new Set(granted.split(' '));
  if (requested === undefined || requested.length > TEXT_LENGTH_MAX) return pickScopes(client, held);
  const wanted = new Set(requestedWords(client, requested));
  if (held.has('openid')) wanted.add('openid');
  return pickScopes(client, new Set([...held].filter((word) => wanted.has(word))));
}

function requestedWords(client: Client, requested: string | undefined): string[] {
  if (requested === undefined || requested.length > TEXT_LENGTH_MAX) return [];
  const words = requested.split(' ');
  const known = [...client.defaultScopes, ...client.optionalScopes].map((scope) => scope.name);
  if (words.some((word) => word !== 'openid' && !known.includes(word))) {
    const detail = 'a scope that is not there';
    throw new OAuthError(400, 'invalid_scope', `Invalid scopes: ${requested}`, { detail });
  }
  return words;
}

function pickScopes(client: Client, words: ReadonlySet<string>): ScopeSelection {
  const optional = client.optionalScopes.filter((scope) => words.has(scope.name));
  return {
    hasOpenid: words.has('openid'),
    scopes: [...new Set([...client.defaultScopes, ...optional])],
  };
}

export function hasOfflineAccess({ scopes }: ScopeSelection): boolean {
  return scopes.some((scope) => scope.name === 'offline_access');
}

/** The `scope` that the reply and the access token show. */
export function renderScope({ hasOpenid, scopes }: ScopeSelection): string {
  const names = scopes.filter((scope) => scope.isVisible).map((scope) => scope.name);
  return [...(hasOpenid ? ['openid'] : []), ...names].join(' ');
}

/** The shown scopes, and after them those that are kept out of `scope`. */
export function renderFullScope(selection: ScopeSelection): string {
  const hidden = selection.scopes.filter((scope) => !scope.isVisible).map((scope) => scope.name);
  return [renderScope(selection), ...hidden].filter((part) => part !== '').join(' ');
}
