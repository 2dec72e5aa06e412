import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { CertificateWords } from '../filters/filter.ts';
import { parseAlternativeNames } from '../upstream/subject-alt-names.ts';
import { rfc2253 } from './peer-identity.ts';

/** @param verifies clients' certificates are asked for and verified */
export function certificateWordsOf(socket: TLSSocket, verifies: boolean): CertificateWords {
  return {
    localPrincipal: () => principalOf(socket.getX509Certificate()),
    peer: () => (verifies && socket.authorized ? encodedPem(socket.getPeerX509Certificate()) : ''),
  };
}

function principalOf(certificate: X509Certificate | undefined): string {
  if (certificate === undefined) return '';
  const names = parseAlternativeNames(certificate.subjectAltName);
  const first = (wanted: string) => names.find(({ type }) => type === wanted)?.value;
  return first('URI') ?? first('DNS') ?? rfc2253(certificate.subject);
}

/** The characters that Envoy encodes, and no others (Envoy: cert_validator, urlEncodedPemEncodedPeerCertificate). */
const ENCODED = /[\n +/=]/g;

function encodedPem(certificate: X509Certificate | undefined): string {
  const pem = certificate?.toString() ?? '';
  return pem.replaceAll(ENCODED, (char) => encodeURIComponent(char));
}
