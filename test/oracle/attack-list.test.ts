import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ManualClock } from '../../src/base/index.ts';
import { type Status, statusText } from '../../src/core/jwt/index.ts';
import type { CompiledSnapshot } from '../../src/proxy/rehearsal/index.ts';
import { testJwk } from '../fixtures/raw-token.ts';
import { attacks, severalTokens } from './attack-list-cases.ts';
import { type EnvoyProcess, findEnvoy, startEnvoy } from './envoy-process.ts';
import { type RawOrigin, startRawOrigin } from './origin.ts';
import {
  answerConnection,
  askGate,
  askRehearsal,
  compileScenes,
  ORIGIN_BODY,
  portOf,
} from './rehearsal/comparison.ts';
import { bootstrapOf, jwtAuthn, type SceneRequest } from './rehearsal/scene.ts';

const PORT = 8080;
const sceneOf = (index: number) => `attack-${index}`;
const requestOf = (text: string) => ({ path: '/', headers: [['x-token', text]] as const });

const scenes = attacks.map(({ provider, keys = [testJwk('RS256')] }, index) => ({
  name: sceneOf(index),
  filters: [
    jwtAuthn({
      providers: {
        p: {
          issuer: 'i',
          from_headers: [{ name: 'x-token' }],
          local_jwks: { inline_string: JSON.stringify({ keys }) },
          ...provider,
        },
      },
      rules: [{ match: { prefix: '/' }, requires: { provider_name: 'p' } }],
    }),
  ],
}));

const local_jwks = { inline_string: JSON.stringify({ keys: [testJwk('RS256')] }) };
const everywhere = {
  name: 'everywhere',
  filters: [
    jwtAuthn({
      providers: {
        p: {
          issuer: 'i',
          from_headers: [{ name: 'authorization', value_prefix: 'Bearer ' }, { name: 'x-token' }],
          from_params: ['access_token'],
          from_cookies: ['s'],
          local_jwks,
        },
      },
      rules: [{ match: { prefix: '/' }, requires: { provider_name: 'p' } }],
    }),
  ],
};

describe('the list of attacks on tokens', () => {
  const clock = new ManualClock(Date.now());
  let origin: RawOrigin;
  let compiled: CompiledSnapshot;
  let envoy: EnvoyProcess | null = null;

  before(async () => {
    origin = await startRawOrigin(answerConnection);
    const bootstrap = bootstrapOf([...scenes, everywhere], origin.port);
    const result = compileScenes(bootstrap, clock);
    assert.deepEqual(result.errors, []);
    compiled = result.compiled;
    if (findEnvoy() !== null) envoy = await startEnvoy(bootstrap);
  });

  after(async () => {
    await envoy?.stop();
    await origin?.close();
  });

  const check = (scene: string, text: string, want: string, wantOfEnvoy: string) =>
    ask(scene, requestOf(text), want, wantOfEnvoy);

  async function ask(scene: string, request: SceneRequest, want: string, wantOfEnvoy: string): Promise<void> {
    const ours = await askRehearsal(compiled, scene, request, clock, PORT);
    assert.equal(ours.body, want);
    if (envoy === null) return;
    const theirs = await askGate(portOf(envoy, scene), request, origin.connections);
    assert.equal(theirs.body, wantOfEnvoy);
  }

  for (const { name, headers = [], query = '', want } of severalTokens) {
    const body = want === 'OK' ? ORIGIN_BODY : statusText(want as Status);
    it(`several tokens: ${name} is ${want}`, () =>
      ask('everywhere', { path: `/?${query}`, headers }, body, body));
  }

  for (const [index, { name, twin, admitted = [], cases }] of attacks.entries()) {
    it(`${name}: the good twin is admitted`, () => check(sceneOf(index), twin, ORIGIN_BODY, ORIGIN_BODY));
    for (const [form, text] of admitted) {
      it(`${name}: ${form} is admitted`, () => check(sceneOf(index), text, ORIGIN_BODY, ORIGIN_BODY));
    }
    for (const [form, text, status, row] of cases) {
      const want = statusText(status as Status);
      const title = row === undefined ? '' : `, where Envoy admits (${row})`;
      it(`${name}: ${form} is ${status}${title}`, () =>
        check(sceneOf(index), text, want, row === undefined ? want : ORIGIN_BODY));
    }
  }
});
