import type { X509Certificate } from 'node:crypto';
import { isIPv6, SocketAddress } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { PeerIdentity } from '../filters/filter.ts';
import { parseAlternativeNames } from '../upstream/subject-alt-names.ts';

/** Who a client's verified certificate says it is; null without one. */
export function peerIdentityOf(socket: TLSSocket): PeerIdentity | null {
  if (!socket.authorized) return null;
  return identityOf(socket.getPeerX509Certificate());
}

/** The names in a certificate; null without one. */
export function identityOf(certificate: X509Certificate | undefined): PeerIdentity | null {
  if (certificate === undefined) return null;
  const names = parseAlternativeNames(certificate.subjectAltName);
  const ofType = (wanted: string) => names.filter(({ type }) => type === wanted).map(({ value }) => value);
  return {
    uriNames: ofType('URI'),
    dnsNames: ofType('DNS'),
    emails: ofType('EMAIL'),
    ipAddresses: ofType('IP_ADDRESS').map(shortAddress),
    subject: rfc2253(certificate.subject),
  };
}

/** Node spells out the zeros of an IPv6 address. */
function shortAddress(address: string): string {
  return isIPv6(address) ? new SocketAddress({ address, family: 'ipv6' }).address : address;
}

/** Node prints a name a line to an attribute, the most general first; RFC 2253 has the most specific first, with commas. */
function rfc2253(subject: string | undefined): string {
  return (subject ?? '').split('\n').reverse().join(',');
}
