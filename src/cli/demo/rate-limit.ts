import { askGate, type Chapter, curlGate, type GateStep } from './chapter.ts';
import type { Narrator } from './narrator.ts';
import type { Scene, SceneGate } from './scene.ts';
import { bearer, curlLogin, login } from './tokens.ts';

const CLIENT = { client_id: 'a-train-ticket', password: 'abcd1234' };
const DEMO = { ...CLIENT, username: 'demo' };
const BOB = { ...CLIENT, username: 'bob' };

const CALLS_A_MINUTE = 5;
const SECONDS_TO_NEXT_CALL = 60 / CALLS_A_MINUTE;
const BIRD = { status: 200, body: 'a bird\n' };

/** The article's reader asked for limits by the `sub` of the token: one user's calls run out, another's do not. */
export const rateLimit: Chapter = async (scene, narrator) => {
  const [issuer, gate] = await Promise.all([scene.issuer(), scene.limited()]);
  const [demo, bob] = await Promise.all([login(scene, issuer, DEMO), login(scene, issuer, BOB)]);
  narrator.note('demo logs in', curlLogin(issuer, 'TOKEN', DEMO));
  narrator.note('bob logs in', curlLogin(issuer, 'BOB', BOB));
  const caller = { scene, narrator, gate };
  await call(caller, 'The first of five calls that demo has in a minute', demo.access, '$TOKEN', BIRD);
  for (let i = 1; i < CALLS_A_MINUTE; i++) await callUntold(caller, demo.access);
  narrator.note(
    'four calls more, all let in',
    `for call in 2 3 4 5; do ${curlGate(`${gate.url}/`, '$TOKEN')}; done`,
  );
  const refusal = { status: 429, body: 'local_rate_limited' };
  await call(caller, "demo's sixth call is one too many", demo.access, '$TOKEN', refusal);
  await call(
    caller,
    'bob is still let in: the bucket is of the user, not of the gate',
    bob.access,
    '$BOB',
    BIRD,
  );
  const wait = scene.passTime(SECONDS_TO_NEXT_CALL);
  narrator.note(`the clock moves on by ${SECONDS_TO_NEXT_CALL} s, a fifth of a minute`, wait);
  await call(caller, 'demo has a call again', demo.access, '$TOKEN', BIRD);
};

interface Caller {
  scene: Scene;
  narrator: Narrator;
  gate: SceneGate;
}

async function call(
  caller: Caller,
  title: string,
  token: string,
  variable: string,
  expect: GateStep['expect'],
): Promise<void> {
  const { scene, narrator, gate } = caller;
  const request = { url: `${gate.url}/`, headers: bearer(token) };
  const curl = curlGate(request.url, variable);
  await narrator.step(askGate(scene, gate, { title, request, curl, expect, isExplainedInFull: true }));
  // The account of a refusal counts for itself: it has to see every call that the gate saw.
  if (expect.status === 200) await gate.explain(request);
}

async function callUntold({ scene, gate }: Caller, token: string): Promise<void> {
  const request = { url: `${gate.url}/`, headers: bearer(token) };
  const { status } = await scene.client.send(request);
  if (status !== 200) throw new Error(`a call within the limit was answered with ${status}`);
  await gate.explain(request);
}
