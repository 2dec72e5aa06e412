import { askGate, type Chapter, curlGate } from './chapter.ts';
import { bearer, curlLogin, login } from './tokens.ts';

/** The gate keeps keys for 300 s; one second more and it has to fetch them again. */
const PAST_CACHE_SECONDS = 301;

const DEMO = { client_id: 'service', username: 'demo', password: 'abcd1234' };

/** Keys change without anybody being kept out, and a stranger in the issuer's place gets nobody in. */
export const rotation: Chapter = async (scene, narrator) => {
  const issuer = await scene.issuer();
  const url = `${scene.front.url}/`;
  const ask = (title: string, token: string, variable: string, status: number, body?: string) =>
    narrator.step(
      askGate(scene, scene.front, {
        title,
        request: { url, headers: bearer(token) },
        curl: curlGate(url, variable),
        expect: { status, ...(body !== undefined ? { body } : {}) },
      }),
    );

  const before = await login(scene, issuer, DEMO);
  narrator.note('demo logs in', curlLogin(issuer, 'OLD', DEMO));
  await issuer.publishNextKey();
  narrator.note(
    `the issuer publishes its next key and waits ${PAST_CACHE_SECONDS} s, longer than any gate keeps old key sets`,
    issuer.byHand.publishNextKey,
    scene.passTime(PAST_CACHE_SECONDS),
  );
  await ask('A token of the old key makes the gate fetch the set with both', before.access, '$OLD', 200);
  await issuer.signWithNextKey();
  narrator.note('now the issuer signs with the new key', issuer.byHand.signWithNextKey);
  const after = await login(scene, issuer, DEMO);
  narrator.note('demo logs in again', curlLogin(issuer, 'NEW', DEMO));
  await ask('A token of the new key is let in at once', after.access, '$NEW', 200);
  await ask('and a token of the old key still is', before.access, '$OLD', 200);

  const wait = scene.passTime(PAST_CACHE_SECONDS);
  const honest = await login(scene, issuer, DEMO);
  narrator.note('time passes, and demo logs in once more', wait, curlLogin(issuer, 'TOKEN', DEMO));
  await issuer.useStrangersCertificate();
  narrator.note(
    "a stranger takes the issuer's place: the right name, but a certificate that no trusted authority signed",
    issuer.byHand.stranger,
  );
  await ask(
    "A stranger's keys are refused, and nobody is let in on them",
    honest.access,
    '$TOKEN',
    401,
    'Jwks remote fetch is failed',
  );
  await issuer.useOwnCertificate();
  narrator.note('the issuer is back', issuer.byHand.own);
  await ask('The very same token is let in', honest.access, '$TOKEN', 200);
};
