import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bootstrapOf, extension, listenerOf, managerOf } from '../../../../test/fixtures/envoy-config.ts';
import { loadConfig } from '../load-config.ts';

const OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

const options = (explicit: object) => ({
  typed_extension_protocol_options: {
    [OPTIONS]: { '@type': `type.googleapis.com/${OPTIONS}`, explicit_http_config: explicit },
  },
});
const HTTP2 = options({ http2_protocol_options: { max_concurrent_streams: 10 } });

/** A filter that asks cluster `a` over gRPC, a route to cluster `b`, and the clusters that are given. */
function load(clusters: Record<string, object>, route: object = { cluster: 'b' }, filter?: object) {
  const authz = filter ?? { grpc_service: { envoy_grpc: { cluster_name: 'a' } } };
  const list = Object.entries(clusters).map(([name, more]) => ({ name, type: 'STATIC', ...more }));
  const manager = managerOf({
    filters: [extension('filters.http.ext_authz.v3.ExtAuthz', authz)],
    routes: [{ match: { prefix: '/' }, route }],
  });
  const text = bootstrapOf([listenerOf('l', [manager])], list);
  const { findings } = loadConfig([{ name: 'envoy.json', text }]);
  return findings.list
    .filter(({ severity }) => severity === 'error')
    .map(({ code, message, path }) => `${code} ${path} ${message}`);
}

describe('HTTP/2 to clusters', () => {
  const asked = { grpc_service: { envoy_grpc: { cluster_name: 'nowhere' } } };
  const table: { name: string; given: string[]; want: RegExp[] }[] = [
    { name: 'is done where only a gRPC service is asked', given: load({ a: HTTP2, b: {} }), want: [] },
    {
      name: 'so it is by the older field',
      given: load({ a: { http2_protocol_options: {} }, b: {} }),
      want: [],
    },
    {
      name: 'HTTP/1.1 may be said of any other',
      given: load({ a: HTTP2, b: options({ http_protocol_options: {} }) }),
      want: [],
    },
    {
      name: 'is refused where requests are sent on',
      given: load({ a: HTTP2, b: HTTP2 }),
      want: [/^E301 .*clusters\[1\].typed_extension_protocol_options cluster `b` speaks HTTP\/2/],
    },
    {
      name: 'is refused where both is done',
      given: load({ a: HTTP2, b: {} }, { cluster: 'a' }),
      want: [/^E301 .*clusters\[0\].typed_extension_protocol_options cluster `a`/],
    },
    {
      name: 'is refused where a share of the requests is sent on',
      given: load({ a: HTTP2, b: {} }, { weighted_clusters: { clusters: [{ name: 'a', weight: 1 }] } }),
      want: [/^E301 .*cluster `a` speaks HTTP\/2/],
    },
    {
      name: 'is refused where nobody is asked over gRPC',
      given: load({ a: { http2_protocol_options: {} }, b: {} }, undefined, asked),
      want: [/^E301 .*clusters\[0\].http2_protocol_options cluster `a`/],
    },
    {
      name: 'is refused where the protocol is left to the handshake',
      given: load({
        a: {
          typed_extension_protocol_options: {
            [OPTIONS]: { '@type': `type.googleapis.com/${OPTIONS}`, auto_config: {} },
          },
        },
        b: {},
      }),
      want: [/^E301 .*`auto_config` of HttpProtocolOptions/],
    },
    {
      name: 'is needed for gRPC',
      given: load({ a: {}, b: {} }),
      want: [/^E301 .*envoy_grpc.cluster_name cluster `a` speaks HTTP\/1.1, which carries no gRPC/],
    },
  ];
  for (const { name, given, want } of table) {
    it(name, () => {
      assert.equal(given.length, want.length, given.join('\n'));
      for (const [index, pattern] of want.entries()) assert.match(given[index] as string, pattern);
    });
  }
});
