import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { formatIpAddress, toText } from '../../core/match/index.ts';
import type { PeerIdentity } from '../filters/filter.ts';
import { type DerElement, readDer } from './read-der.ts';
import { subjectText } from './subject-text.ts';

/** Who a client's verified certificate says it is; null without one. */
export function peerIdentityOf(socket: TLSSocket): PeerIdentity | null {
  if (!socket.authorized) return null;
  return identityOf(socket.getPeerX509Certificate());
}

/** [3] of a TBSCertificate. */
const EXTENSIONS = 0xa3;
/** [0] of it: the version, which a certificate of the first has not. */
const VERSION = 0xa0;
/** 2.5.29.17. */
const SUBJECT_ALT_NAME = '551d11';
/** Tags of a GeneralName. */
const [EMAIL, DNS, URI, IP] = [0x81, 0x82, 0x86, 0x87];

/** The names in a certificate, byte for byte: Node's own rendering of them quotes, joins and converts. null without a certificate. */
export function identityOf(certificate: X509Certificate | undefined): PeerIdentity | null {
  if (certificate === undefined) return null;
  const [whole] = readDer(certificate.raw);
  const [signed] = readDer(whole?.value ?? Buffer.alloc(0));
  const fields = readDer(signed?.value ?? Buffer.alloc(0));
  const subject = fields.filter(({ tag }) => tag !== VERSION)[4];
  const names = alternativeNames(fields.find(({ tag }) => tag === EXTENSIONS));
  const ofType = (wanted: number) => names.filter(({ tag }) => tag === wanted);
  const textsOf = (wanted: number) => ofType(wanted).map(({ value }) => toText(value.toString('latin1')));
  return {
    uriNames: textsOf(URI),
    dnsNames: textsOf(DNS),
    emails: textsOf(EMAIL),
    ipAddresses: ofType(IP).map(({ value }) => addressOf(value)),
    subject: subjectText(subject?.value ?? Buffer.alloc(0)),
  };
}

function alternativeNames(extensions: DerElement | undefined): DerElement[] {
  const [list] = readDer(extensions?.value ?? Buffer.alloc(0));
  for (const extension of readDer(list?.value ?? Buffer.alloc(0))) {
    const parts = readDer(extension.value);
    if (parts[0]?.value.toString('hex') !== SUBJECT_ALT_NAME) continue;
    const [names] = readDer(parts.at(-1)?.value ?? Buffer.alloc(0));
    return readDer(names?.value ?? Buffer.alloc(0));
  }
  return [];
}

/** Empty where it is none. */
const addressOf = (bytes: Buffer) =>
  bytes.length === 4 || bytes.length === 16 ? formatIpAddress([...bytes]) : '';
