import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findEnvoy, startEnvoy, validateWithEnvoy } from './envoy-process.ts';
import { startOrigin } from './origin.ts';

const gateTo = (originPort: number) => `
static_resources:
  listeners:
  - name: front
    address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
    filter_chains:
    - filters:
      - name: hcm
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: front
          route_config:
            virtual_hosts:
            - { name: all, domains: ["*"], routes: [ { match: { prefix: / }, route: { cluster: origin } } ] }
          http_filters:
          - name: router
            typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
  clusters:
  - name: origin
    type: STATIC
    load_assignment:
      cluster_name: origin
      endpoints: [ { lb_endpoints: [ { endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: ${originPort} } } } } ] } ]
`;

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
      const broken = gateTo(1).replace('stat_prefix: front', 'stat_prefixx: front');
      assert.equal(validateWithEnvoy(gateTo(1)).ok, true);
      assert.match(validateWithEnvoy(broken).output, /stat_prefixx/);
      await assert.rejects(startEnvoy(broken), /stat_prefixx/);
    });
  });
}
