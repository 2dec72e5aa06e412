import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bootstrapOf, clusterOf, listenerOf, managerOf } from '../fixtures/envoy-config.ts';
import { findEnvoy, startEnvoy, validateWithEnvoy } from './envoy-process.ts';
import { startOrigin } from './origin.ts';

const gateTo = (originPort: number) => {
  const routes = [{ match: { prefix: '/' }, route: { cluster: 'origin' } }];
  const manager = managerOf({ routes, fields: { stat_prefix: 'front' } });
  return bootstrapOf([listenerOf('front', [manager])], [clusterOf('origin', originPort)]);
};

if (findEnvoy() !== null) {
  describe('the oracle', () => {
    it('serves a bootstrap on a free port and its origin sees the request', async () => {
      const origin = await startOrigin();
      const envoy = await startEnvoy(gateTo(origin.port));
      try {
        const [listener] = envoy.listeners;
        assert.equal(listener?.name, 'front');
        const reply = await fetch(`http://127.0.0.1:${listener?.port}/a?b=c`);
        assert.equal(await reply.text(), 'origin\n');
        assert.deepEqual(
          origin.requests.map(({ method, url }) => [method, url]),
          [['GET', '/a?b=c']],
        );
        assert.equal((await envoy.stats()).get('http.front.downstream_rq_2xx'), 1);
      } finally {
        await envoy.stop();
        await origin.close();
      }
    });

    it('says why a bootstrap is refused', async () => {
      const broken = gateTo(1).replace('stat_prefix', 'stat_prefixx');
      assert.equal(validateWithEnvoy(gateTo(1)).ok, true);
      assert.match(validateWithEnvoy(broken).output, /stat_prefixx/);
      await assert.rejects(startEnvoy(broken), /stat_prefixx/);
    });
  });
}
