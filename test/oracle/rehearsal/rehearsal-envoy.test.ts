import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ManualClock } from '../../../src/base/index.ts';
import type { CompiledSnapshot } from '../../../src/proxy/rehearsal/index.ts';
import { type EnvoyProcess, findEnvoy, startEnvoy } from '../envoy-process.ts';
import { type RawOrigin, startRawOrigin } from '../origin.ts';
import { celCases, celScenes } from './cel-cases.ts';
import { celPlaceCases, celPlaceScenes, describedCluster } from './cel-place-cases.ts';
import { answerConnection, askGate, askRehearsal, compileScenes, portOf } from './comparison.ts';
import { conditionCases, conditionScenes } from './condition-cases.ts';
import { joinedCases, joinedScenes } from './joined-cases.ts';
import { jwtCases, jwtScenes } from './jwt-cases.ts';
import { matchInputCases, matchInputScenes } from './match-input-cases.ts';
import { matchTreeCases, matchTreeScenes } from './match-tree-cases.ts';
import { pathParameterCases, pathParameterScenes } from './path-parameter-cases.ts';
import { perRouteCases, perRouteScenes } from './per-route-cases.ts';
import { rbacCases, rbacScenes } from './rbac-cases.ts';
import { routeCases, routeScenes } from './route-cases.ts';
import { bootstrapOf } from './scene.ts';
import { sourcedCases, sourcedScenes } from './sourced-cases.ts';
import { templateCases, templateScenes } from './template-cases.ts';
import { twoParametersCases, twoParametersScenes } from './two-parameters-cases.ts';

const scenes = [
  ...jwtScenes,
  ...joinedScenes,
  ...routeScenes,
  ...rbacScenes,
  ...perRouteScenes,
  ...pathParameterScenes,
  ...templateScenes,
  ...conditionScenes,
  ...celScenes,
  ...celPlaceScenes,
  ...matchTreeScenes,
  ...matchInputScenes,
  ...sourcedScenes,
  ...twoParametersScenes,
];

if (findEnvoy() !== null) {
  describe('a rehearsal says what Envoy does', () => {
    const clock = new ManualClock(Date.now());
    let origin: RawOrigin;
    let envoy: EnvoyProcess;
    let compiled: CompiledSnapshot;

    before(async () => {
      origin = await startRawOrigin(answerConnection);
      const bootstrap = bootstrapOf(scenes, origin.port, {}, [describedCluster(origin.port)]);
      envoy = await startEnvoy(bootstrap);
      const result = compileScenes(bootstrap, clock);
      assert.deepEqual(result.errors, []);
      compiled = result.compiled;
    });

    after(async () => {
      await envoy?.stop();
      await origin?.close();
    });

    for (const { name, scene, request } of [
      ...jwtCases,
      ...joinedCases,
      ...routeCases,
      ...rbacCases,
      ...perRouteCases,
      ...pathParameterCases,
      ...templateCases,
      ...conditionCases,
      ...celCases,
      ...celPlaceCases,
      ...matchTreeCases,
      ...matchInputCases,
      ...sourcedCases,
      ...twoParametersCases,
    ]) {
      it(`${scene}: ${name}`, async () => {
        const want = await askGate(portOf(envoy, scene), request, origin.connections);
        clock.set(Date.now());
        assert.deepEqual(await askRehearsal(compiled, scene, request, clock, portOf(envoy, scene)), want);
      });
    }
  });
}
