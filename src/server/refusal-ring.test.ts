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

const at = (localAddress: string) => ({
  remoteAddress: '192.0.2.7',
  remotePort: 4000,
  localAddress,
  localPort: 8080,
  serverName: '',
  tls: false,
});

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
      const ring = new RefusalRing({
        snapshot,
        provenance,
        listeners,
        jwks,
        nodeAddress: '192.0.2.9',
        envoyExact: false,
      });
      const request = { method: 'GET', scheme: 'http', authority: 'h', path: '/', names: [], values: [] };
      await ring.add({ id: 'a', atMs: 0, request, connection: at(given), reply: { status: 404, body: '' } });
      assert.equal(ring.find('last')?.steps[0]?.text, want);
    });
  }
});

it('a refusal of a target with a scheme is explained by that scheme', async () => {
  const rules = `
          - name: rbac
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC
              rules:
                policies:
                  plain:
                    permissions: [ { header: { name: ":scheme", string_match: { exact: http } } } ]
                    principals: [ { any: true } ]`;
  const written = listener('one', '127.0.0.1').replace('http_filters:', `http_filters:${rules}`);
  const { snapshot, provenance } = loadConfig([
    { name: 'gate.yaml', text: `static_resources:\n  listeners:${written}\n` },
  ]);
  assert.ok(snapshot !== null);
  const listeners = [{ name: 'one', address: '127.0.0.1', port: 8080, tls: false }];
  const jwks = { fetch: async () => null };
  const ring = new RefusalRing({
    snapshot,
    provenance,
    listeners,
    jwks,
    nodeAddress: '192.0.2.9',
    envoyExact: false,
  });
  const request = {
    method: 'GET',
    scheme: 'https',
    targetScheme: 'https',
    authority: 'h',
    path: '/',
    names: [],
    values: [],
  };
  await ring.add({
    id: 'a',
    atMs: 0,
    request,
    connection: at('127.0.0.1'),
    reply: { status: 403, body: '' },
  });
  assert.equal(ring.find('last')?.playedAgain, undefined);
});

it('a refusal of a peer on the gate’s machine is explained by the address that stands for it', async () => {
  const rules = `
          - name: rbac
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC
              rules:
                action: DENY
                policies:
                  here:
                    permissions: [ { header: { name: x-forwarded-for, string_match: { exact: 192.0.2.9 } } } ]
                    principals: [ { any: true } ]`;
  const written = listener('one', '127.0.0.1')
    .replace('stat_prefix: one', 'stat_prefix: one\n          use_remote_address: true')
    .replace('http_filters:', `http_filters:${rules}`);
  const { snapshot, provenance } = loadConfig([
    { name: 'gate.yaml', text: `static_resources:\n  listeners:${written}\n` },
  ]);
  assert.ok(snapshot !== null);
  const listeners = [{ name: 'one', address: '127.0.0.1', port: 8080, tls: false }];
  const jwks = { fetch: async () => null };
  const ring = new RefusalRing({
    snapshot,
    provenance,
    listeners,
    jwks,
    nodeAddress: '192.0.2.9',
    envoyExact: false,
  });
  const request = { method: 'GET', scheme: 'http', authority: 'h', path: '/', names: [], values: [] };
  const connection = { ...at('127.0.0.1'), remoteAddress: '127.0.0.1' };
  await ring.add({ id: 'a', atMs: 0, request, connection, reply: { status: 403, body: '' } });
  assert.equal(ring.find('last')?.playedAgain, undefined);
});
