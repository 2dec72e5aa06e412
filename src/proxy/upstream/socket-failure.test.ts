import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connectFailure, handshakeFailure, isHandshakeError } from './socket-failure.ts';

const HINT = 'trust that authority by `--trust FILE`, or name it in the `validation_context` of the cluster';

describe('a handshake that failed', () => {
  const cases = [
    {
      name: 'an authority that is not trusted',
      given: {
        code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
        message:
          'unable to verify the first certificate; if the root CA is installed locally, try --use-system-ca',
      },
      told: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE: the certificate comes from an authority that is not trusted',
      hint: true,
    },
    {
      name: 'an expired certificate',
      given: { code: 'CERT_HAS_EXPIRED', message: 'certificate has expired; try --use-system-ca' },
      told: 'CERT_HAS_EXPIRED: the certificate has expired',
      hint: false,
    },
    {
      name: 'a server without TLS',
      given: {
        code: 'ERR_SSL_WRONG_VERSION_NUMBER',
        message:
          '4093:error:0A00010B:SSL routines:tls_validate_record_header:../deps/openssl/tlsany_meth.c:78:\n',
      },
      told: 'ERR_SSL_WRONG_VERSION_NUMBER: what answers does not speak TLS',
      hint: false,
    },
    {
      name: 'another error of OpenSSL’s',
      given: { code: 'ERR_SSL_BAD_SIGNATURE', message: '4093:error:0A00007B:SSL routines::../deps/x.c:1:' },
      told: 'ERR_SSL_BAD_SIGNATURE: bad signature',
      hint: false,
    },
    {
      name: 'a wrong name',
      given: { message: 'the certificate is for another name' },
      told: 'TLS: the certificate is for another name',
      hint: false,
    },
  ];
  for (const { name, given, told, hint } of cases) {
    it(`is told in our own words, and how to mend it to logs alone: ${name}`, () => {
      const failure = handshakeFailure(given);
      assert.ok(failure.body.endsWith(`transport failure reason: ${told}`), failure.body);
      assert.equal(failure.cause, hint ? `${told}; ${HINT}` : told);
    });
  }
});

describe('a connection that could not be made', () => {
  it('names the address and the error to logs, and to the client what Envoy says', () => {
    const failure = connectFailure({ code: 'ECONNREFUSED', message: 'x', address: '127.0.0.1', port: 1 });
    assert.equal(failure.cause, 'connection refused at 127.0.0.1:1 (ECONNREFUSED)');
    assert.ok(failure.body.endsWith('reset reason: remote connection failure'));
  });
  it('is no failed handshake', () => {
    assert.equal(isHandshakeError({ code: 'ECONNREFUSED', message: '' }), false);
    assert.equal(isHandshakeError({ code: 'CERT_HAS_EXPIRED', message: '' }), true);
  });
});
