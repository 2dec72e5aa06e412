import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRsaPair, createSelfSigned } from '../../../../test/e2e/certificates.ts';
import {
  bootstrapOf,
  clusterOf,
  extension,
  listenerOf,
  managerOf,
  serverTls,
} from '../../../../test/fixtures/envoy-config.ts';
import type { CertifiedKey } from '../../../platform/certificates.ts';
import { loadConfig } from '../load-config.ts';

const onCurve = (namedCurve: string, hash: string) => ({
  algorithm: { name: 'ECDSA' as const, namedCurve, hash },
});
const [p256, p521, ed25519, rsa, short] = await Promise.all([
  createSelfSigned('a'),
  createSelfSigned('a', [], 'CN=a', onCurve('P-521', 'SHA-512')),
  createSelfSigned('a', [], 'CN=a', { algorithm: { name: 'Ed25519' } }),
  createRsaPair('a', {}),
  createRsaPair('a', { bits: 1024 }),
]);

/** Of OpenSSL's kinds: Envoy has neither. */
const SECP256K1 = `-----BEGIN CERTIFICATE-----
MIIBiTCCATCgAwIBAgIUNI1xfsR7pDvHznErOzV8z/FnTz4wCgYIKoZIzj0EAwIw
EjEQMA4GA1UEAwwHazEudGVzdDAeFw0yNjExMjYyMDQ1MTlaFw0yNjEyMjYyMDQ1
MTlaMBIxEDAOBgNVBAMMB2sxLnRlc3QwVjAQBgcqhkjOPQIBBgUrgQQACgNCAAQS
3SXXd2A1CnD7HNoUUbbpOLHDH2lGUybj1q91j9fl8jbHtBarecv+mru+yjq0iwSr
nZx6Jz0XEjJxr+ov9guxo2cwZTAdBgNVHQ4EFgQU35AFqA7d1s7oRqvAFnA1ZlXM
2BIwHwYDVR0jBBgwFoAU35AFqA7d1s7oRqvAFnA1ZlXM2BIwDwYDVR0TAQH/BAUw
AwEB/zASBgNVHREECzAJggdrMS50ZXN0MAoGCCqGSM49BAMCA0cAMEQCIBCVoTl1
mZD7K7+YIyN33yxjBHDox774wyPoHtqXpn4vAiBdjtHIbuvQIxdZqwiTEJN69e9h
Myqyg5AIrbl0gc0PRg==
-----END CERTIFICATE-----`;

describe('a certificate that a listener or a cluster shows is judged as Envoy judges it', () => {
  const failed = 'failed to load certificate chain';
  const table: { name: string; given: CertifiedKey; want: string[] }[] = [
    { name: 'on P-256', given: p256, want: [] },
    { name: 'on P-521', given: p521, want: [] },
    { name: 'of Ed25519', given: ed25519, want: [] },
    { name: 'of RSA', given: rsa.leaf, want: [] },
    {
      name: 'text around both',
      given: { certificate: `x\n${p256.certificate}`, privateKey: `x\n${p256.privateKey}\n` },
      want: [],
    },
    {
      name: 'of RSA with 1024 bits',
      given: short.leaf,
      want: [`${failed}: only RSA certificates with 2048-bit or larger keys are supported`],
    },
    {
      name: 'on another curve',
      given: { certificate: SECP256K1, privateKey: '' },
      want: [`${failed}: only RSA, Ed25519, and ECDSA by P-256, P-384 or P-521 are supported`],
    },
    {
      name: 'with the key of another',
      given: { ...p256, privateKey: rsa.leaf.privateKey },
      want: ['failed to load private key: it is not the certificate’s'],
    },
    {
      name: 'with a key that is none',
      given: { ...p256, privateKey: p256.certificate },
      want: ['failed to load private key'],
    },
    { name: 'that is none', given: { ...p256, certificate: p256.privateKey }, want: [failed] },
  ];
  for (const { name, given, want } of table) {
    it(name, () => {
      const server = { transport_socket: serverTls(given) };
      const { typed_config } = serverTls(given);
      const client = {
        ...clusterOf('c', 1),
        transport_socket: extension('transport_sockets.tls.v3.UpstreamTlsContext', {
          common_tls_context: (typed_config as { common_tls_context?: object }).common_tls_context,
        }),
      };
      for (const text of [
        bootstrapOf([listenerOf('l', [managerOf()], server)]),
        bootstrapOf([listenerOf('l', [managerOf()])], [client]),
      ]) {
        const { findings } = loadConfig([{ name: 'gate.json', text }]);
        assert.deepEqual(
          findings.list.filter(({ code }) => code === 'E218').map(({ message }) => message),
          want,
        );
      }
    });
  }
});
