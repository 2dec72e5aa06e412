import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { CertificateWords } from '../filters/filter.ts';
import { clientCertificateOf, identityOf } from './peer-identity.ts';

/**
 * What the handshake of a connection says, read when somebody asks and then kept.
 * @param verifies clients' certificates are asked for and verified
 */
export function certificateWordsOf(socket: TLSSocket, verifies: boolean): CertificateWords {
  const version = once(() => socket.getProtocol() ?? '');
  const local = once(() => identityOf(socket.getX509Certificate()));
  const peer = once(() => wordsOf(verifies ? clientCertificateOf(socket) : undefined));
  return {
    get tlsVersion() {
      return version();
    },
    get local() {
      return local();
    },
    get peerPem() {
      return peer().pem;
    },
    get peerDigest() {
      return peer().digest;
    },
  };
}

function once<T>(read: () => T): () => T {
  let kept: { value: T } | undefined;
  return () => {
    kept ??= { value: read() };
    return kept.value;
  };
}

function wordsOf(certificate: X509Certificate | undefined): { pem: string; digest: string } {
  if (certificate === undefined) return { pem: '', digest: '' };
  return {
    pem: certificate.toString(),
    digest: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
  };
}
