import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadConfig } from '../../src/control/config/index.ts';
import { bootstrapOf, clusterOf, listenerOf, managerOf } from '../fixtures/envoy-config.ts';
import { findEnvoy, startEnvoy } from './envoy-process.ts';
import { startOrigin } from './origin.ts';

/** `status`: what Envoy answers a request that is alone. */
const table: { name: string; breakers: object; status: number; refused: string[] }[] = [
  {
    name: 'no request under way',
    breakers: { thresholds: [{ max_requests: 0 }] },
    status: 503,
    refused: ['max_requests'],
  },
  {
    name: 'no request that waits',
    breakers: { thresholds: [{ max_pending_requests: 0 }] },
    status: 503,
    refused: ['max_pending_requests'],
  },
  {
    name: 'no pool',
    breakers: { thresholds: [{ max_connection_pools: 0 }] },
    status: 503,
    refused: ['max_connection_pools'],
  },
  {
    name: 'none of several',
    breakers: { thresholds: [{ max_requests: 0, max_connections: 0, max_pending_requests: 0 }] },
    status: 503,
    refused: ['max_requests', 'max_pending_requests'],
  },
  {
    name: 'none of a priority that no route has',
    breakers: { thresholds: [{ max_requests: 1 }, { priority: 'HIGH', max_requests: 0 }] },
    status: 200,
    refused: ['max_requests'],
  },
  {
    name: 'no connection, no retry',
    breakers: {
      thresholds: [{ max_connections: 0, max_retries: 0 }],
      per_host_thresholds: [{ max_connections: 0 }],
    },
    status: 200,
    refused: [],
  },
  {
    name: 'one of each',
    breakers: {
      thresholds: [{ max_connections: 1, max_pending_requests: 1, max_requests: 1, max_connection_pools: 1 }],
    },
    status: 200,
    refused: [],
  },
];

function gateTo(port: number, breakers: readonly object[], more: readonly object[] = []): string {
  const clusters = [
    ...breakers.map((circuit_breakers, n) => clusterOf(`c${n}`, port, { circuit_breakers })),
    ...more,
  ];
  const routes = clusters.map((_, n) => ({ match: { path: `/${n}` }, route: { cluster: `c${n}` } }));
  return bootstrapOf([listenerOf('l', [managerOf({ routes })])], clusters);
}

/** A cluster of which a share of the requests is dropped. */
const dropping = (name: string, port: number, numerator: number) => {
  const socket_address = { address: '127.0.0.1', port_value: port };
  const endpoints = [{ lb_endpoints: [{ endpoint: { address: { socket_address } } }] }];
  const drop_overloads = [{ category: 'much', drop_percentage: { numerator } }];
  return clusterOf(name, port, {
    load_assignment: { cluster_name: name, endpoints, policy: { drop_overloads } },
  });
};

describe('a cluster that drops a share of its requests is refused', () => {
  for (const { share, want } of [
    { share: 0, want: [] },
    { share: 1, want: ['E301'] },
    { share: 100, want: ['E301'] },
  ]) {
    it(`with a share of ${share}: ${want.length === 0 ? 'it is taken' : 'E301'}`, () => {
      const text = bootstrapOf([], [dropping('c', 1, share)]);
      const { findings } = loadConfig([{ name: 'a.json', text }]);
      const errors = findings.list.filter(({ severity }) => severity === 'error');
      assert.deepEqual(
        errors.map(({ code }) => code),
        want,
      );
    });
  }
});

describe('a cluster that takes no request at all is refused', () => {
  for (const { name, breakers, refused } of table) {
    it(`with ${name}`, () => {
      const { findings } = loadConfig([{ name: 'a.json', text: gateTo(1, [breakers]) }]);
      const errors = findings.list.filter(({ severity }) => severity === 'error');
      assert.deepEqual(
        errors.map(({ code, message, at }) => [code, /^`(\w+): 0`/.exec(message)?.[1], at?.line]),
        refused.map((field) => ['E301', field, 1]),
      );
    });
  }

  if (findEnvoy() === null) return;
  it('as Envoy keeps everybody from it', async () => {
    const origin = await startOrigin();
    const every = table.map(({ breakers }) => breakers);
    const last = table.length;
    const envoy = await startEnvoy(gateTo(origin.port, every, [dropping(`c${last}`, origin.port, 100)]));
    try {
      const base = `http://127.0.0.1:${envoy.listeners[0]?.port}`;
      for (const [n, { name, status }] of table.entries())
        assert.equal((await fetch(`${base}/${n}`)).status, status, name);
      assert.equal((await fetch(`${base}/${last}`)).status, 503, 'a share of all');
    } finally {
      await envoy.stop();
      await origin.close();
    }
  });
});
