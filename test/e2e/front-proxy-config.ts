import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const FUNNEL_ISSUER = 'https://auth.funnel-labs.io/auth/realms/funnel';

/** The article's configuration, as it lies in the examples. */
export const frontProxyFile = join(import.meta.dirname, '../../examples/01-front-proxy/envoy-jwt.yaml');

interface Cluster {
  name: string;
  type: string;
  connect_timeout?: string;
  dns_lookup_family?: string;
  transport_socket?: object;
  load_assignment: {
    endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: Record<string, unknown> } } }] }];
  };
}

interface Bootstrap {
  static_resources: {
    listeners: [{ name?: string; address: { socket_address: Record<string, unknown> } }];
    clusters: Cluster[];
  };
}

/**
 * The article's configuration moved to loopback without TLS, so that Envoy 1.40 and jotgate can run the same text: key
 * server and service are plain ports, everything else is as the file has it.
 */
export function renderLocalFrontProxy(ports: { listen: number; jwks: number; origin: number }): string {
  const bootstrap = parse(readFileSync(frontProxyFile, 'utf8')) as Bootstrap;
  const { listeners, clusters } = bootstrap.static_resources;
  listeners[0].name = 'front';
  listeners[0].address.socket_address = { address: '127.0.0.1', port_value: ports.listen };
  for (const cluster of clusters) {
    cluster.type = 'STATIC';
    cluster.connect_timeout = '5s';
    delete cluster.transport_socket;
    delete cluster.dns_lookup_family;
    const port = cluster.name === 'funnel_auth_cluster' ? ports.jwks : ports.origin;
    cluster.load_assignment.endpoints[0].lb_endpoints[0].endpoint.address.socket_address = {
      address: '127.0.0.1',
      port_value: port,
    };
  }
  return JSON.stringify(bootstrap, null, 2);
}
