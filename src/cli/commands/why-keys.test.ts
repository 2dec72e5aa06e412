import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alice, configOf, signer } from '../../../test/fixtures/why-scene.ts';
import { ManualClock } from '../../base/index.ts';
import { loadConfig } from '../../control/config/index.ts';
import { rehearse } from '../../proxy/rehearsal/index.ts';
import { createKeyedWorld } from '../remedies/keyed-world.ts';
import { GivenKeys } from './why-keys.ts';
import { openNetwork } from './why-network.ts';

const RULE =
  '                - {match: {prefix: /}, requires: {requires_any: {requirements: [{provider_name: gone}, {provider_name: kc}]}}}';
const GONE =
  'gone: {issuer: https://idp.test, failed_status_in_metadata: failed, forward: true, remote_jwks: {http_uri: {uri: "http://gone.test/certs", cluster: gone, timeout: 1s}}}';
const NOBODY_FAILED =
  'not_id: {metadata: {filter: envoy.filters.http.jwt_authn, path: [{key: failed}], value: {present_match: true}}}';

/** Of two providers the first has its keys from a cluster that is not there; requests pass where it has not failed by then. */
const TEXT = configOf([RULE])
  .replace('kc:\n', `${GONE}\n                  kc:\n`)
  .replace(/remote_jwks:\n.*/, `local_jwks: {inline_string: '${signer.jwks}'}`)
  .replace('principals: [ { any: true } ]', `principals: [{${NOBODY_FAILED}}]`);

const HEAD = `GET / HTTP/1.1\r\nhost: shop.test\r\nauthorization: Bearer ${alice}\r\n\r\n`;
const CONNECTION = {
  remoteAddress: '192.0.2.7',
  remotePort: 1,
  localAddress: '127.0.0.1',
  localPort: 8080,
  serverName: '',
  tls: false,
};

async function open() {
  const { snapshot, provenance } = loadConfig([{ name: 'f.yaml', text: TEXT }]);
  assert.ok(snapshot !== null);
  const network = await openNetwork(snapshot, provenance, { connectTo: [], trust: [] });
  return { snapshot, network, keys: new GivenKeys([], network.jwks) };
}

describe('the keys that why is given', () => {
  it('know the clusters that they are fetched from, and take them for granted without a network', async () => {
    const { network, keys } = await open();
    assert.deepEqual([keys.knowsCluster('idp'), keys.knowsCluster('gone')], [true, false]);
    assert.equal(new GivenKeys([], null).knowsCluster('gone'), true);
    network.close();
  });

  it('from a cluster that is not there are missing at once: no other provider goes ahead meanwhile', async () => {
    const { snapshot, network, keys } = await open();
    const clock = new ManualClock(Date.UTC(2026, 0, 1));
    const { compiled } = await createKeyedWorld(snapshot, clock, keys);
    const request = Buffer.from(HEAD);
    const { status } = await rehearse(compiled, { request, connection: CONNECTION }, clock, null);
    assert.equal(status, 403);
    network.close();
  });
});
