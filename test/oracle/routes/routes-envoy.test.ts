import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ManualClock } from '../../../src/base/index.ts';
import type { CompiledSnapshot } from '../../../src/proxy/rehearsal/index.ts';
import { findEnvoy } from '../envoy-process.ts';
import { GateBesideEnvoy } from '../gate-beside-envoy.ts';
import { type RawOrigin, startRawOrigin } from '../origin.ts';
import {
  answerConnection,
  askRehearsal,
  compileScenes,
  exchangeWith,
  portOf,
} from '../rehearsal/comparison.ts';
import { bootstrapOf } from '../rehearsal/scene.ts';
import { clearedRouteCases, clearedRouteScenes } from './cleared-route-cases.ts';
import { formatCases, formatScenes } from './format-cases.ts';
import { localReplyCases, localReplyScenes } from './local-reply-cases.ts';
import { managerCases, managerScenes } from './manager-cases.ts';
import { rewriteCases, rewriteScenes } from './rewrite-cases.ts';
import { namedClusters } from './route-parts.ts';
import { tracingCases, tracingScenes } from './tracing-cases.ts';

const scenes = [
  ...rewriteScenes,
  ...formatScenes,
  ...localReplyScenes,
  ...clearedRouteScenes,
  ...managerScenes,
  ...tracingScenes,
];
const cases = [
  ...rewriteCases,
  ...formatCases,
  ...localReplyCases,
  ...clearedRouteCases,
  ...managerCases,
  ...tracingCases,
];

if (findEnvoy() !== null) {
  describe('a route does what it does in Envoy, on the data path and in a rehearsal', () => {
    const clock = new ManualClock(Date.now());
    let origin: RawOrigin;
    let both: GateBesideEnvoy;
    let compiled: CompiledSnapshot;

    before(async () => {
      origin = await startRawOrigin(answerConnection);
      const bootstrap = bootstrapOf(scenes, origin.port, { dead: 1 }, namedClusters(origin.port));
      const rehearsed = compileScenes(bootstrap, clock);
      assert.deepEqual(rehearsed.errors, []);
      compiled = rehearsed.compiled;
      both = await GateBesideEnvoy.start(bootstrap, origin);
    });

    after(() => both?.close());

    it('sends no request line with a blank in it, as Envoy does', async () => {
      const request = { path: '/path-none', headers: [['x-host', '/a b']] } as const;
      const envoys = await exchangeWith(portOf(both.envoy, 'rewrites'), request, origin.connections);
      assert.equal(envoys.answer.origin?.target, '/a b');
      const { answer } = await exchangeWith(both.portOf('rewrites'), request, origin.connections);
      assert.deepEqual([answer.status, answer.body], [503, 'invalid header value for: :path']);
    });

    for (const { name, scene, request, rehearsed = true } of cases) {
      it(`${scene}: ${name}`, async () => {
        const want = await both.compare(scene, request);
        if (!rehearsed) return;
        clock.set(Date.now());
        const port = both.portOf(scene);
        assert.deepEqual(await askRehearsal(compiled, scene, request, clock, port), want);
      });
    }
  });
}
