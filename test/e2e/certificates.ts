import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { CertifiedKey } from '../../src/platform/certificates.ts';

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;

/** What a certificate says its key is for. */
export const KEY_USES = x509.KeyUsageFlags;

/** What a key is made by. */
export type KeyAlgorithm = { name: 'Ed25519' } | { name: 'ECDSA'; namedCurve: string; hash: string };

/** A certificate for `name` that no authority stands behind. */
export async function createSelfSigned(
  name: string,
  names: x509.JsonGeneralNames = [{ type: 'dns', value: name }],
  subject: string | x509.JsonName = `CN=${name}`,
  { algorithm = ECDSA, usages }: { algorithm?: KeyAlgorithm; usages?: x509.KeyUsageFlags } = {},
): Promise<CertifiedKey> {
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: subject,
      keys,
      signingAlgorithm: algorithm as x509.X509CertificateCreateSelfSignedParams['signingAlgorithm'],
      notBefore: new Date(Date.now() - DAY_MS),
      notAfter: new Date(Date.now() + DAY_MS),
      extensions: [
        ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
        ...(usages === undefined ? [] : [new x509.KeyUsagesExtension(usages, true)]),
      ],
    },
    webcrypto as Crypto,
  );
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    certificate: certificate.toString('pem'),
    privateKey: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY'),
  };
}

/** A certificate for `name` by RSA, and the authority that signed it: sound but for the size of its key or its hash. */
export async function createRsaPair(
  name: string,
  { bits = 2048, hash = 'SHA-256' }: { bits?: number; hash?: 'SHA-1' | 'SHA-256' },
): Promise<{ authority: string; leaf: CertifiedKey }> {
  const root = await generateRsaKeys(2048, 'SHA-256');
  const keys = await generateRsaKeys(bits, 'SHA-256');
  const dates = { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + DAY_MS) };
  const crypto = webcrypto as Crypto;
  const authority = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=rsa',
      keys: root,
      signingAlgorithm: { name: RSA, hash: 'SHA-256' },
      ...dates,
      extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
    },
    crypto,
  );
  const certificate = await x509.X509CertificateGenerator.create(
    {
      subject: `CN=${name}`,
      issuer: authority.subject,
      publicKey: keys.publicKey,
      signingKey: root.privateKey,
      signingAlgorithm: { name: RSA, hash },
      ...dates,
      extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: name }])],
    },
    crypto,
  );
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    authority: authority.toString('pem'),
    leaf: {
      certificate: certificate.toString('pem'),
      privateKey: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY'),
    },
  };
}

const RSA = 'RSASSA-PKCS1-v1_5';

async function generateRsaKeys(modulusLength: number, hash: string): Promise<webcrypto.CryptoKeyPair> {
  const algorithm = { name: RSA, modulusLength, publicExponent: new Uint8Array([1, 0, 1]), hash };
  return (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
}
