import { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { connect } from 'node:tls';
import type { JsonGeneralNames, JsonName } from '@peculiar/x509';
import type { CertifiedKey } from '../../src/platform/index.ts';
import type { CertificateWords, PeerIdentity } from '../../src/proxy/filters/filter.ts';
import { identityOf as identityOfCertificate } from '../../src/proxy/listener/peer-identity.ts';
import { createSelfSigned } from '../e2e/certificates.ts';
import type { JsonObject, PlayedClient, TlsPlan } from './case.ts';

interface Client {
  given: JsonName;
  /** As Envoy spells it. */
  subject: string;
  names: JsonGeneralNames;
  /** The listeners do not know it. */
  isStranger?: boolean;
}

/** Certificates that clients show. */
export const CLIENTS: Readonly<Record<string, Client>> = {
  full: {
    given: [{ O: ['Org'] }, { CN: ['full'] }],
    subject: 'CN=full,O=Org',
    names: [
      { type: 'url', value: 'spiffe://td/ns/a/sa/b' },
      { type: 'url', value: 'spiffe://td/other' },
      { type: 'dns', value: 'x.test' },
      { type: 'dns', value: '*.y.test' },
      { type: 'email', value: 'e@x.test' },
      { type: 'ip', value: '127.0.0.1' },
      { type: 'ip', value: '::1' },
    ],
  },
  alice: {
    given: [{ CN: ['alice'] }],
    subject: 'CN=alice',
    names: [{ type: 'url', value: 'spiffe://td/ns/a/sa/alice' }],
  },
  dns: { given: [{ CN: ['x.test'] }], subject: 'CN=x.test', names: [{ type: 'dns', value: 'a.x.test' }] },
  bare: { given: [{ CN: ['bare'] }], subject: 'CN=bare', names: [] },
  odd: {
    given: [{ '1.2.3.4': ['#0c0176'] }, { CN: ['a, é'], O: ['b'] }],
    subject: 'O=b+CN=a\\, \\C3\\A9,1.2.3.4=#0C0176',
    names: [
      { type: 'url', value: 'spiffe://td/a,URI:spiffe://td/b' },
      { type: 'dns', value: 'x.test, DNS:y.test' },
      { type: 'dns', value: '' },
    ],
  },
  stranger: {
    given: [{ CN: ['stranger'] }],
    subject: 'CN=stranger',
    names: [{ type: 'url', value: 'spiffe://td/ns/a/sa/alice' }],
    isStranger: true,
  },
};

const server = await createSelfSigned('server.test');
const keys = new Map<string, CertifiedKey>();
for (const [name, client] of Object.entries(CLIENTS)) {
  keys.set(name, await createSelfSigned(name, client.names, client.given));
}
const trusted = [...keys].filter(([name]) => CLIENTS[name]?.isStranger !== true);
const roots = trusted.map(([, { certificate }]) => certificate).join('\n');

const TYPE = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext';

export function transportSocketOf({ asks, requires }: TlsPlan): JsonObject {
  const certificate = {
    certificate_chain: { inline_string: server.certificate },
    private_key: { inline_string: server.privateKey },
  };
  const common: JsonObject = {
    tls_certificates: [certificate],
    ...(asks ? { validation_context: { trusted_ca: { inline_string: roots } } } : {}),
  };
  const typed = { '@type': TYPE, require_client_certificate: requires, common_tls_context: common };
  return { name: 'tls', typed_config: typed };
}

/** A connection of a client. */
export function connectAs({ certificate, serverName }: PlayedClient, port: number): Socket {
  const shown = certificate === null ? undefined : keys.get(certificate);
  return connect({
    host: '127.0.0.1',
    port,
    rejectUnauthorized: false,
    ...(serverName === '' ? {} : { servername: serverName }),
    ...(shown === undefined ? {} : { cert: shown.certificate, key: shown.privateKey }),
  }).setNoDelay(true);
}

/** Whether the listener's TLS takes the client. */
export function isTaken({ certificate }: PlayedClient, { asks, requires }: TlsPlan): boolean {
  const isStranger = asks && certificate !== null && CLIENTS[certificate]?.isStranger === true;
  return !isStranger && (certificate !== null || !requires);
}

/** What a verified certificate says of its client. */
export function identityOf({ certificate }: PlayedClient): PeerIdentity | null {
  const client = certificate === null ? undefined : CLIENTS[certificate];
  if (client === undefined || client.isStranger === true) return null;
  const ofType = (wanted: string) =>
    client.names.flatMap(({ type, value }) => (type === wanted ? [String(value)] : []));
  return {
    uriNames: ofType('url'),
    dnsNames: ofType('dns'),
    emails: ofType('email'),
    ipAddresses: ofType('ip'),
    subject: client.subject,
  };
}

const serverIdentity = identityOfCertificate(new X509Certificate(server.certificate));

/** What the handshake with a client says; both proxies offer the latest TLS. */
export function handshakeOf(client: PlayedClient): CertificateWords {
  const key = identityOf(client) === null ? undefined : keys.get(client.certificate ?? '');
  const shown = key && new X509Certificate(key.certificate);
  return {
    tlsVersion: 'TLSv1.3',
    local: serverIdentity,
    peerPem: shown?.toString() ?? '',
    peerDigest: shown?.fingerprint256.replaceAll(':', '').toLowerCase() ?? '',
  };
}
