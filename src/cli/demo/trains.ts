import { askGate, type Chapter, curlGate } from './chapter.ts';
import { bearer, curlToken, login } from './tokens.ts';

/** The article's picture of the two trains: a valid token, but for the other train, is stopped at the gate. */
export const trains: Chapter = async (scene, narrator) => {
  const form = { client_id: 'a-train-ticket', username: 'demo', password: 'abcd1234' };
  const ticket = await login(scene, form);
  const byHand = 'client_id=a-train-ticket&username=demo&password=abcd1234&grant_type=password';
  narrator.note(`a ticket for the A train: TICKET=$(${curlToken(scene, byHand)} | jq -r .access_token)`);
  const ride = (train: string) => ({
    request: { url: `${scene.trains.url}/${train}`, headers: bearer(ticket.access) },
    curl: curlGate(`${scene.trains.url}/${train}`, '$TICKET'),
  });
  await narrator.step(
    askGate(scene, scene.trains, {
      title: 'The A-Train ticket on the A train',
      ...ride('a-train'),
      expect: { status: 200, body: 'welcome aboard the A train\n' },
    }),
  );
  await narrator.step(
    askGate(scene, scene.trains, {
      title: 'The A-Train ticket on the B train: valid, but its scope is the wrong one',
      ...ride('b-train'),
      expect: { status: 403, body: 'RBAC: access denied' },
    }),
  );
};
