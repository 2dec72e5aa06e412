import { askGate, type Chapter, curlGate } from './chapter.ts';
import { bearer, curlToken, login, passwordGrant, readTokens, type Tokens } from './tokens.ts';

/** The ten steps of the mesh document: the same data path, driven by Istio's two policies. */
export const mesh: Chapter = async (scene, narrator) => {
  const url = `${scene.mesh.url}/weather`;
  narrator.say(
    `\n    steps 1 to 3: the client logs in, the service checks the password, signs a token and returns it`,
  );
  const demo: Tokens = readTokens(
    await narrator.step({
      title: 'The client logs in and gets its token (steps 1, 2, 3)',
      curl: `TOKEN=$(${curlToken(scene, 'client_id=service&username=demo&password=abcd1234&grant_type=password')} | jq -r .access_token)`,
      send: () => scene.client.send(passwordGrant(scene, { username: 'demo', password: 'abcd1234' })),
      expect: { status: 200 },
    }),
  );
  await narrator.step(
    askGate(scene, scene.mesh, {
      title: 'It carries the token; the proxy verifies it and forwards the request (steps 4 to 10)',
      request: { url, headers: bearer(demo.access) },
      curl: curlGate(url, '$TOKEN'),
      expect: { status: 200 },
    }),
  );
  const bob = await login(scene, { username: 'bob', password: 'bob-pass' });
  await narrator.step(
    askGate(scene, scene.mesh, {
      title: "bob's token is as valid, but the AuthorizationPolicy admits only demo",
      request: { url, headers: bearer(bob.access) },
      curl: curlGate(url, '$BOB'),
      expect: { status: 403, body: 'RBAC: access denied' },
    }),
  );
  await narrator.step(
    askGate(scene, scene.mesh, {
      title: 'A spoilt token is refused by the RequestAuthentication (step 6)',
      request: { url, headers: bearer(`${demo.access}b`) },
      curl: curlGate(url, '${TOKEN}b'),
      expect: { status: 401, body: 'Jwt verification fails' },
    }),
  );
  await narrator.step(
    askGate(scene, scene.mesh, {
      title: 'No token at all: Istio lets the authentication pass, and the policy says no',
      request: { url },
      curl: curlGate(url),
      expect: { status: 403, body: 'RBAC: access denied' },
    }),
  );
};
