import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ManualClock } from '../../../src/base/index.ts';
import { loadConfig } from '../../../src/control/config/index.ts';
import { SharedClock } from '../../../src/platform/index.ts';
import type { CompiledSnapshot } from '../../../src/proxy/rehearsal/index.ts';
import { type Gate, startGate } from '../../../src/server/index.ts';
import { type EnvoyProcess, findEnvoy, startEnvoy } from '../envoy-process.ts';
import { shown } from '../neighbours/compare.ts';
import { type RawOrigin, startRawOrigin } from '../origin.ts';
import {
  answerConnection,
  askRehearsal,
  compileScenes,
  exchangeWith,
  portOf,
} from '../rehearsal/comparison.ts';
import { bootstrapOf } from '../rehearsal/scene.ts';
import { formatCases, formatScenes } from './format-cases.ts';
import { localReplyCases, localReplyScenes } from './local-reply-cases.ts';
import { managerCases, managerScenes } from './manager-cases.ts';
import { rewriteCases, rewriteScenes } from './rewrite-cases.ts';
import { namedClusters } from './route-parts.ts';

const scenes = [...rewriteScenes, ...formatScenes, ...localReplyScenes, ...managerScenes];
const cases = [...rewriteCases, ...formatCases, ...localReplyCases, ...managerCases];

if (findEnvoy() !== null) {
  describe('a route does what it does in Envoy, on the data path and in a rehearsal', () => {
    const clock = new ManualClock(Date.now());
    let origin: RawOrigin;
    let envoy: EnvoyProcess;
    let gate: Gate;
    let compiled: CompiledSnapshot;

    before(async () => {
      origin = await startRawOrigin(answerConnection);
      const bootstrap = bootstrapOf(scenes, origin.port, { dead: 1 }, namedClusters(origin.port));
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

    it('sends no request line with a blank in it, as Envoy does', async () => {
      const request = { path: '/path-none', headers: [['x-host', '/a b']] } as const;
      const envoys = await exchangeWith(portOf(envoy, 'rewrites'), request, origin.connections);
      assert.equal(envoys.answer.origin?.target, '/a b');
      const port = gate.listeners.find((listener) => listener.name === 'rewrites')?.port as number;
      const { answer } = await exchangeWith(port, request, origin.connections);
      assert.deepEqual([answer.status, answer.body], [503, 'invalid header value for: :path']);
    });

    for (const { name, scene, request, rehearsed = true } of cases) {
      it(`${scene}: ${name}`, async () => {
        const want = await exchangeWith(portOf(envoy, scene), request, origin.connections);
        const port = gate.listeners.find((listener) => listener.name === scene)?.port as number;
        const got = await exchangeWith(port, request, origin.connections);
        assert.deepEqual(got.answer, want.answer);
        assert.deepEqual(shown(got.headers).sort(), shown(want.headers).sort());
        if (!rehearsed) return;
        clock.set(Date.now());
        assert.deepEqual(await askRehearsal(compiled, scene, request, clock, port), want.answer);
      });
    }
  });
}
