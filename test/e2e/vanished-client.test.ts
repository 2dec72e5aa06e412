import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { ListenerServer } from '../../src/proxy/listener/index.ts';
import { compileSnapshot } from '../../src/proxy/rehearsal/index.ts';
import { Findings } from '../../src/resources/index.ts';
import { listenerParts } from './listener-parts.ts';
import { until } from './loop-fixture.ts';
import { loadChains, renderChain } from './tls-chain.ts';

/** Sends a request and leaves, by a reset or in order, while the gate's thread is busy. */
const CLIENT = `
  const { workerData: { port, how, left } } = require('node:worker_threads');
  const socket = require('node:net').connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.on('close', () => { Atomics.store(left, 0, 1); Atomics.notify(left, 0); });
  socket.write('POST /a HTTP/1.1\\r\\nHost: h\\r\\nContent-Length: 0\\r\\n\\r\\n', () => {
    if (how === 'reset') socket.resetAndDestroy();
    else socket.destroy();
  });
`;

describe('a request whose client has left before its connection was accepted', () => {
  const given = listenerParts();
  let listener: ListenerServer;
  let port: number;

  before(async () => {
    const { snapshot } = loadChains([renderChain({ body: 'one' })]);
    const findings = new Findings();
    const { listeners } = compileSnapshot(snapshot, { findings, clock: given.clock, jwks: null });
    const created = ListenerServer.create(listeners[0] as never, given, findings);
    assert.ok(created !== null);
    listener = created;
    ({ port } = await listener.listen({ address: '127.0.0.1', port: 0 }));
  });

  after(() => listener.close());

  const counted = (name: string): number =>
    given.stats.read().find(([one]) => one.endsWith(`.${name}`))?.[1] ?? 0;

  /** What is counted of one such client: requests, and connections that were turned away. */
  async function meet(how: 'reset' | 'close'): Promise<{ requests: number; refused: number }> {
    const counts = () => ({
      requests: counted('downstream_rq_total'),
      refused: counted('downstream_cx_overflow'),
    });
    const before = counts();
    const left = new Int32Array(new SharedArrayBuffer(4));
    const client = new Worker(CLIENT, { eval: true, workerData: { port, how, left } });
    Atomics.wait(left, 0, 0);
    await until(() => counts().requests + counts().refused > before.requests + before.refused);
    await client.terminate();
    const { requests, refused } = counts();
    return { requests: requests - before.requests, refused: refused - before.refused };
  }

  it('is not served after a reset: nobody knows its address any more, and rules ask for it', async () => {
    assert.deepEqual(await meet('reset'), { requests: 0, refused: 1 });
  });

  it('is served after an end in order', async () => {
    assert.deepEqual(await meet('close'), { requests: 1, refused: 0 });
  });
});
