import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createDevelopmentAuthority } from '../../src/platform/index.ts';
import type { Gate } from '../../src/server/index.ts';
import { bootstrapOf, extension, listenerOf, managerOf, serverTls } from '../fixtures/envoy-config.ts';
import { startGateOf } from '../fixtures/loaded-gate.ts';
import { RawClient } from './raw-exchange.ts';
import { TLS_INSPECTOR } from './tls-chain.ts';

const HTTP_INSPECTOR = extension('filters.listener.http_inspector.v3.HttpInspector');
const INSPECTED = { listener_filters: [TLS_INSPECTOR], listener_filters_timeout: '0.2s' };
const GET = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n';

describe('a client that is slow at first is closed where Envoy’s listener filters or its TLS would not wait', () => {
  let gate: Gate;
  const portOf = (name: string) => gate.listeners.find((one) => one.name === name)?.port ?? 0;

  before(async () => {
    const authority = await createDevelopmentAuthority('slow clients');
    const tls = { transport_socket: serverTls(await authority.issue({ names: ['h'] })) };
    const listener = (name: string, chain: object, fields: object) => ({
      ...listenerOf(name, [managerOf()], chain),
      ...fields,
    });
    gate = await startGateOf(
      bootstrapOf([
        listener('plain', {}, INSPECTED),
        listener('unhurried', {}, { ...INSPECTED, listener_filters_timeout: '1s' }),
        listener('http', {}, { ...INSPECTED, listener_filters: [HTTP_INSPECTOR] }),
        listener('patient', {}, { ...INSPECTED, continue_on_listener_filters_timeout: true }),
        listener('bare', {}, { listener_filters_timeout: '0.2s' }),
        listener('hello', tls, INSPECTED),
        listener('shake', { ...tls, transport_socket_connect_timeout: '0.2s' }, {}),
      ]),
    );
  });

  after(() => gate.close());

  for (const [name, sent] of [
    ['plain', ''],
    ['plain', 'G'],
    ['http', ''],
    ['http', '\r\n'],
    ['hello', ''],
    ['hello', '\x16'],
    ['shake', ''],
  ] as const)
    it(`${name}, with ${sent.length} bytes`, async () => {
      const client = new RawClient(portOf(name));
      client.send(sent);
      assert.equal(await client.response(), null);
    });

  it('but not where nobody looks at it, or looking goes on, or after a first request', async () => {
    const waiting = [new RawClient(portOf('bare')), new RawClient(portOf('patient'))];
    const served = new RawClient(portOf('unhurried'));
    served.send(GET);
    await served.response();
    const other = new RawClient(portOf('unhurried'));
    assert.equal(await other.response(), null);
    for (const client of [...waiting, served]) {
      client.send(GET);
      assert.equal((await client.response())?.status, 200);
      client.close();
    }
  });
});
