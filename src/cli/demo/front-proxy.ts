import { askGate, type Chapter, curlGate } from './chapter.ts';
import type { StoryReply } from './http-client.ts';
import type { Narrator } from './narrator.ts';
import type { Scene, SceneIssuer } from './scene.ts';
import {
  bearer,
  curlLogin,
  curlLoginForBoth,
  curlRefresh,
  login,
  passwordGrant,
  readTokens,
  refreshGrant,
  type Tokens,
} from './tokens.ts';

const DATA = '/users/demo/data/funnel/Update?query=coord%20within%201.5%20km%20of%20(52.514,13.350)';
const DEMO = { client_id: 'service', username: 'demo', password: 'abcd1234' };
const BOB = { client_id: 'service', username: 'bob', password: 'abcd1234' };

/** An access token lives 300 s, and the gate forgives 60 s of clock skew. */
const PAST_EXPIRY_SECONDS = 361;

/** The article's walk through its own configuration: no token, a token, a spoilt token, an expired token, a refresh. */
export const frontProxy: Chapter = async (scene, narrator) => {
  await openDoors(scene, narrator);
  scene.prepareAhead();
  const issuer = await scene.issuer();
  const tokens = readTokens(
    await narrator.step({
      title: 'Log in: user name and password for signed tokens',
      curl: curlLoginForBoth(issuer, DEMO),
      send: () => scene.client.send(passwordGrant(issuer, DEMO)),
      expect: { status: 200, body: /"expires_in":300,"refresh_expires_in":1800/ },
    }),
  );
  await withToken(scene, narrator, tokens);
  await tampered(scene, narrator, tokens);
  const fresh = await expiredAndRefreshed(scene, narrator, issuer, tokens);
  await otherPeoplesData(scene, narrator, issuer, fresh);
};

async function openDoors({ front, ...scene }: Scene, narrator: Narrator): Promise<void> {
  const root = `${front.url}/`;
  const docs = `${front.url}/docs`;
  await narrator.step(
    askGate({ front, ...scene }, front, {
      title: 'A request without a token is kept out',
      request: { url: root },
      curl: curlGate(root),
      expect: { status: 401, body: 'Jwt is missing' },
      isExplainedInFull: true,
    }),
  );
  // It starts while the next step is shown; a failure is told by the step that asks again.
  scene.issuer().catch(() => {});
  await narrator.step(
    askGate({ front, ...scene }, front, {
      title: '/docs is open to everybody',
      request: { url: docs },
      curl: curlGate(docs),
      expect: { status: 200 },
    }),
  );
}

async function withToken(scene: Scene, narrator: Narrator, tokens: Tokens): Promise<void> {
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

async function tampered(scene: Scene, narrator: Narrator, tokens: Tokens): Promise<void> {
  const url = `${scene.front.url}/`;
  const ask = (title: string, token: string, variable: string, body: string) =>
    narrator.step(
      askGate(scene, scene.front, {
        title,
        request: { url, headers: bearer(token) },
        curl: curlGate(url, variable),
        expect: { status: 401, body },
      }),
    );
  await ask('One letter added at the end', `${tokens.access}b`, '${TOKEN}b', 'Jwt verification fails');
  await ask(
    'One letter added at the front',
    `a${tokens.access}`,
    'a${TOKEN}',
    'Jwt header is an invalid JSON',
  );
}

async function expiredAndRefreshed(
  scene: Scene,
  narrator: Narrator,
  issuer: SceneIssuer,
  tokens: Tokens,
): Promise<Tokens> {
  const url = `${scene.front.url}/`;
  const ask = (title: string, token: string, expect: { status: number; body?: string }) =>
    narrator.step(
      askGate(scene, scene.front, {
        title,
        request: { url, headers: bearer(token) },
        curl: curlGate(url, '$TOKEN'),
        expect,
      }),
    );
  const wait = scene.passTime(PAST_EXPIRY_SECONDS);
  narrator.note(
    `a coffee break: the clock moves on by ${PAST_EXPIRY_SECONDS} s, past exp and the 60 s of skew`,
    wait,
  );
  await ask('The token has expired', tokens.access, { status: 401, body: 'Jwt is expired' });
  const fresh = readTokens(
    await narrator.step({
      title: 'Refresh: a new token without the password',
      curl: curlRefresh(issuer),
      send: () => scene.client.send(refreshGrant(issuer, tokens.refresh)),
      expect: { status: 200, body: /"token_type":"Bearer"/ },
    }),
  );
  await ask('The new token is let in', fresh.access, { status: 200 });
  return fresh;
}

async function otherPeoplesData(
  scene: Scene,
  narrator: Narrator,
  issuer: SceneIssuer,
  demo: Tokens,
): Promise<void> {
  const bob = await login(scene, issuer, BOB);
  const url = scene.front.url + DATA.replace('/users/demo/', '/users/bob/');
  const ask = (title: string, token: string, variable: string, body: RegExp) =>
    narrator.step({
      title,
      curl: curlGate(url, variable),
      send: () => scene.client.send({ url, headers: bearer(token) }),
      expect: { status: 403, body },
      after: serviceSaidNo,
    });
  narrator.note('bob logs in too', curlLogin(issuer, 'BOB', BOB));
  await ask(
    "bob's token passes the gate, but none of his namespaces is that one",
    bob.access,
    '$BOB',
    /namespace funnel/,
  );
  await ask("demo's token passes the gate, but the data is bob's", demo.access, '$TOKEN', /belongs to bob/);
}

/** The refusal is the service's own: the gate admitted the request and handed on the verified claims. */
function serviceSaidNo(reply: StoryReply): string[] {
  const { error } = JSON.parse(reply.body) as { error: string };
  return [`why  the service, not the gate, said no: ${error}`];
}
