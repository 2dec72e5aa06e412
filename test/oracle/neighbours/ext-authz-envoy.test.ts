import { after, before, describe, it } from 'node:test';
import { findFreePort } from '../../e2e/gate-process.ts';
import { findEnvoy } from '../envoy-process.ts';
import { GateBesideEnvoy } from '../gate-beside-envoy.ts';
import { type Origin, startOrigin, startRawOrigin } from '../origin.ts';
import { answerConnection } from '../rehearsal/comparison.ts';
import { bootstrapOf } from '../rehearsal/scene.ts';
import { answerQuestion, extAuthzCases, extAuthzScenes, questionView } from './ext-authz-cases.ts';

if (findEnvoy() !== null) {
  describe('ext_authz asks and follows its service as Envoy does', () => {
    let service: Origin;
    let both: GateBesideEnvoy;

    before(async () => {
      const origin = await startRawOrigin(answerConnection);
      service = await startOrigin(answerQuestion);
      const others = { authz: service.port, closed: await findFreePort() };
      both = await GateBesideEnvoy.start(bootstrapOf(extAuthzScenes, origin.port, others), origin);
    });

    after(async () => {
      await both?.close();
      await service?.close();
    });

    /** What the service was asked, with the listener's port taken out. */
    const asked = (port: number) =>
      service.requests
        .splice(0)
        .map((request) => JSON.stringify(questionView(request)).replaceAll(String(port), 'PORT'));

    for (const { name, scene, request } of extAuthzCases) {
      it(`${scene}: ${name}`, async () => {
        await both.compare(scene, request, asked);
      });
    }

    it('counts as Envoy does', () => both.compareCounters());
  });
}
