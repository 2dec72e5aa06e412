import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ManualClock } from '../../src/base/index.ts';
import { SharedClock } from '../../src/platform/index.ts';
import type { CompiledSnapshot } from '../../src/proxy/rehearsal/index.ts';
import type { Gate } from '../../src/server/index.ts';
import { startGateOf } from '../fixtures/loaded-gate.ts';
import { type RawOrigin, startRawOrigin } from '../oracle/origin.ts';
import { answerConnection, askGate, askRehearsal, compileScenes } from '../oracle/rehearsal/comparison.ts';
import { conditionCases, conditionScenes } from '../oracle/rehearsal/condition-cases.ts';
import { jwtCases, jwtScenes } from '../oracle/rehearsal/jwt-cases.ts';
import { matchTreeCases, matchTreeScenes } from '../oracle/rehearsal/match-tree-cases.ts';
import { perRouteCases, perRouteScenes } from '../oracle/rehearsal/per-route-cases.ts';
import { rbacCases, rbacScenes } from '../oracle/rehearsal/rbac-cases.ts';
import { routeCases, routeScenes } from '../oracle/rehearsal/route-cases.ts';
import { bootstrapOf } from '../oracle/rehearsal/scene.ts';
import { templateCases, templateScenes } from '../oracle/rehearsal/template-cases.ts';

const scenes = [
  ...jwtScenes,
  ...routeScenes,
  ...rbacScenes,
  ...perRouteScenes,
  ...templateScenes,
  ...conditionScenes,
  ...matchTreeScenes,
];

describe('a gate does what its rehearsal says', () => {
  let origin: RawOrigin;
  let gate: Gate;
  let compiled: CompiledSnapshot;
  const clock = new ManualClock(Date.now());

  before(async () => {
    origin = await startRawOrigin(answerConnection);
    const bootstrap = bootstrapOf(scenes, origin.port);
    compiled = compileScenes(bootstrap, clock).compiled;
    gate = await startGateOf(bootstrap, { clock: new SharedClock() });
  });

  after(async () => {
    await gate?.close();
    await origin?.close();
  });

  for (const { name, scene, request } of [
    ...jwtCases,
    ...routeCases,
    ...rbacCases,
    ...perRouteCases,
    ...templateCases,
    ...conditionCases,
    ...matchTreeCases,
  ]) {
    it(`${scene}: ${name}`, async () => {
      const port = gate.listeners.find((listener) => listener.name === scene)?.port;
      assert.ok(port);
      const want = await askRehearsal(compiled, scene, request, clock, port);
      assert.deepEqual(await askGate(port, request, origin.connections), want);
    });
  }
});
