import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  bool,
  call,
  contextOf,
  header,
  id,
  outcomeOf,
  select,
  subject,
  text,
} from '../../../test/fixtures/cel-expression.ts';
import { compileExpression } from './compile-expression.ts';
import { FAULT } from './expression-value.ts';

/** What Envoy 1.40 says of a client that shows a certificate with names, one that shows none, and one without TLS. */
describe('a CEL expression about the handshake', () => {
  const local = { uriNames: ['spiffe://gate', 'spiffe://b'], dnsNames: [], subject: 'CN=gate' };
  const peer = { uriNames: [], dnsNames: ['a.test'], subject: 'CN=a' };
  const shown = { tlsVersion: 'TLSv1.3', local, peerPem: 'PEM\n', peerDigest: 'ab' };
  const none = { ...shown, peerPem: '', peerDigest: '' };
  const table: [field: string, shown: unknown, none: unknown, plain: unknown][] = [
    ['mtls', true, false, false],
    ['tls_version', 'TLSv1.3', 'TLSv1.3', FAULT],
    ['subject_local_certificate', 'CN=gate', 'CN=gate', FAULT],
    ['uri_san_local_certificate', 'spiffe://gate', 'spiffe://gate', FAULT],
    ['dns_san_local_certificate', FAULT, FAULT, FAULT],
    ['subject_peer_certificate', 'CN=a', '', FAULT],
    ['dns_san_peer_certificate', 'a.test', FAULT, FAULT],
    ['sha256_peer_certificate_digest', 'ab', FAULT, FAULT],
    ['peer_certificate', 'PEM\n', FAULT, FAULT],
  ];
  for (const [field, ...want] of table) {
    it(`reads ${field}`, () => {
      const compiled = compileExpression(select(id('connection'), field), contextOf(assert.fail));
      const connections = [
        { ...subject.connection, certificates: shown, peer },
        { ...subject.connection, certificates: none, peer: null },
        { ...subject.connection, tls: false },
      ];
      const got = connections.map((connection) => outcomeOf(compiled, { ...subject, connection }));
      assert.deepEqual(got, want);
    });
  }

  it('takes a key that is made while it is evaluated', () => {
    const key = call('_?_:_', bool(true), text('tls_version'), text(''));
    const compiled = compileExpression(call('_[_]', id('connection'), key), contextOf(assert.fail));
    const connection = { ...subject.connection, certificates: shown };
    assert.equal(outcomeOf(compiled, { ...subject, connection }), 'TLSv1.3');
  });
});

/** What Envoy 1.40 says of a request whose Host line is empty. */
describe('a CEL expression about a request without a host', () => {
  const table = [
    { name: 'request.host', expression: select(id('request'), 'host') },
    { name: "request.headers[':authority']", expression: header(':authority') },
  ];
  const request = { ...subject.request, authority: '' };
  for (const { name, expression } of table) {
    it(`reads an empty text from ${name}`, () => {
      const compiled = compileExpression(expression, contextOf(assert.fail));
      assert.equal(outcomeOf(compiled, { ...subject, request }), '');
    });
    it(`reads nothing from ${name} where there is no request`, () => {
      const compiled = compileExpression(expression, contextOf(assert.fail));
      assert.equal(outcomeOf(compiled, { ...subject, request: { ...request, method: '' } }), FAULT);
    });
  }
});
