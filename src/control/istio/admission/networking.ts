import {
  type DestinationRule,
  type Gateway,
  type GatewayServer,
  ServerTls_Mode as Mode,
} from '#schema/istio/networking_pb.js';
import { serverKind } from '../gateway/gateway-servers.ts';
import type { Faults } from './fault.ts';

/** Istio's own checks of a Gateway, as far as they decide what it serves. */
export function admitGateway({ spec }: Gateway, faults: Faults): void {
  if (spec === undefined) return;
  if (spec.servers.length === 0) faults.webhook(spec, 'servers', 'a Gateway needs at least one server');
  for (const server of spec.servers) admitServer(server, faults);
}

function admitServer(server: GatewayServer, faults: Faults): void {
  const { port, hosts, tls } = server;
  if (port === undefined) {
    faults.both(server, 'port', 'a server needs a `port`');
    return;
  }
  if (port.number < 1 || port.number > 65535) {
    faults.webhook(port, 'number', `port \`${port.number}\` is not within 1..65535`);
  }
  if (port.name === '') faults.both(port, 'name', 'a port needs a `name`');
  if (hosts.length === 0) faults.both(server, 'hosts', 'a server needs at least one host');
  for (const [index, host] of hosts.entries()) admitServerHost(host, server, index, faults);
  const kind = serverKind(server);
  if (kind === 'https' && tls === undefined) faults.webhook(server, 'tls', 'an HTTPS server needs `tls`');
  if (kind === 'http' && tls !== undefined && !tls.httpsRedirect) {
    faults.webhook(tls, undefined, 'an HTTP server has no `tls` but `httpsRedirect`');
  }
  const named = tls !== undefined && (tls.credentialName !== '' || tls.credentialNames.length > 0);
  if (kind === 'https' && tls !== undefined && terminates(tls.mode) && !named) {
    admitFiles(server, faults);
  }
}

function admitServerHost(host: string, server: GatewayServer, index: number, faults: Faults): void {
  const name = host.slice(host.indexOf('/') + 1);
  if (
    /^(?:\*|(?:\*\.)?[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*)$/.test(
      name,
    )
  ) {
    return;
  }
  faults.webhook(server, `hosts[${index}]`, `\`${host}\` is no host: a star stands in front or alone`);
}

const terminates = (mode: Mode) =>
  mode === Mode.SIMPLE || mode === Mode.MUTUAL || mode === Mode.OPTIONAL_MUTUAL;

function admitFiles({ tls }: GatewayServer, faults: Faults): void {
  if (tls === undefined || tls.tlsCertificates !== undefined) return;
  if (tls.serverCertificate === '') {
    faults.webhook(tls, 'server_certificate', '`serverCertificate` or `credentialName` is missing');
  }
  if (tls.privateKey === '') {
    faults.webhook(tls, 'private_key', '`privateKey` or `credentialName` is missing');
  }
  if (tls.mode !== Mode.SIMPLE && tls.caCertificates === '' && tls.caCertCredentialName === '') {
    faults.webhook(tls, 'ca_certificates', '`caCertificates` or `credentialName` is missing');
  }
}

/** Istio's own checks of a DestinationRule, as far as they decide where a request goes. */
export function admitDestinationRule({ spec }: DestinationRule, faults: Faults): void {
  if (spec === undefined) return;
  if (spec.host === '') faults.both(spec, 'host', 'a DestinationRule needs a `host`');
  for (const subset of spec.subsets) {
    if (subset.name === '') faults.both(subset, 'name', 'a subset needs a `name`');
  }
}
