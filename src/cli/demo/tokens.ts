import type { StoryReply, StoryRequest } from './http-client.ts';
import type { Scene } from './scene.ts';

export interface Tokens {
  access: string;
  refresh: string;
}

const TOKEN_PATH = '/protocol/openid-connect/token';

/** The password grant as the article does it. */
export function passwordGrant(scene: Scene, form: Record<string, string>): StoryRequest {
  return tokenRequest(scene, { client_id: 'service', grant_type: 'password', ...form });
}

export function refreshGrant(scene: Scene, refreshToken: string): StoryRequest {
  return tokenRequest(scene, {
    client_id: 'service',
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
  });
}

function tokenRequest(scene: Scene, form: Record<string, string>): StoryRequest {
  return { method: 'POST', url: scene.issuer.url + TOKEN_PATH, form };
}

/** The curl that does a token request by hand; `$NAME` stands for what must not be printed. */
export function curlToken(scene: Scene, form: string): string {
  return `${scene.issuer.curl} ${scene.issuer.url}${TOKEN_PATH} -d "${form}"`;
}

export function readTokens(reply: StoryReply): Tokens {
  const body = JSON.parse(reply.body) as { access_token?: string; refresh_token?: string };
  return { access: body.access_token ?? '', refresh: body.refresh_token ?? '' };
}

/** A login that is not a step of its own. */
export async function login(scene: Scene, form: Record<string, string>): Promise<Tokens> {
  return readTokens(await scene.client.send(passwordGrant(scene, form)));
}

export function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}
