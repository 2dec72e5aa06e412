import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { formatIpAddress, toText } from '../../core/match/index.ts';
import type { PeerIdentity } from '../filters/filter.ts';
import { type DerElement, readDer } from './read-der.ts';
import { subjectText } from './subject-text.ts';

/** Who a client's verified certificate says it is; null without one. */
export function peerIdentityOf(socket: TLSSocket): PeerIdentity | null {
  return identityOf(clientCertificateOf(socket));
}

/** The verified certificate of a client, if it is one that Envoy asks for. */
export function clientCertificateOf(socket: TLSSocket): X509Certificate | undefined {
  const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
  return certificate !== undefined && judgeClientKey(certificate) === 'taken' ? certificate : undefined;
}

/** Curves of keys whose signatures Envoy takes (BoringSSL: extensions.cc, the algorithms that it names to its peers). */
const CURVES: ReadonlySet<string | undefined> = new Set(['prime256v1', 'secp384r1']);
/** 2.5.29.15, and its first bit: signatures. */
const KEY_USAGE = '551d0f';
const DIGITAL_SIGNATURE = 0x80;

/**
 * What Envoy makes of a client's key: with one whose kind of signature it does not ask for, a client shows no certificate; with one that
 * is not meant for signatures, it has no connection.
 */
export function judgeClientKey(
  certificate: X509Certificate,
): 'taken' | 'not asked for' | 'not for signatures' {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = certificate.publicKey;
  if (type !== 'rsa' && (type !== 'ec' || !CURVES.has(details?.namedCurve))) return 'not asked for';
  const usage = extensionOf(fieldsOf(certificate), KEY_USAGE);
  const isMeant = usage === undefined || ((usage.value[1] ?? 0) & DIGITAL_SIGNATURE) !== 0;
  return isMeant ? 'taken' : 'not for signatures';
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
  const fields = fieldsOf(certificate);
  const subject = fields.filter(({ tag }) => tag !== VERSION)[4];
  const names = readDer(extensionOf(fields, SUBJECT_ALT_NAME)?.value ?? Buffer.alloc(0));
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

function fieldsOf(certificate: X509Certificate): DerElement[] {
  const [whole] = readDer(certificate.raw);
  const [signed] = readDer(whole?.value ?? Buffer.alloc(0));
  return readDer(signed?.value ?? Buffer.alloc(0));
}

/** What the extension of an identifier says, among the fields of a TBSCertificate. */
function extensionOf(fields: readonly DerElement[], wanted: string): DerElement | undefined {
  const [list] = readDer(fields.find(({ tag }) => tag === EXTENSIONS)?.value ?? Buffer.alloc(0));
  for (const extension of readDer(list?.value ?? Buffer.alloc(0))) {
    const parts = readDer(extension.value);
    if (parts[0]?.value.toString('hex') === wanted) return readDer(parts.at(-1)?.value ?? Buffer.alloc(0))[0];
  }
  return undefined;
}

/** Empty where it is none. */
const addressOf = (bytes: Buffer) =>
  bytes.length === 4 || bytes.length === 16 ? formatIpAddress([...bytes]) : '';
