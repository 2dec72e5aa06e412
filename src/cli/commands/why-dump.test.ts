import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { alice, claims, config, fileOf, keys, stranger, why } from '../../../test/fixtures/why-scene.ts';

describe('why on what Envoy’s admin prints', () => {
  it('places are JSON paths', async () => {
    const dump = {
      configs: [
        {
          '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump',
          static_listeners: [
            {
              listener: {
                '@type': 'type.googleapis.com/envoy.config.listener.v3.Listener',
                name: 'dumped',
                address: { socket_address: { address: '127.0.0.1', port_value: 80 } },
                filter_chains: [
                  {
                    filters: [
                      {
                        name: 'hcm',
                        typed_config: {
                          '@type':
                            'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
                          stat_prefix: 'x',
                          route_config: {
                            virtual_hosts: [
                              {
                                name: 'all',
                                domains: ['*'],
                                routes: [{ match: { prefix: '/' }, direct_response: { status: 404 } }],
                              },
                            ],
                          },
                          http_filters: [
                            {
                              name: 'router',
                              typed_config: {
                                '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router',
                              },
                            },
                          ],
                        },
                      },
                    ],
                  },
                ],
              },
            },
          ],
        },
      ],
    };
    const { out, exitCode } = await why(
      '--config-dump',
      fileOf('dump.json', JSON.stringify(dump)),
      '--exit-code',
      '/x',
    );
    assert.equal(exitCode, 5);
    assert.match(out, /listener dumped .* {2}configs\[0\].*routes\[0\]\n/);
  });
});

describe('a dump whose keys are in a file of its machine', () => {
  const typed = (text: string) =>
    text.replace(/remote_jwks:\n.*/, 'local_jwks: { filename: /not/on/this/machine.json }');
  const { static_resources: parts } = parse(typed(config));
  const named = (kind: string) => `type.googleapis.com/envoy.${kind}`;
  const listener = { '@type': named('config.listener.v3.Listener'), ...parts.listeners[0] };
  const dump = fileOf(
    'unread.json',
    JSON.stringify({
      configs: [
        { '@type': named('admin.v3.ListenersConfigDump'), static_listeners: [{ listener }] },
        {
          '@type': named('admin.v3.ClustersConfigDump'),
          static_clusters: parts.clusters.map((cluster: object) => ({
            cluster: { '@type': named('config.cluster.v3.Cluster'), ...cluster },
          })),
        },
      ],
    }),
  );
  const asked = (...args: string[]) => why('--config-dump', dump, '--json', ...args, '/orders/7');

  it('is explained: the token’s signature was not checked', async () => {
    const { outcome, unchecked } = JSON.parse((await asked('--token', alice)).out);
    assert.deepEqual([outcome, unchecked], ['conditional', ['signature: not checked: no keys']]);
  });
  it('still refuses what needs no key to be refused', async () => {
    const { status, body, remedies } = JSON.parse((await asked()).out);
    assert.deepEqual([status, body], [401, 'Jwt is missing']);
    assert.equal(remedies.wouldPassWith[0].conditional, true);
  });
  it('takes the keys that are given', async () => {
    const verdicts = [];
    for (const token of [alice, stranger.sign(claims)])
      verdicts.push(JSON.parse((await asked('--jwks', `kc=${keys}`, '--token', token)).out).outcome);
    assert.deepEqual(verdicts, ['passes', 'refused']);
  });
});
