import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { ClusterSchema } from '#schema/envoy/config/cluster/v3/cluster_pb.js';
import { parseConnectTo } from '../proxy/upstream/index.ts';
import { describeUnusedConnectTo } from './unused-connect-to.ts';

const clusterAt = (address: string, portValue: number) =>
  create(ClusterSchema, {
    loadAssignment: {
      endpoints: [
        {
          lbEndpoints: [
            {
              hostIdentifier: {
                case: 'endpoint',
                value: {
                  address: {
                    address: {
                      case: 'socketAddress',
                      value: { address, portSpecifier: { case: 'portValue', value: portValue } },
                    },
                  },
                },
              },
            },
          ],
        },
      ],
    },
  });

describe('a --connect-to that fits no endpoint is told, with those that there are', () => {
  const clusters = [clusterAt('keycloak', 8080), clusterAt('::1', 443)];
  const table = [
    { given: 'keycloak:8080:127.0.0.1:1', want: [] },
    { given: 'keycloak::127.0.0.1:1', want: [] },
    { given: ':443:127.0.0.1:1', want: [] },
    { given: '[::1]:443:127.0.0.1:1', want: [] },
    {
      given: 'keycloack:8080:127.0.0.1:1',
      want: [
        '`--connect-to keycloack:8080:…` fits no endpoint of a cluster: did you mean `keycloak:8080`? clusters have `keycloak:8080`, `[::1]:443`',
      ],
    },
    {
      given: 'elsewhere.example.com::127.0.0.1:1',
      want: [
        '`--connect-to elsewhere.example.com::…` fits no endpoint of a cluster: clusters have `keycloak:8080`, `[::1]:443`',
      ],
    },
  ];
  for (const { given, want } of table) {
    it(given, () => {
      const rule = parseConnectTo(given);
      assert.ok(rule);
      const found = describeUnusedConnectTo([rule], clusters);
      assert.deepEqual(
        found.map(({ message, hint }) => `${message}: ${hint}`),
        want,
      );
    });
  }
  it('lists no more than eight', () => {
    const many = Array.from({ length: 20 }, (_, index) => clusterAt(`host-${index}.test`, 80));
    const rule = parseConnectTo('x:1:127.0.0.1:1');
    assert.ok(rule);
    assert.match(describeUnusedConnectTo([rule], many)[0]?.hint ?? '', /`host-7.test:80`, 12 more$/);
  });
});
