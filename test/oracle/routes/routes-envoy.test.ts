import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { findEnvoy } from '../envoy-process.ts';
import { ScenesBesideEnvoy } from '../scenes-beside-envoy.ts';
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
    let compared: ScenesBesideEnvoy;

    before(async () => {
      compared = await ScenesBesideEnvoy.start(scenes, { ports: { dead: 1 }, clustersOf: namedClusters });
    });

    after(() => compared?.close());

    it('sends no request line with a blank in it, as Envoy does', async () => {
      const request = { path: '/path-none', headers: [['x-host', '/a b']] } as const;
      assert.equal((await compared.both.ask('envoy', 'rewrites', request)).origin?.target, '/a b');
      const { status, body } = await compared.both.ask('gate', 'rewrites', request);
      assert.deepEqual([status, body], [503, 'invalid header value for: :path']);
    });

    for (const one of cases) it(`${one.scene}: ${one.name}`, () => compared.compare(one));
  });
}
