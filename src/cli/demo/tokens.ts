import type { StoryReply, StoryRequest } from './http-client.ts';
import type { Scene, SceneIssuer } from './scene.ts';

export interface Tokens {
  access: string;
  refresh: string;
}

export interface Login {
  client_id: string;
  username: string;
  password: string;
}

const TOKEN_PATH = '/protocol/openid-connect/token';

/** The password grant as the article does it. */
export function passwordGrant(issuer: SceneIssuer, login: Login): StoryRequest {
  return tokenRequest(issuer, { ...login, grant_type: 'password' });
}

export function refreshGrant(issuer: SceneIssuer, refreshToken: string): StoryRequest {
  return tokenRequest(issuer, {
    client_id: 'service',
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
  });
}

function tokenRequest(issuer: SceneIssuer, form: Record<string, string>): StoryRequest {
  return { method: 'POST', url: issuer.url + TOKEN_PATH, form };
}

/** The curl that gets a token by hand into a shell variable; `$NAME` in the form stands for what must not be printed. */
export function curlToken(issuer: SceneIssuer, variable: string, form: string): string {
  return `${variable}=$(${issuer.curl} ${issuer.url}${TOKEN_PATH} -d "${form}" | jq -r .access_token)`;
}

export function curlLogin(issuer: SceneIssuer, variable: string, login: Login): string {
  return curlToken(issuer, variable, new URLSearchParams({ ...login, grant_type: 'password' }).toString());
}

export function readTokens(reply: StoryReply): Tokens {
  const body = JSON.parse(reply.body) as { access_token?: string; refresh_token?: string };
  return { access: body.access_token ?? '', refresh: body.refresh_token ?? '' };
}

/** A login that is not a step of its own. */
export async function login(scene: Scene, issuer: SceneIssuer, user: Login): Promise<Tokens> {
  return readTokens(await scene.client.send(passwordGrant(issuer, user)));
}

export function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}
