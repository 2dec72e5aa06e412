import { askGate, type Chapter, curlGate } from './chapter.ts';
import { bearer, login } from './tokens.ts';

/** The gate keeps keys for 300 s; one second more and it has to fetch them again. */
const PAST_CACHE_SECONDS = 301;

/** Keys change without anybody being kept out, and a stranger in the issuer's place gets nobody in. */
export const rotation: Chapter = async (scene, narrator) => {
  const url = `${scene.front.url}/`;
  const user = { username: 'demo', password: 'abcd1234' };
  const ask = (title: string, token: string, variable: string, status: number, body?: string) =>
    narrator.step(
      askGate(scene, scene.front, {
        title,
        request: { url, headers: bearer(token) },
        curl: curlGate(url, variable),
        expect: { status, ...(body !== undefined ? { body } : {}) },
      }),
    );

  const before = await login(scene, user);
  await scene.issuer.publishNextKey();
  scene.passTime(PAST_CACHE_SECONDS);
  narrator.note(
    'the issuer publishes its next key, and waits until every gate has fetched the key set again',
  );
  await ask('A token of the old key makes the gate fetch both keys', before.access, '$OLD', 200);
  await scene.issuer.signWithNextKey();
  narrator.note('now the issuer signs with the new key');
  const after = await login(scene, user);
  await ask('A token of the new key is let in at once', after.access, '$NEW', 200);
  await ask('and the token of the old key still is', before.access, '$OLD', 200);

  scene.passTime(PAST_CACHE_SECONDS);
  const honest = await login(scene, user);
  await scene.issuer.useStrangersCertificate();
  narrator.note(
    "a stranger stands in for the issuer: the right name, but a certificate of nobody's authority",
  );
  await ask(
    'Keys from a stranger are refused, and nobody is let in on them',
    honest.access,
    '$TOKEN',
    401,
    'Jwks remote fetch is failed',
  );
  await scene.issuer.useOwnCertificate();
  await ask('The issuer is back, and so is the very same token', honest.access, '$TOKEN', 200);
};
