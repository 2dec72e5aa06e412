import { createVerificationKey } from './create-verification-key.ts';
import type { CryptoPort } from './crypto-port.ts';
import { createRsaMaterial } from './decode-key-material.ts';
import type { JsonObject } from './json-value.ts';
import { refuseMaterial } from './key-policy.ts';
import { createKeySet, type KeyFinding, type KeySet, type VerificationKey } from './key-set.ts';
import { STATUS, type Status } from './status.ts';

const BEGIN = '-----BEGIN CERTIFICATE-----\n';
const END = '\n-----END CERTIFICATE-----\n';

/**
 * Google's form of a key set: a flat object of kid → PEM certificate with an RSA key, whose dates do not matter. One value of
 * another form makes the document none at all; one bad certificate makes it bad (envoy.md §4.5; Envoy: jwks.cc).
 */
export function parseCertificates(document: JsonObject, crypto: CryptoPort): KeySet | Status {
  const entries = Object.entries(document);
  if (entries.length === 0 || !entries.every(isCertificateEntry)) return STATUS.jwksWithoutKeys;
  const keys: VerificationKey[] = [];
  const findings: KeyFinding[] = [];
  for (const [index, [kid, pem]] of entries.entries()) {
    const key = parseCertificate(kid, pem as string, index, crypto);
    if (typeof key === 'number') return key;
    keys.push(key);
    if (key.refusal !== null) {
      findings.push({ index, kid, kind: 'refused', status: STATUS.ok, reason: key.refusal });
    }
  }
  return createKeySet(keys, findings, crypto);
}

function isCertificateEntry([kid, pem]: [string, unknown]): boolean {
  return kid !== '' && typeof pem === 'string' && pem.startsWith(BEGIN) && pem.endsWith(END);
}

function parseCertificate(
  kid: string,
  pem: string,
  index: number,
  crypto: CryptoPort,
): VerificationKey | Status {
  const certificate = crypto.readCertificate(pem);
  if (certificate === null) return STATUS.jwksX509Bad;
  if (certificate === 'notRsa') return STATUS.jwksX509NoRsaKey;
  const material = createRsaMaterial(
    Buffer.from(certificate.n, 'base64url'),
    Buffer.from(certificate.e, 'base64url'),
  );
  if (material === null) return STATUS.jwksX509NoRsaKey;
  const refusal = refuseMaterial('', material);
  return createVerificationKey({ index, kid, alg: '', material, refusal }, crypto);
}
