import type { Case, Scene } from '../rehearsal/scene.ts';
import { filter, typed } from './scene-parts.ts';

const STATE = 'set_filter_state.v3.Config';
const entry = (key: string, format: string) => ({
  object_key: key,
  factory_key: 'envoy.string',
  format_string: { text_format_source: { inline_string: format } },
});
const stating = (more: object, ...on_request_headers: object[]) =>
  filter(STATE, { on_request_headers, ...more });
const clearing = stating({ clear_route_cache: true }, entry('a', '%REQ(x-a)%'));
const line = (key: string, value: string) => ({ append: { header: { key, value } } });
const mutation = (mutations: object) => filter('header_mutation.v3.HeaderMutation', { mutations });
const ofRoute = (name: string) =>
  typed('header_mutation.v3.HeaderMutationPerRoute', {
    mutations: {
      request_mutations: [line('x-of-request', name)],
      response_mutations: [line('x-of-response', name)],
    },
  });

const TO_METADATA = 'header_to_metadata.v3.Config';
const NAMES = ['x-own', 'x-picked', 'x-other'];
const takingRules = (header: string) => ({
  response_rules: [{ header, on_header_present: { metadata_namespace: 'n', key: 'k' }, remove: true }],
});
const taking = (header: string) => filter(TO_METADATA, takingRules(header));

/** Two routes: one where `wants` holds, and the other; each says something to the filters. */
const twoRoutes = (wants: object, say: (name: string) => object) => ({
  virtual_hosts: [
    {
      name: 'all',
      domains: ['*'],
      routes: [
        { match: { prefix: '/', ...wants }, ...going('picked', say) },
        { match: { prefix: '/' }, ...going('other', say) },
      ],
    },
  ],
});
const going = (name: string, say: (name: string) => object) => ({
  route: { cluster: 'origin' },
  request_headers_to_add: [{ header: { key: 'x-b', value: `${name} %FILTER_STATE(b:PLAIN)%` } }],
  typed_per_filter_config: say(name),
});
const byState = { filter_state: [{ key: 'a', string_match: { exact: 'v' } }] };
const byHeader = { headers: [{ name: 'x-pick', string_match: { exact: 'v' } }] };

/** The route is chosen again when somebody next asks for it: what a filter does before it asks has a say. */
export const clearedRouteScenes: Scene[] = [
  {
    name: 'cleared-then-mutated',
    filters: [clearing, mutation({ request_mutations: [line('x-pick', '%REQ(x-a)%')] })],
    routeConfig: twoRoutes(byHeader, (name) => ({ 'filter-1': ofRoute(name) })),
  },
  {
    name: 'cleared-then-lost',
    filters: [clearing, mutation({ request_mutations: [{ remove: 'x-forwarded-proto' }] })],
    routeConfig: twoRoutes(byHeader, () => ({})),
  },
  {
    name: 'mutated-then-cleared',
    filters: [mutation({}), clearing],
    routeConfig: twoRoutes(byState, (name) => ({ 'filter-0': ofRoute(name) })),
  },
  {
    name: 'told-then-cleared',
    filters: [
      taking('x-own'),
      clearing,
      mutation({ response_mutations: NAMES.map((name) => line(name, '1')) }),
    ],
    routeConfig: twoRoutes(byState, (name) => ({ 'filter-0': typed(TO_METADATA, takingRules(`x-${name}`)) })),
  },
  {
    name: 'cleared-then-stated',
    filters: [clearing, stating({}, entry('a', 'v'))],
    routeConfig: twoRoutes(byState, (name) => ({
      'filter-1': typed(STATE, { on_request_headers: [entry('b', name)] }),
    })),
  },
];

export const clearedRouteCases: Case[] = clearedRouteScenes.flatMap(({ name: scene }) =>
  ['v', 'w'].map((value) => ({
    name: `x-a is ${value}`,
    scene,
    request: { path: '/', headers: [['x-a', value]] },
  })),
);
