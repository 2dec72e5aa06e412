import { type Case, rbac, type Scene } from './scene.ts';

const TYPE = 'type.googleapis.com';
const extension = (type: string, fields: object) => ({
  name: 'x',
  typed_config: { '@type': `${TYPE}/${type}`, ...fields },
});
const tier = (value: object, metadata_source: string, invert = false) => ({
  sourced_metadata: {
    metadata_matcher: { filter: 'f', path: [{ key: 'plan' }, { key: 'tier' }], value, invert },
    metadata_source,
  },
});
const is = (exact: string) => ({ string_match: { exact } });
const address = { address_prefix: '127.0.0.1', prefix_len: 0 };
const certificate = (fields: object) => ({
  custom: extension('envoy.extensions.rbac.principals.mtls_authenticated.v3.Config', fields),
});
const upstream = (fields: object) => ({
  matcher: extension('envoy.extensions.rbac.matchers.upstream_ip_port.v3.UpstreamIpPortMatcher', fields),
});

/** The stream's metadata says `silver`, that of the route under `/routed` `gold`, that of `/other` nothing. */
const SOURCED: Record<string, object> = {
  dynamic: tier(is('silver'), 'DYNAMIC'),
  route: tier(is('gold'), 'ROUTE'),
  'not-gold': tier(is('gold'), 'ROUTE', true),
  number: tier({ double_match: { exact: 1 } }, 'ROUTE'),
};
const PRINCIPALS: Record<string, object> = {
  ...SOURCED,
  state: { filter_state: { key: 'k', string_match: { exact: '' } } },
  'no-state': { not_id: { filter_state: { key: 'k', string_match: { safe_regex: { regex: '.*' } } } } },
  'state-address': { filter_state: { key: 'k', address_match: { ranges: [address], invert_match: true } } },
  certificate: certificate({ any_validated_client_certificate: true }),
  'certificate-name': certificate({
    san_matcher: { san_type: 'DNS', matcher: { safe_regex: { regex: '.*' } } },
  }),
  'no-certificate': { not_id: certificate({ any_validated_client_certificate: true }) },
};
const PERMISSIONS: Record<string, object> = {
  ...SOURCED,
  upstream: upstream({ upstream_ip: address }),
  'no-upstream': { not_rule: upstream({ upstream_port_range: { start: '0', end: '65536' } }) },
};

const named = (kind: string, name: string) => ({ url_path: { path: { suffix: `/${kind}-${name}` } } });
const policies = Object.fromEntries([
  ...Object.entries(PRINCIPALS).map(([name, principal]) => [
    `principal ${name}`,
    { permissions: [named('principal', name)], principals: [principal] },
  ]),
  ...Object.entries(PERMISSIONS).map(([name, permission]) => [
    `permission ${name}`,
    {
      permissions: [{ and_rules: { rules: [named('permission', name), permission] } }],
      principals: [{ any: true }],
    },
  ]),
]);

const sourced: Scene = {
  name: 'sourced',
  filters: [
    {
      type: `${TYPE}/envoy.extensions.filters.http.set_metadata.v3.Config`,
      metadata: [{ metadata_namespace: 'f', value: { plan: { tier: 'silver' } } }],
    },
    rbac({ rules: { action: 'ALLOW', policies } }),
  ],
  routeConfig: {
    virtual_hosts: [
      {
        name: 'all',
        domains: ['*'],
        routes: [
          {
            match: { prefix: '/routed' },
            route: { cluster: 'origin' },
            metadata: { filter_metadata: { f: { plan: { tier: 'gold' } } } },
          },
          {
            match: { prefix: '/answered' },
            direct_response: { status: 418 },
            metadata: { filter_metadata: { f: { plan: { tier: 'gold' } }, g: { plan: 1 } } },
          },
          { match: { prefix: '/other' }, route: { cluster: 'origin' } },
        ],
      },
    ],
  },
};

export const sourcedScenes: readonly Scene[] = [sourced];
export const sourcedCases: readonly Case[] = ['/routed', '/answered', '/other', '/nowhere'].flatMap(
  (folder) =>
    [
      ...Object.keys(PRINCIPALS).map((name) => `principal-${name}`),
      ...Object.keys(PERMISSIONS).map((name) => `permission-${name}`),
    ].map((path) => ({
      name: `${folder}/${path}`,
      scene: sourced.name,
      request: { path: `${folder}/${path}` },
    })),
);
