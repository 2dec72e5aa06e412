import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ManualClock } from '../../../src/base/index.ts';
import { loadConfig } from '../../../src/control/config/index.ts';
import { SharedClock } from '../../../src/platform/index.ts';
import type { CompiledSnapshot } from '../../../src/proxy/rehearsal/index.ts';
import { type Gate, startGate } from '../../../src/server/index.ts';
import { type EnvoyProcess, findEnvoy, startEnvoy } from '../envoy-process.ts';
import { type RawOrigin, startRawOrigin } from '../origin.ts';
import {
  answerConnection,
  askRehearsal,
  compileScenes,
  exchangeWith,
  portOf,
} from '../rehearsal/comparison.ts';
import { bootstrapOf } from '../rehearsal/scene.ts';
import { counted, shown } from './compare.ts';
import { corsCases, corsScenes } from './cors-cases.ts';
import { metadataCases, metadataScenes } from './metadata-cases.ts';
import { lateMutationCase, lateMutationScene, mutationCases, mutationScenes } from './mutation-cases.ts';
import { rateLimitCases, rateLimitScenes, routeLimitCases, routeLimitScenes } from './rate-limit-cases.ts';

const scenes = [
  ...rateLimitScenes,
  ...routeLimitScenes,
  ...corsScenes,
  ...metadataScenes,
  ...mutationScenes,
  lateMutationScene,
];
const cases = [
  ...rateLimitCases,
  ...routeLimitCases,
  ...corsCases,
  ...metadataCases,
  ...mutationCases,
  lateMutationCase,
];

if (findEnvoy() !== null) {
  describe('the filters around jwt_authn do what they do in Envoy', () => {
    const clock = new ManualClock(Date.now());
    let origin: RawOrigin;
    let envoy: EnvoyProcess;
    let gate: Gate;
    let compiled: CompiledSnapshot;

    before(async () => {
      origin = await startRawOrigin(answerConnection);
      const bootstrap = bootstrapOf(scenes, origin.port);
      envoy = await startEnvoy(bootstrap);
      const rehearsed = compileScenes(bootstrap, clock);
      assert.deepEqual(rehearsed.errors, []);
      compiled = rehearsed.compiled;
      const { snapshot, provenance } = loadConfig([{ name: 'scenes.json', text: bootstrap }]);
      assert.ok(snapshot);
      gate = await startGate({ snapshot, provenance, clock: new SharedClock() });
    });

    after(async () => {
      await gate?.close();
      await envoy?.stop();
      await origin?.close();
    });

    for (const { name, scene, request } of cases) {
      it(`${scene}: ${name}`, async () => {
        const want = await exchangeWith(portOf(envoy, scene), request, origin.connections);
        const port = gate.listeners.find((listener) => listener.name === scene)?.port as number;
        const got = await exchangeWith(port, request, origin.connections);
        assert.deepEqual(got.answer, want.answer);
        assert.deepEqual(shown(got.headers).sort(), shown(want.headers).sort());
        if (request.headers?.some(([name, value]) => name === 'content-type' && value.includes('grpc')))
          return;
        clock.set(Date.now());
        assert.deepEqual(await askRehearsal(compiled, scene, request, clock, port), want.answer);
      });
    }

    it('counts as Envoy does', async () => {
      assert.deepEqual(counted(gate.stats()), counted(await envoy.stats()));
    });
  });
}
