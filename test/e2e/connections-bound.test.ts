import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { ListenerServer } from '../../src/proxy/listener/index.ts';
import { compileSnapshot } from '../../src/proxy/rehearsal/index.ts';
import { Findings } from '../../src/resources/index.ts';
import { createSelfSigned } from './certificates.ts';
import { listenerParts } from './listener-parts.ts';
import { loadChains, renderChain } from './tls-chain.ts';

const CONNECTIONS_MAX = 2;

describe('a listener’s bound of connections', () => {
  const given = listenerParts();
  const { stats } = given;
  let listener: ListenerServer;
  let port: number;

  before(async () => {
    const key = await createSelfSigned('one.test');
    const { snapshot } = loadChains([renderChain({ body: 'one', key })]);
    const findings = new Findings();
    const { listeners } = compileSnapshot(snapshot, { findings, clock: given.clock, jwks: null });
    const parts = { ...given, connectionsMax: CONNECTIONS_MAX };
    const created = ListenerServer.create(listeners[0] as never, parts, findings);
    assert.ok(created !== null);
    listener = created;
    ({ port } = await listener.listen({ address: '127.0.0.1', port: 0 }));
  });

  after(() => listener.close());

  const greet = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false });
      socket.once('secureConnect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
      socket.on('close', () => resolve(false));
    });

  it('counts TLS handshakes that are not finished, and tells how many were turned away', async () => {
    const silent: Socket[] = [];
    for (let i = 0; i < CONNECTIONS_MAX; i++) {
      const socket = connect(port, '127.0.0.1').on('error', () => {});
      await once(socket, 'connect');
      silent.push(socket);
    }
    assert.equal(await greet(), false);
    assert.equal(stats.read().find(([name]) => name.endsWith('.downstream_cx_overflow'))?.[1], 1);
    for (const socket of silent) socket.destroy();
    let isServed = false;
    for (let i = 0; i < 100 && !isServed; i++) isServed = await greet();
    assert.ok(isServed);
  });
});
