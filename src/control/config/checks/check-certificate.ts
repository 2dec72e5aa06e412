import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { DataSource } from '#schema/envoy/config/core/v3/base_pb.js';
import type { TlsCertificate } from '#schema/envoy/extensions/transport_sockets/tls/v3/common_pb.js';
import type { CheckContext } from './check-context.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/;
const KEY = /-----BEGIN (?:\w+ )?PRIVATE KEY-----[^-]*-----END (?:\w+ )?PRIVATE KEY-----/;
const CURVES: ReadonlySet<string | undefined> = new Set(['prime256v1', 'secp384r1', 'secp521r1']);
const RSA_BITS_MIN = 2048;

/** What a gate or a client shows of itself must be a certificate of a kind that Envoy has, and its key (Envoy: context_impl.cc). */
export function checkTlsCertificate(given: TlsCertificate, context: CheckContext): void {
  const { certificateChain: chain, privateKey } = given;
  // A dump of a running Envoy has no keys.
  if (context.isRunning || chain === undefined) return;
  const complain = (about: object, message: string, hint: string) =>
    context.complain({ code: 'badCertificate', message, hint, about });
  const text = textOf(chain);
  if (!text) return;
  const certificate = readFirst(CERTIFICATE, text, (pem) => new X509Certificate(pem));
  if (certificate === null) {
    complain(chain, 'failed to load certificate chain', 'the text must be PEM certificates');
    return;
  }
  const unfit = judgeKey(certificate.publicKey);
  if (unfit !== null) complain(chain, `failed to load certificate chain: ${unfit}`, 'take ECDSA by P-256');
  const said = privateKey === undefined || given.password !== undefined ? undefined : textOf(privateKey);
  if (privateKey === undefined || !said) return;
  const key = readFirst(KEY, said, createPrivateKey);
  if (key === null) complain(privateKey, 'failed to load private key', 'the text must be a key in PEM');
  else if (!certificate.checkPrivateKey(key))
    complain(privateKey, 'failed to load private key: it is not the certificate’s', 'name files of one pair');
}

/** @returns null: none, or one that cannot be read. */
function readFirst<T>(pattern: RegExp, text: string, read: (pem: string) => T): T | null {
  const pem = pattern.exec(text)?.[0];
  if (pem === undefined) return null;
  try {
    return read(pem);
  } catch {
    return null;
  }
}

function judgeKey({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): string | null {
  if (type === 'rsa') {
    const isLong = (details?.modulusLength ?? 0) >= RSA_BITS_MIN;
    return isLong ? null : 'only RSA certificates with 2048-bit or larger keys are supported';
  }
  const isTaken = type === 'ed25519' || (type === 'ec' && CURVES.has(details?.namedCurve));
  return isTaken ? null : 'only RSA, Ed25519, and ECDSA by P-256, P-384 or P-521 are supported';
}

function textOf({ specifier }: DataSource): string | undefined {
  if (specifier.case === 'inlineString') return specifier.value;
  return specifier.case === 'inlineBytes' ? Buffer.from(specifier.value).toString('latin1') : undefined;
}
