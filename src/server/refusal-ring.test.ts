import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadConfig } from '../control/config/index.ts';
import { RefusalRing } from './refusal-ring.ts';

const listener = (name: string, address: string) => `
  - name: ${name}
    address: {socket_address: {address: ${address}, port_value: 8080}}
    filter_chains:
    - filters:
      - name: hcm
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: ${name}
          route_config: {virtual_hosts: []}
          http_filters:
          - name: router
            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}`;

describe('a refusal is explained by the listener that its connection came to', () => {
  const places = [
    { name: 'inner', address: '127.0.0.1' },
    { name: 'outer', address: '127.0.0.2' },
    { name: 'any', address: '0.0.0.0' },
  ];
  const text = `static_resources:\n  listeners:${places.map((one) => listener(one.name, one.address)).join('')}\n`;
  const { snapshot, provenance } = loadConfig([{ name: 'gate.yaml', text }]);
  const cases = [
    { name: 'at its very address, where others have its port', given: '127.0.0.2', want: 'outer' },
    { name: 'or at any, where none has it', given: '192.0.2.1', want: 'any' },
  ];
  for (const { name, given, want } of cases) {
    it(name, async () => {
      assert.ok(snapshot !== null);
      const listeners = places.map((one) => ({ ...one, port: 8080, tls: false }));
      const jwks = { fetch: async () => null };
      const ring = new RefusalRing({ snapshot, provenance, listeners, jwks, envoyExact: false });
      const connection = {
        remoteAddress: '192.0.2.7',
        remotePort: 4000,
        localAddress: given,
        localPort: 8080,
        serverName: '',
        tls: false,
      };
      const request = { method: 'GET', scheme: 'http', authority: 'h', path: '/', names: [], values: [] };
      await ring.add({ id: 'a', atMs: 0, request, connection, reply: { status: 404, body: '' } });
      assert.equal(ring.find('last')?.steps[0]?.text, want);
    });
  }
});
