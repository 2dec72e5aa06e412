import type { Scene } from '../rehearsal/scene.ts';

const HTTP = 'type.googleapis.com/envoy.extensions.filters.http';

/** A filter of a scene by the rest of its type's name. */
export function filter(type: string, config: object): Scene['filters'][number] {
  return { type: `${HTTP}.${type}`, ...config };
}

/** A message in an `Any`, for routes. */
export function typed(type: string, config: object): object {
  return { '@type': `${HTTP}.${type}`, ...config };
}

/** `/origin…` goes to the origin, all else is answered here. */
export const ROUTES = {
  virtual_hosts: [
    {
      name: 'all',
      domains: ['*'],
      routes: [
        { match: { prefix: '/origin' }, route: { cluster: 'origin' } },
        { match: { prefix: '/' }, direct_response: { status: 200, body: { inline_string: 'direct' } } },
      ],
    },
  ],
};

const OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

/** A cluster of one host that speaks HTTP/2. */
export function http2Cluster(name: string, port: number): object {
  const address = { socket_address: { address: '127.0.0.1', port_value: port } };
  return {
    name,
    type: 'STATIC',
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
    typed_extension_protocol_options: {
      [OPTIONS]: {
        '@type': `type.googleapis.com/${OPTIONS}`,
        explicit_http_config: { http2_protocol_options: {} },
      },
    },
  };
}
