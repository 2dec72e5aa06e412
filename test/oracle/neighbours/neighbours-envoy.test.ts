import { after, before, describe, it } from 'node:test';
import { findEnvoy } from '../envoy-process.ts';
import { ScenesBesideEnvoy } from '../scenes-beside-envoy.ts';
import { clearedRouteCases, clearedRouteScenes } from './cleared-route-cases.ts';
import { corsCases, corsScenes } from './cors-cases.ts';
import { filterStateCases, filterStateScenes } from './filter-state-cases.ts';
import { metadataCases, metadataScenes } from './metadata-cases.ts';
import { lateMutationCase, lateMutationScene, mutationCases, mutationScenes } from './mutation-cases.ts';
import { moreMutationCases, moreMutationScenes } from './mutation-more-cases.ts';
import { rateLimitCases, rateLimitScenes, routeLimitCases, routeLimitScenes } from './rate-limit-cases.ts';
import { moreLimitCases, moreLimitScenes } from './rate-limit-more-cases.ts';
import { refusalToldCases, refusalToldScenes } from './refusal-told-cases.ts';
import { tracedAgainCases, tracedAgainScenes } from './traced-again-cases.ts';

const scenes = [
  ...rateLimitScenes,
  ...routeLimitScenes,
  ...moreLimitScenes,
  ...moreMutationScenes,
  ...clearedRouteScenes,
  ...tracedAgainScenes,
  ...refusalToldScenes,
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
  ...clearedRouteCases,
  ...tracedAgainCases,
  ...refusalToldCases,
  ...corsCases,
  ...filterStateCases,
  ...metadataCases,
  ...mutationCases,
  lateMutationCase,
];

if (findEnvoy() !== null) {
  describe('the filters around jwt_authn do what they do in Envoy', () => {
    let compared: ScenesBesideEnvoy;

    before(async () => {
      compared = await ScenesBesideEnvoy.start(scenes);
    });

    after(() => compared?.close());

    for (const one of cases) it(`${one.scene}: ${one.name}`, () => compared.compare(one));

    it('counts as Envoy does', () => compared.both.compareCounters());
  });
}
