import { PLACE_TEXTS } from './cel-place-texts.ts';
import { call } from './cel-words.ts';
import { parseCel } from './parse-cel.ts';
import { type Case, rbac, type Scene } from './scene.ts';

const TYPE = 'type.googleapis.com';
const packed = (type: string, value: unknown) => ({ '@type': `${TYPE}/google.protobuf.${type}`, value });
const typed = (metadata_namespace: string, typed_value: object) => ({ metadata_namespace, typed_value });

const setMetadata = {
  type: `${TYPE}/envoy.extensions.filters.http.set_metadata.v3.Config`,
  metadata: [
    typed('t1', packed('Duration', '5s')),
    typed('t2', packed('Struct', { a: 1 })),
    typed('t3', packed('StringValue', 'hey')),
  ],
};

const policies = Object.fromEntries(
  PLACE_TEXTS.flatMap((said, index) =>
    [[`/${index}`, parseCel(said)] as const, [`/${index}n`, call('!_', parseCel(said))] as const].map(
      ([exact, condition]) => [
        exact,
        { permissions: [{ url_path: { path: { exact } } }], principals: [{ any: true }], condition },
      ],
    ),
  ),
);

const described = (namespace: string, fields: object) => ({
  filter_metadata: { [namespace]: fields },
  typed_filter_metadata: { z: packed('Duration', '7s') },
});

const routeConfig = (more: object = {}, route: object = {}) => ({
  virtual_hosts: [
    {
      name: 'the host',
      domains: ['*'],
      ...more,
      routes: [
        {
          name: 'direct',
          match: { prefix: '/', headers: [{ name: 'to', string_match: { exact: 'nobody' } }] },
          direct_response: { status: 200 },
        },
        {
          name: 'the route',
          match: { prefix: '/', headers: [{ name: 'to', string_match: { exact: 'origin' } }] },
          route: { cluster: 'described' },
          ...route,
        },
        {
          match: { prefix: '/', headers: [{ name: 'to', string_match: { exact: 'several' } }] },
          route: { weighted_clusters: { clusters: [{ name: 'origin', weight: 1 }] } },
        },
      ],
    },
  ],
});

const endpoint = (port_value: number) => ({
  endpoint: { address: { socket_address: { address: '127.0.0.1', port_value } } },
});

/** A cluster of two endpoints that says something of itself. */
export const describedCluster = (port: number) => ({
  name: 'described',
  type: 'STATIC',
  metadata: described('c', { k: 'cv' }),
  load_assignment: {
    cluster_name: 'described',
    endpoints: [{ lb_endpoints: [endpoint(port), endpoint(port)] }],
  },
});

const filters = [setMetadata, rbac({ rules: { policies } })];

export const celPlaceScenes: readonly Scene[] = [
  {
    name: 'cel-place',
    filters,
    routeConfig: routeConfig(
      { metadata: described('vh', { tier: 'silver' }) },
      { metadata: described('f', { tier: 'gold' }) },
    ),
    listener: { traffic_direction: 'INBOUND', metadata: described('l', { k: 'v' }) },
    chain: { name: 'the chain' },
  },
  { name: 'cel-place-bare', filters, routeConfig: routeConfig() },
];

export const celPlaceCases: readonly Case[] = celPlaceScenes.flatMap(({ name: scene }) =>
  ['origin', 'nobody', 'several', 'nowhere'].flatMap((to) =>
    PLACE_TEXTS.flatMap((said, index) =>
      ['', 'n'].map((turned) => ({
        name: `${turned === '' ? '' : 'not: '}${said}, to ${to}`,
        scene,
        request: { path: `/${index}${turned}`, headers: [['to', to]] as const },
      })),
    ),
  ),
);
