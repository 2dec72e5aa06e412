import { askGate, type Chapter, curlGate } from './chapter.ts';
import { bearer, curlLogin, login, passwordGrant, readTokens } from './tokens.ts';

const ALICE = { client_id: 'weather-app', username: 'alice', password: 'rain-or-shine' };
const BOB = { ...ALICE, username: 'bob' };

/** The ten steps of the mesh document: the same data path, driven by Istio's two policies. */
export const mesh: Chapter = async (scene, narrator) => {
  const { gate, issuer } = await scene.mesh();
  const url = `${gate.url}/forecast`;
  const ask = (
    title: string,
    token: string | null,
    variable: string,
    expect: { status: number; body?: string },
  ) =>
    narrator.step(
      askGate(scene, gate, {
        title,
        request: { url, ...(token !== null ? { headers: bearer(token) } : {}) },
        curl: curlGate(url, token === null ? undefined : variable),
        expect,
      }),
    );
  const alice = readTokens(
    await narrator.step({
      title: 'Steps 1 to 3: the client logs in, the service checks, signs and returns a token',
      curl: curlLogin(issuer, 'TOKEN', ALICE),
      send: () => scene.client.send(passwordGrant(issuer, ALICE)),
      expect: { status: 200, body: /"access_token":"ey/ },
    }),
  );
  await ask(
    'Steps 4 to 10: it sends the token along; the proxy verifies, forwards, returns the answer',
    alice.access,
    '$TOKEN',
    {
      status: 200,
    },
  );
  const bob = await login(scene, issuer, BOB);
  narrator.note('bob logs in as well', curlLogin(issuer, 'BOB', BOB));
  await ask("bob's token is as good, but the AuthorizationPolicy admits only alice", bob.access, '$BOB', {
    status: 403,
    body: 'RBAC: access denied',
  });
  await ask(
    'Step 6 the other way: a spoilt token is refused by the RequestAuthentication',
    `${alice.access}b`,
    '${TOKEN}b',
    {
      status: 401,
      body: 'Jwt verification fails',
    },
  );
  await ask('No token: a RequestAuthentication asks for none, the policy does', null, '', {
    status: 403,
    body: 'RBAC: access denied',
  });
};
