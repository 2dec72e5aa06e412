const KEYCLOAK_KEYS = '/protocol/openid-connect/certs';

/**
 * Does the issuer differ from what the server of the keys calls itself? Told only where the address of the keys gives it away: a
 * Keycloak realm's, on the same host. L05.
 * @returns the issuer that its tokens have; undefined where there is nothing to say
 */
export function issuerMismatch(issuer: string, jwksUri: string): string | undefined {
  if (issuer === '' || !jwksUri.endsWith(KEYCLOAK_KEYS)) return undefined;
  const own = jwksUri.slice(0, -KEYCLOAK_KEYS.length);
  if (issuer === own) return undefined;
  if (issuer === `${own}/`) return own;
  return hostOf(issuer) === hostOf(own) ? own : undefined;
}

const hostOf = (url: string) => /^[a-z]+:\/\/([^/]*)/.exec(url)?.[1];
