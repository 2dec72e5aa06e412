import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { loadConfig } from '../../../src/control/config/index.ts';
import { SharedClock } from '../../../src/platform/index.ts';
import { type Gate, startGate } from '../../../src/server/index.ts';
import { findFreePort } from '../../e2e/gate-process.ts';
import { type EnvoyProcess, findEnvoy, startEnvoy } from '../envoy-process.ts';
import { type Origin, type RawOrigin, startOrigin, startRawOrigin } from '../origin.ts';
import { answerConnection, exchangeWith, portOf } from '../rehearsal/comparison.ts';
import { bootstrapOf } from '../rehearsal/scene.ts';
import { counted, shown } from './compare.ts';
import { answerQuestion, extAuthzCases, extAuthzScenes, questionView } from './ext-authz-cases.ts';

if (findEnvoy() !== null) {
  describe('ext_authz asks and follows its service as Envoy does', () => {
    let origin: RawOrigin;
    let service: Origin;
    let envoy: EnvoyProcess;
    let gate: Gate;

    before(async () => {
      origin = await startRawOrigin(answerConnection);
      service = await startOrigin(answerQuestion);
      const others = { authz: service.port, closed: await findFreePort() };
      const bootstrap = bootstrapOf(extAuthzScenes, origin.port, others);
      envoy = await startEnvoy(bootstrap);
      const { snapshot, provenance } = loadConfig([{ name: 'scenes.json', text: bootstrap }]);
      assert.ok(snapshot);
      gate = await startGate({ snapshot, provenance, clock: new SharedClock() });
    });

    after(async () => {
      await gate?.close();
      await envoy?.stop();
      await service?.close();
      await origin?.close();
    });

    for (const { name, scene, request } of extAuthzCases) {
      it(`${scene}: ${name}`, async () => {
        const want = await exchangeWith(portOf(envoy, scene), request, origin.connections);
        const wantAsked = service.requests.splice(0).map(questionView);
        const port = gate.listeners.find((listener) => listener.name === scene)?.port as number;
        const got = await exchangeWith(port, request, origin.connections);
        assert.deepEqual(got.answer, want.answer);
        assert.deepEqual(shown(got.headers).sort(), shown(want.headers).sort());
        assert.deepEqual(
          service.requests
            .splice(0)
            .map(questionView)
            .map((one) => JSON.stringify(one).replaceAll(String(port), 'PORT')),
          wantAsked.map((one) => JSON.stringify(one).replaceAll(String(portOf(envoy, scene)), 'PORT')),
        );
      });
    }

    it('counts as Envoy does', async () => {
      assert.deepEqual(counted(gate.stats()), counted(await envoy.stats()));
    });
  });
}
