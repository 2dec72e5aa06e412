import { askGate, type Chapter, curlGate } from './chapter.ts';
import type { StoryReply } from './http-client.ts';
import type { Scene } from './scene.ts';
import { bearer, curlToken, login, passwordGrant, readTokens, refreshGrant, type Tokens } from './tokens.ts';

const DATA = '/users/demo/data/funnel/Update?query=coord%20within%201.5%20km%20of%20(52.514,13.350)';
const LOGIN_FORM = 'client_id=service&username=demo&password=abcd1234&grant_type=password';

/** The whole access token lives 300 s, and the gate forgives 60 s of clock skew. */
const PAST_EXPIRY_SECONDS = 361;

/** The article's walk through its own configuration: no token, a token, a spoilt token, an expired token, a refresh. */
export const frontProxy: Chapter = async (scene, narrator) => {
  const { front } = scene;
  const root = `${front.url}/`;
  await narrator.step(
    askGate(scene, front, {
      title: 'A request without a token is kept out',
      request: { url: root },
      curl: curlGate(root),
      expect: { status: 401, body: 'Jwt is missing' },
    }),
  );
  await narrator.step(
    askGate(scene, front, {
      title: '/docs is open to everybody',
      request: { url: `${front.url}/docs` },
      curl: curlGate(`${front.url}/docs`),
      expect: { status: 200 },
    }),
  );
  const tokens = readTokens(
    await narrator.step({
      title: 'Log in: user name and password for signed tokens',
      curl: `TOKEN=$(${curlToken(scene, LOGIN_FORM)} | jq -r .access_token)`,
      send: () => scene.client.send(passwordGrant(scene, { username: 'demo', password: 'abcd1234' })),
      expect: { status: 200, body: /"expires_in":300,"refresh_expires_in":1800/ },
    }),
  );
  await withToken(scene, narrator, tokens);
  await tampered(scene, narrator, tokens);
  const fresh = await expiredAndRefreshed(scene, narrator, tokens);
  await otherPeoplesData(scene, narrator, fresh);
};

async function withToken(scene: Scene, narrator: Parameters<Chapter>[1], tokens: Tokens): Promise<void> {
  const url = scene.front.url + DATA;
  await narrator.step(
    askGate(scene, scene.front, {
      title: 'With the token the same gate lets the request through',
      request: { url, headers: bearer(tokens.access) },
      curl: curlGate(url, '$TOKEN'),
      expect: { status: 200, body: /"birds-8".*"birds-3".*"birds-7".*"birds-0"/s },
      after: () => [whatTheServiceSaw(scene)],
    }),
  );
}

function whatTheServiceSaw(scene: Scene): string {
  const seen = scene.service.lastSeen;
  if (seen?.claims == null) return '!the service saw no payload';
  if (seen.headers['authorization'] !== undefined) return '!the token itself reached the service';
  const { sub, scope, namespaces, username } = seen.claims;
  return `the service saw  x-jwt-payload: ${JSON.stringify({ sub, scope, namespaces, username })}, and no token`;
}

async function tampered(scene: Scene, narrator: Parameters<Chapter>[1], tokens: Tokens): Promise<void> {
  const url = `${scene.front.url}/`;
  await narrator.step(
    askGate(scene, scene.front, {
      title: 'One letter added at the end',
      request: { url, headers: bearer(`${tokens.access}b`) },
      curl: curlGate(url, '${TOKEN}b'),
      expect: { status: 401, body: 'Jwt verification fails' },
    }),
  );
  await narrator.step(
    askGate(scene, scene.front, {
      title: 'One letter added at the front',
      request: { url, headers: bearer(`a${tokens.access}`) },
      curl: curlGate(url, 'a${TOKEN}'),
      expect: { status: 401, body: 'Jwt header is an invalid JSON' },
    }),
  );
}

async function expiredAndRefreshed(
  scene: Scene,
  narrator: Parameters<Chapter>[1],
  tokens: Tokens,
): Promise<Tokens> {
  const url = `${scene.front.url}/`;
  scene.passTime(PAST_EXPIRY_SECONDS);
  narrator.note(
    `one coffee later: the clock moved on by ${PAST_EXPIRY_SECONDS} s, past exp and the 60 s of skew`,
  );
  await narrator.step(
    askGate(scene, scene.front, {
      title: 'The token has expired',
      request: { url, headers: bearer(tokens.access) },
      curl: curlGate(url, '$TOKEN'),
      expect: { status: 401, body: 'Jwt is expired' },
    }),
  );
  const fresh = readTokens(
    await narrator.step({
      title: 'Refresh: a new token without the password',
      curl: `TOKEN=$(${curlToken(scene, 'client_id=service&grant_type=refresh_token&refresh_token=$REFRESH')} | jq -r .access_token)`,
      send: () => scene.client.send(refreshGrant(scene, tokens.refresh)),
      expect: { status: 200, body: /"token_type":"Bearer"/ },
    }),
  );
  await narrator.step(
    askGate(scene, scene.front, {
      title: 'The new token is let in',
      request: { url, headers: bearer(fresh.access) },
      curl: curlGate(url, '$TOKEN'),
      expect: { status: 200 },
    }),
  );
  return fresh;
}

async function otherPeoplesData(scene: Scene, narrator: Parameters<Chapter>[1], demo: Tokens): Promise<void> {
  const bob = await login(scene, { username: 'bob', password: 'bob-pass' });
  const url = scene.front.url + DATA.replace('/users/demo/', '/users/bob/');
  const step = (title: string, token: string, variable: string, body: RegExp) =>
    narrator.step({
      title,
      curl: curlGate(url, variable),
      send: () => scene.client.send({ url, headers: bearer(token) }),
      expect: { status: 403, body },
      after: serviceSaidNo,
    });
  await step(
    "bob's token passes the gate, but the service has no namespace of his there",
    bob.access,
    '$BOB',
    /namespace funnel/,
  );
  await step("demo's token passes the gate, but that data is bob's", demo.access, '$TOKEN', /belongs to bob/);
}

/** The refusal is the service's own: the gate admitted the request and handed on the verified claims. */
function serviceSaidNo(reply: StoryReply): string[] {
  const { error } = JSON.parse(reply.body) as { error: string };
  return [`why  the service, not the gate, said no: ${error}`];
}
