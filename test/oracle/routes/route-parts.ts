import type { Scene } from '../rehearsal/scene.ts';

const EXTENSIONS = 'type.googleapis.com/envoy.extensions';

export function add(key: string, value: string, more: object = {}): object {
  return { header: { key, value }, ...more };
}

/** A route for all paths of a prefix to the origin, unless `action` says otherwise. */
export function forward(
  prefix: string,
  action: object = {},
  requestHeaders: object[] = [],
  more: object = {},
): object {
  return {
    match: { prefix },
    route: { cluster: 'origin', ...action },
    request_headers_to_add: requestHeaders,
    ...more,
  };
}

/** Has metadata in the namespace `ns`. */
export function metadataFilter(value: object): Scene['filters'][number] {
  return {
    type: `${EXTENSIONS}.filters.http.set_metadata.v3.Config`,
    metadata: [{ metadata_namespace: 'ns', value }],
  };
}

export const template = (path_template: string) => ({
  name: 'envoy.path.match.uri_template.uri_template_matcher',
  typed_config: {
    '@type': `${EXTENSIONS}.path.match.uri_template.v3.UriTemplateMatchConfig`,
    path_template,
  },
});

export const templateRewrite = (path_template_rewrite: string) => ({
  name: 'envoy.path.rewrite.uri_template.uri_template_rewriter',
  typed_config: {
    '@type': `${EXTENSIONS}.path.rewrite.uri_template.v3.UriTemplateRewriteConfig`,
    path_template_rewrite,
  },
});

/** Clusters whose hosts have names. */
export const namedClusters = (port: number): object[] =>
  [
    { name: 'dns', type: 'STRICT_DNS', address: 'localhost' },
    { name: 'named', type: 'STATIC', address: '127.0.0.1', hostname: 'named.test' },
  ].map(({ name, type, address, hostname }) => ({
    name,
    type,
    dns_lookup_family: 'V4_ONLY',
    load_assignment: {
      cluster_name: name,
      endpoints: [
        {
          lb_endpoints: [
            { endpoint: { hostname, address: { socket_address: { address, port_value: port } } } },
          ],
        },
      ],
    },
  }));
