import assert from 'node:assert/strict';
import { syncBuiltinESMExports } from 'node:module';
import { it } from 'node:test';
import tls from 'node:tls';
import { createVerifiedTls } from './upstream-tls.ts';

it("reads the machine's roots for the first connection, once, and not before", (t) => {
  const roots = t.mock.method(tls, 'getCACertificates');
  const contexts = t.mock.method(tls, 'createSecureContext');
  syncBuiltinESMExports();
  const transport = createVerifiedTls('service.example', []);
  assert.equal(roots.mock.callCount(), 0);
  const readings = [1, 2].map(() => {
    const { socket } = transport.connect('127.0.0.1', 9);
    socket.on('error', () => {}).destroy();
    return roots.mock.callCount();
  });
  assert.ok(readings[0] !== undefined && readings[0] > 0);
  assert.equal(readings[1], readings[0]);
  assert.ok((contexts.mock.calls.at(-1)?.arguments[0]?.ca?.length ?? 0) > 0);
  t.mock.restoreAll();
  syncBuiltinESMExports();
});
