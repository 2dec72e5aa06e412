import { isCredentialName } from '../../base/index.ts';

/**
 * A compact token, or what is left of one; a credential among the parameters of a query. It begins where a word does: to try each
 * character of a long one would take its square.
 */
const TOKEN = /(?<![\w-])[\w-]{8,}(?:\.|%2e)[\w-]{4,}(?:\.|%2e)[\w-]*|eyJ[\w-]{8,}(?:(?:\.|%2e)[\w-]*)*/gi;
const PARAMETER = /(?<=[?&]([\w.-]{1,64})=)[^&#\s]+/g;

/** Replaces what looks like a compact token, and the values of query parameters that are credentials by their names. */
export function redactTokens(text: string): string {
  return text
    .replaceAll(TOKEN, '(token)')
    .replaceAll(PARAMETER, (value, name: string) => (isCredentialParameter(name) ? '(not shown)' : value));
}

/** Besides names that are credentials everywhere: short ones that in a query mean a token, a login's code, a session. */
const isCredentialParameter = (name: string) =>
  isCredentialName(name) || /^(?:jwt|assertion|code|sig|signature|sid|session)$/i.test(name);

/** Texts of configuration that give nothing away: a scheme's name, a few signs of a pattern. */
const SAYS_NOTHING = /^(?:basic|bearer|negotiate)?[^\p{L}\p{N}]*$/iu;

/** What a matcher wants of a header or parameter of this name, `exact "abc"`; a credential that is written there is left out. */
export function wantedUnder(name: string, wants: string): string {
  if (!isCredentialName(name)) return wants;
  return wants.replace(/"([\s\S]*)"/, (quoted, text: string) =>
    SAYS_NOTHING.test(text) ? quoted : '(not shown)',
  );
}
