import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { Gate } from '../../src/server/index.ts';
import { bootstrapOf, extension, listenerOf, managerOf } from '../fixtures/envoy-config.ts';
import { startGateOf } from '../fixtures/loaded-gate.ts';

const guarded = (name: string, guard: object) =>
  listenerOf(name, [
    extension('filters.network.rbac.v3.RBAC', { stat_prefix: name, ...guard }),
    managerOf({ routes: [{ match: { prefix: '/' }, direct_response: { status: 204 } }] }),
  ]);

const everybody = { policies: { p: { permissions: [{ any: true }], principals: [{ any: true }] } } };

describe('a connection is let in by the network filters', () => {
  let gate: Gate;

  before(async () => {
    const listeners = [
      guarded('open', { rules: everybody }),
      guarded('shut', { rules: {} }),
      guarded('late', { rules: {}, delay_deny: '0.02s' }),
    ];
    gate = await startGateOf(bootstrapOf(listeners));
  });

  after(() => gate.close());

  const ask = (name: string): Promise<string> =>
    new Promise((resolve) => {
      const port = gate.listeners.find((listener) => listener.name === name)?.port as number;
      const socket = connect({ host: '127.0.0.1', port });
      let said = '';
      socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      socket.on('data', (bytes) => {
        said += bytes.toString('latin1');
        socket.destroy();
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve(said.split('\r\n', 1)[0] as string));
    });

  it('or is closed without a word', async () => {
    assert.equal(await ask('open'), 'HTTP/1.1 204 No Content');
    assert.equal(await ask('shut'), '');
  });

  it('late where that is asked for', async () => {
    assert.equal(await ask('late'), '');
    const counters = new Map(gate.stats());
    assert.equal(counters.get('late.rbac.denied'), 1);
    assert.equal(counters.get('http.late.downstream_rq_total') ?? 0, 0, 'no request is made of its bytes');
  });
});
