import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import { createCertificate } from './certificate.ts';
import { derInteger, derObjectIdentifier, derTime, encodeDer } from './der.ts';

describe('certificates of realm keys', () => {
  it("have Keycloak's shape and are read by OpenSSL", async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const nowMs = Date.UTC(2026, 10, 22, 12, 0, 0, 123);
    const certificate = new X509Certificate(
      await createCertificate('funnel é', publicKey, privateKey, nowMs),
    );
    assert.equal(certificate.subject, certificate.issuer);
    assert.match(certificate.toString(), /BEGIN CERTIFICATE/);
    assert.equal(BigInt(`0x${certificate.serialNumber}`), BigInt(nowMs));
    assert.equal(certificate.validFromDate.toISOString(), '2026-11-22T11:58:20.000Z');
    assert.equal(certificate.validToDate.toISOString(), '2036-11-22T12:00:00.000Z');
    assert.ok(certificate.checkPrivateKey(privateKey) && certificate.verify(publicKey));
  });
});

describe('DER', () => {
  for (const { name, got, want } of [
    { name: 'a small integer', got: derInteger(5n), want: '020105' },
    { name: 'an integer whose first bit is set', got: derInteger(128n), want: '02020080' },
    { name: 'an object identifier', got: derObjectIdentifier('1.2.840.113549'), want: '06062a864886f70d' },
    { name: 'a long length', got: encodeDer(4, Buffer.alloc(300)).subarray(0, 4), want: '0482012c' },
    {
      name: 'a time up to 2049',
      got: derTime(Date.UTC(2049, 0, 2)),
      want: `170d${Buffer.from('490102000000Z').toString('hex')}`,
    },
    {
      name: 'a time from 2050 on',
      got: derTime(Date.UTC(2050, 0, 2)),
      want: `180f${Buffer.from('20500102000000Z').toString('hex')}`,
    },
  ]) {
    it(`writes ${name}`, () => assert.equal(got.toString('hex'), want));
  }
});
