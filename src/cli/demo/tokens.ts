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

const PASSWORD = 'grant_type=password';

/** The command that logs in by hand and keeps the access token in a shell variable. */
export function curlLogin(issuer: SceneIssuer, variable: string, login: Login): string {
  return `${variable}=$(${curlGrant(issuer, formOf(login))} | ${pick('access_token')})`;
}

/** The same, keeping the refresh token too. */
export function curlLoginForBoth(issuer: SceneIssuer, login: Login): string[] {
  const [access, refresh] = ['access_token', 'refresh_token'].map(
    (name) => `$(echo "$LOGIN" | ${pick(name)})`,
  );
  return [`LOGIN=$(${curlGrant(issuer, formOf(login))})`, `TOKEN=${access}; REFRESH_TOKEN=${refresh}`];
}

/** The command that gets an access token for the refresh token kept. */
export function curlRefresh(issuer: SceneIssuer): string {
  const form = 'client_id=service&grant_type=refresh_token&refresh_token=$REFRESH_TOKEN';
  return `TOKEN=$(${curlGrant(issuer, form)} | ${pick('access_token')})`;
}

const formOf = (login: Login) => `${new URLSearchParams({ ...login })}&${PASSWORD}`;

const curlGrant = (issuer: SceneIssuer, form: string) =>
  `${issuer.curl} ${issuer.url}${TOKEN_PATH} -d "${form}"`;

/** Takes one text out of a JSON reply with what every system has. */
const pick = (name: string) => `sed 's/.*"${name}":"\\([^"]*\\)".*/\\1/'`;

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
