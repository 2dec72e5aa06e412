import type { Gateway, GatewayServer } from '#schema/istio/networking_pb.js';
import { inOrderOfCreation, nameOf, namespaceOf } from '../identity.ts';
import type { Workload } from '../workload.ts';

/** One server of a Gateway that the workload is. */
export interface BoundServer {
  gateway: Gateway;
  /** `NAMESPACE/NAME` of the gateway. */
  gatewayName: string;
  server: GatewayServer;
  tls: boolean;
}

/** The servers of one address and port, which share a listener. */
export interface ServerGroup {
  address: string;
  port: number;
  tls: boolean;
  servers: BoundServer[];
}

const ANY_ADDRESS = '0.0.0.0';

/** The Gateways that select the workload: all labels of the selector are the workload's, whatever the namespace. */
export function gatewaysOf(gateways: readonly Gateway[], { labels }: Workload): Gateway[] {
  return inOrderOfCreation(gateways).filter(({ spec }) =>
    Object.entries(spec?.selector ?? {}).every(([key, value]) => labels[key] === value),
  );
}

/** The HTTP and HTTPS servers of gateways by address and port, in order of appearance. */
export function groupServers(gateways: readonly Gateway[]): ServerGroup[] {
  const groups = new Map<string, ServerGroup>();
  for (const gateway of gateways) {
    for (const server of gateway.spec?.servers ?? []) {
      const kind = serverKind(server);
      const port = server.port?.number;
      if (kind === 'other' || port === undefined) continue;
      const address = server.bind || ANY_ADDRESS;
      const key = `${address}_${port}`;
      const tls = kind === 'https';
      const group = groups.get(key) ?? { address, port, tls, servers: [] };
      groups.set(key, group);
      group.servers.push({ gateway, gatewayName: gatewayName(gateway), server, tls });
    }
  }
  return [...groups.values()];
}

export function gatewayName(gateway: Gateway): string {
  return `${namespaceOf(gateway)}/${nameOf(gateway)}`;
}

/** `other` is what is no HTTP to the gateway: TCP, and TLS that is handed through. */
export function serverKind({ port }: GatewayServer): 'http' | 'https' | 'other' {
  switch (port?.protocol.toUpperCase()) {
    case 'HTTP':
    case 'HTTP2':
    case 'GRPC':
    case 'GRPC-WEB':
      return 'http';
    case 'HTTPS':
      return 'https';
    default:
      return 'other';
  }
}
