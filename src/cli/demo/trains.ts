import { askGate, type Chapter, curlGate } from './chapter.ts';
import { bearer, curlLogin, login } from './tokens.ts';

const TICKET = { client_id: 'a-train-ticket', username: 'demo', password: 'abcd1234' };

/** The article's picture of the two trains: a valid token, but for the other train, is stopped at the gate. */
export const trains: Chapter = async (scene, narrator) => {
  const [issuer, gate] = await Promise.all([scene.issuer(), scene.trains()]);
  const ticket = await login(scene, issuer, TICKET);
  narrator.note('a ticket for the A train', curlLogin(issuer, 'TICKET', TICKET));
  const ride = (title: string, train: string, expect: { status: number; body: string }) =>
    narrator.step(
      askGate(scene, gate, {
        title,
        request: { url: `${gate.url}/${train}`, headers: bearer(ticket.access) },
        curl: curlGate(`${gate.url}/${train}`, '$TICKET'),
        expect,
      }),
    );
  await ride('Its scope is A-Train, and this is the A train', 'a-train', {
    status: 200,
    body: 'welcome aboard the A train\n',
  });
  await ride('A valid token, but its scope is A-Train, and this is the B train', 'b-train', {
    status: 403,
    body: 'RBAC: access denied',
  });
};
