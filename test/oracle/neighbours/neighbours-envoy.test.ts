import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ManualClock } from '../../../src/base/index.ts';
import type { CompiledSnapshot } from '../../../src/proxy/rehearsal/index.ts';
import { findEnvoy } from '../envoy-process.ts';
import { GateBesideEnvoy } from '../gate-beside-envoy.ts';
import { startRawOrigin } from '../origin.ts';
import { answerConnection, askRehearsal, compileScenes } from '../rehearsal/comparison.ts';
import { bootstrapOf } from '../rehearsal/scene.ts';
import { corsCases, corsScenes } from './cors-cases.ts';
import { filterStateCases, filterStateScenes } from './filter-state-cases.ts';
import { metadataCases, metadataScenes } from './metadata-cases.ts';
import { lateMutationCase, lateMutationScene, mutationCases, mutationScenes } from './mutation-cases.ts';
import { moreMutationCases, moreMutationScenes } from './mutation-more-cases.ts';
import { rateLimitCases, rateLimitScenes, routeLimitCases, routeLimitScenes } from './rate-limit-cases.ts';
import { moreLimitCases, moreLimitScenes } from './rate-limit-more-cases.ts';

const scenes = [
  ...rateLimitScenes,
  ...routeLimitScenes,
  ...moreLimitScenes,
  ...moreMutationScenes,
  ...corsScenes,
  ...filterStateScenes,
  ...metadataScenes,
  ...mutationScenes,
  lateMutationScene,
];
const cases = [
  ...rateLimitCases,
  ...routeLimitCases,
  ...moreLimitCases,
  ...moreMutationCases,
  ...corsCases,
  ...filterStateCases,
  ...metadataCases,
  ...mutationCases,
  lateMutationCase,
];

if (findEnvoy() !== null) {
  describe('the filters around jwt_authn do what they do in Envoy', () => {
    const clock = new ManualClock(Date.now());
    let both: GateBesideEnvoy;
    let compiled: CompiledSnapshot;

    before(async () => {
      const origin = await startRawOrigin(answerConnection);
      const bootstrap = bootstrapOf(scenes, origin.port);
      const rehearsed = compileScenes(bootstrap, clock);
      assert.deepEqual(rehearsed.errors, []);
      compiled = rehearsed.compiled;
      both = await GateBesideEnvoy.start(bootstrap, origin);
    });

    after(() => both?.close());

    for (const { name, scene, request } of cases) {
      it(`${scene}: ${name}`, async () => {
        const want = await both.compare(scene, request);
        clock.set(Date.now());
        const port = both.portOf(scene);
        assert.deepEqual(await askRehearsal(compiled, scene, request, clock, port), want);
      });
    }

    it('counts as Envoy does', () => both.compareCounters());
  });
}
