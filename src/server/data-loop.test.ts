import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  bootstrapOf,
  clusterOf,
  extension,
  listenerOf,
  managerOf,
} from '../../test/fixtures/envoy-config.ts';
import { loadConfig } from '../control/config/index.ts';
import { serialize } from './compile-for-gate.ts';
import { DataLoop } from './data-loop.ts';
import type { FromWorker } from './worker-protocol.ts';

/** @param filters among them one that is to have keys before the listener serves */
function load(body: string, ...filters: object[]) {
  const routes = [
    { match: { prefix: '/' }, direct_response: { status: 200, body: { inline_string: body } } },
  ];
  const text = bootstrapOf([listenerOf('one', [managerOf({ routes, filters })])], [clusterOf('keys', 1)]);
  const { snapshot, findings } = loadConfig([{ name: 'gate.yaml', text }]);
  assert.ok(snapshot !== null, JSON.stringify(findings.list));
  return { ...serialize(snapshot), listenAt: [{ address: '127.0.0.1', port: 0 }], addresses: [] };
}

const JWT = extension('filters.http.jwt_authn.v3.JwtAuthentication', {
  providers: {
    p: {
      issuer: 'i',
      remote_jwks: { http_uri: { uri: 'http://keys/', cluster: 'keys', timeout: '1s' }, async_fetch: {} },
    },
  },
});

describe('a data loop that is given another configuration while it starts', () => {
  it('serves that one in the end', async () => {
    const said: FromWorker[] = [];
    const loop = new DataLoop(
      {
        ...load('old', JWT),
        connectTo: [],
        extraRoots: [],
        clock: new SharedArrayBuffer(8),
        stats: new SharedArrayBuffer(8 * 4096),
        nodeAddress: '127.0.0.1',
        envoyExact: false,
        explains: null,
      },
      (message) => void said.push(message),
    );
    const find = <T extends FromWorker['type']>(type: T) =>
      said.find((one): one is Extract<FromWorker, { type: T }> => one.type === type);
    const seen = async <T extends FromWorker['type']>(type: T) => {
      while (find(type) === undefined) await new Promise((resolve) => setImmediate(resolve));
      return find(type) as Extract<FromWorker, { type: T }>;
    };
    const started = loop.start();
    const { id } = await seen('jwks');
    loop.onMessage({ type: 'update', resources: load('new') });
    for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
    loop.onMessage({ type: 'jwks', id, text: null });
    await started;
    const { listeners } = await seen('updated');
    const response = await fetch(`http://127.0.0.1:${listeners[0]?.port}/`);
    assert.equal(await response.text(), 'new');
    assert.ok(
      said.findIndex(({ type }) => type === 'listening') < said.findIndex(({ type }) => type === 'updated'),
    );
    loop.onMessage({ type: 'close' });
    await seen('closed');
  });
});
