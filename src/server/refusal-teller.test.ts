import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../base/index.ts';
import type { ConnectionInfo } from '../proxy/rehearsal/index.ts';
import { RefusalTeller } from './refusal-teller.ts';
import type { FromWorker } from './worker-protocol.ts';

const REQUEST = { method: 'GET', scheme: 'https', authority: 'h', path: '/', names: ['a'], values: ['b'] };
const REPLY = { status: 403, body: 'no' };
const CONNECTION: ConnectionInfo = {
  id: 7,
  remoteAddress: '192.0.2.7',
  remotePort: 4000,
  localAddress: '127.0.0.1',
  localPort: 8443,
  serverName: '',
  spelledName: 'Shop.Test',
  tls: true,
  peer: null,
};

/** As a running gate has them: read when somebody asks. */
const certificatesOf = (peerPem: string) => ({
  tlsVersion: 'TLSv1.3',
  local: null,
  get peerPem() {
    return peerPem;
  },
  peerDigest: '',
});

function tell(request: typeof REQUEST, connection: ConnectionInfo) {
  const told: FromWorker[] = [];
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  const post = (message: FromWorker) => void told.push(structuredClone(message));
  const id = new RefusalTeller(false, clock, post).refused(request, connection, REPLY);
  return { id, told };
}

describe('a refusal is told to another thread', () => {
  it('with all that filters know of its connection', () => {
    const given = { ...CONNECTION, certificates: certificatesOf('PEM') };
    const [message] = tell(REQUEST, given).told;
    assert.ok(message?.type === 'refused');
    assert.deepEqual(message.refused.connection, {
      ...CONNECTION,
      certificates: { tlsVersion: 'TLSv1.3', local: null, peerPem: 'PEM', peerDigest: '' },
    });
  });

  const long = 'x'.repeat(40_000);
  const table = [
    { name: 'a long path', request: { path: long }, pem: '', want: true },
    { name: 'a long certificate', request: {}, pem: long, want: true },
    { name: 'a long path and field', request: { path: long, values: [long] }, pem: '', want: false },
    { name: 'a long field and certificate', request: { values: [long] }, pem: long, want: false },
  ];
  for (const { name, request, pem, want } of table) {
    it(`${want ? 'with' : 'never with'} ${name}`, () => {
      const connection = { ...CONNECTION, certificates: certificatesOf(pem) };
      const { id, told } = tell({ ...REQUEST, ...request }, connection);
      assert.deepEqual([id !== null, told.length], [want, want ? 1 : 0]);
    });
  }
});
