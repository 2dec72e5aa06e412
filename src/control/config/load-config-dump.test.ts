import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadConfigDump } from './load-config-dump.ts';

const ADMIN = 'type.googleapis.com/envoy.admin.v3';
const CONFIG = 'type.googleapis.com/envoy';

const manager = (routes: object) => ({
  '@type': `${CONFIG}.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`,
  stat_prefix: 'a',
  http_filters: [
    { name: 'r', typed_config: { '@type': `${CONFIG}.extensions.filters.http.router.v3.Router` } },
  ],
  ...routes,
});

const listener = (routes: object) => ({
  '@type': `${CONFIG}.config.listener.v3.Listener`,
  name: 'front',
  address: { socket_address: { address: '127.0.0.1', port_value: 80 } },
  filter_chains: [{ filters: [{ name: 'hcm', typed_config: manager(routes) }] }],
});

const route = (name: string, cluster: string) => ({
  '@type': `${CONFIG}.config.route.v3.RouteConfiguration`,
  name,
  virtual_hosts: [{ name: 'v', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster } }] }],
});

function load(configs: object[]) {
  const { snapshot, findings } = loadConfigDump({ name: 'dump', text: JSON.stringify({ configs }, null, 1) });
  return { snapshot, said: findings.list.map(({ code, path }) => `${code} ${path}`) };
}

const clusters = {
  '@type': `${ADMIN}.ClustersConfigDump`,
  dynamic_active_clusters: [
    {
      cluster: {
        '@type': `${CONFIG}.config.cluster.v3.Cluster`,
        name: 'c',
        type: 'EDS',
        circuit_breakers: {},
      },
    },
  ],
};

describe('a dump of a running Envoy becomes a snapshot', () => {
  const dynamic = {
    '@type': `${ADMIN}.ListenersConfigDump`,
    dynamic_listeners: [
      {
        name: 'front',
        active_state: {
          listener: listener({ rds: { route_config_name: 'r1', config_source: { ads: {} } } }),
        },
      },
    ],
  };
  const routes = {
    '@type': `${ADMIN}.RoutesConfigDump`,
    dynamic_route_configs: [{ route_config: route('r1', 'c') }],
  };
  it('routes that came over the network are put where they belong, whatever the order', () => {
    const { snapshot, said } = load([clusters, dynamic, routes]);
    assert.deepEqual(said, []);
    assert.deepEqual([snapshot?.listeners.length, snapshot?.clusters.length], [1, 1]);
  });
  it('paths are JSON paths into the dump', () => {
    const broken = { ...routes, dynamic_route_configs: [{ route_config: route('r1', 'nowhere') }] };
    assert.deepEqual(load([clusters, dynamic, broken]).said, [
      'E201 configs[2].dynamic_route_configs[0].route_config.virtual_hosts[0].routes[0].route.cluster',
    ]);
  });
  it('files of the other machine are not read', () => {
    const inline = {
      '@type': `${ADMIN}.ListenersConfigDump`,
      static_listeners: [
        {
          listener: listener({
            route_config: {
              virtual_hosts: [
                {
                  name: 'v',
                  domains: ['*'],
                  routes: [
                    {
                      match: { prefix: '/' },
                      direct_response: { status: 200, body: { filename: '/there' } },
                    },
                  ],
                },
              ],
            },
          }),
        },
      ],
    };
    assert.deepEqual(load([inline]).said, []);
  });
  it('a dump without listeners is none', () => {
    assert.deepEqual(load([clusters]).said, ['E112 ']);
    assert.deepEqual(load([]).said, ['E112 ']);
  });
});
