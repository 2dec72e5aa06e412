import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;

/** A certificate and its private key, both PEM. */
export interface CertifiedKey {
  certificate: string;
  privateKey: string;
}

export interface LeafRequest {
  /** DNS names or IP addresses; the first is the subject's common name too. */
  names: string[];
  notBefore?: Date;
  notAfter?: Date;
}

/** A throw-away authority for demonstrations and tests: its keys live in this process only. */
export class DevelopmentAuthority {
  /** The authority's own certificate, PEM: what a client has to trust. */
  readonly certificate: string;
  readonly #issuer: x509.X509Certificate;
  readonly #keys: webcrypto.CryptoKeyPair;

  private constructor(issuer: x509.X509Certificate, keys: webcrypto.CryptoKeyPair) {
    this.#issuer = issuer;
    this.#keys = keys;
    this.certificate = issuer.toString('pem');
  }

  static async create(name: string): Promise<DevelopmentAuthority> {
    const keys = await generateKeys();
    const issuer = await x509.X509CertificateGenerator.createSelfSigned(
      {
        name: `CN=${name}`,
        keys,
        signingAlgorithm: ECDSA,
        notBefore: new Date(Date.now() - DAY_MS),
        notAfter: new Date(Date.now() + 30 * DAY_MS),
        extensions: [
          new x509.BasicConstraintsExtension(true, 0, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        ],
      },
      webcrypto as Crypto,
    );
    return new DevelopmentAuthority(issuer, keys);
  }

  /** A server certificate for the names, valid from yesterday for thirty days unless told otherwise. */
  async issue(request: LeafRequest): Promise<CertifiedKey> {
    const keys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.create(
      {
        subject: `CN=${request.names[0]}`,
        issuer: this.#issuer.subject,
        publicKey: keys.publicKey,
        signingKey: this.#keys.privateKey,
        signingAlgorithm: ECDSA,
        notBefore: request.notBefore ?? new Date(Date.now() - DAY_MS),
        notAfter: request.notAfter ?? new Date(Date.now() + 30 * DAY_MS),
        extensions: [
          new x509.BasicConstraintsExtension(false),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
          new x509.SubjectAlternativeNameExtension(request.names.map(generalName)),
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
}

function generalName(name: string): x509.JsonGeneralName {
  return /^[\d.]+$|:/.test(name) ? { type: 'ip', value: name } : { type: 'dns', value: name };
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(ECDSA, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
}
