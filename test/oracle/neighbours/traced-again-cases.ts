import type { Case, Scene } from '../rehearsal/scene.ts';
import { filter } from './scene-parts.ts';

const OPERATION = 'x-envoy-decorator-operation';
const PICK = 'x-pick';
const line = (key: string, value: string) => ({ append: { header: { key, value } } });
const clearing = filter('set_filter_state.v3.Config', {
  clear_route_cache: true,
  on_request_headers: [
    {
      object_key: 'a',
      factory_key: 'envoy.string',
      format_string: { text_format_source: { inline_string: 'a' } },
    },
  ],
});

interface Going {
  decorator?: object;
  tracing?: object;
}

const going = (name: string, more: Going) => ({
  route: { cluster: 'origin' },
  request_headers_to_add: [
    { header: { key: 'x-route', value: name } },
    { header: { key: 'x-id', value: '%REQ(x-request-id)%' } },
  ],
  ...more,
});

/** The first route is that of requests without `x-pick`; the second is chosen when a filter has written it. */
const fromTo = (first: Going, second: Going) => ({
  virtual_hosts: [
    {
      name: 'all',
      domains: ['*'],
      routes: [
        {
          match: { prefix: '/lost', headers: [{ name: PICK, present_match: false }] },
          ...going('lost', first),
        },
        {
          match: { prefix: '/a', headers: [{ name: PICK, present_match: true }] },
          ...going('second', second),
        },
        { match: { prefix: '/a' }, ...going('first', first) },
      ],
    },
  ],
});

const operation = (name: string, propagate = true) => ({ decorator: { operation: name, propagate } });
const share = (numerator: number) => ({ tracing: { random_sampling: { numerator } } });
const routes: Record<string, [Going, Going]> = {
  none: [{}, {}],
  both: [operation('one'), operation('two')],
  first: [operation('one'), {}],
  second: [{}, operation('two')],
  kept: [operation('one'), operation('two', false)],
  sampled: [share(0), share(100)],
  unsampled: [share(100), share(0)],
};

/** Whether and as what a request is traced is seen to again when its route is chosen again. */
export const tracedAgainScenes: Scene[] = Object.entries(routes).flatMap(([name, [first, second]]) =>
  ['INBOUND', 'OUTBOUND'].map((direction) => ({
    name: `traced-${name}-${direction.toLowerCase()}`,
    listener: { traffic_direction: direction },
    manager: { tracing: { random_sampling: { value: 0 } }, preserve_external_request_id: true },
    filters: [
      filter('header_mutation.v3.HeaderMutation', {
        mutations: { request_mutations: [line(PICK, '%REQ(x-a)%'), line(OPERATION, '%REQ(x-b)%')] },
      }),
      clearing,
    ],
    routeConfig: fromTo(first, second),
  })),
);

const requests: [name: string, path: string, headers: [string, string][]][] = [
  ['the same route', '/a', []],
  ['another route', '/a', [['x-a', '1']]],
  ['no route', '/lost', [['x-a', '1']]],
  ['an operation of a filter', '/a', [['x-b', 'filter']]],
  [
    'another route and an operation of a filter',
    '/a',
    [
      ['x-a', '1'],
      ['x-b', 'filter'],
    ],
  ],
  [
    'another route and an operation of the client',
    '/a',
    [
      ['x-a', '1'],
      [OPERATION, 'client'],
    ],
  ],
  [
    'no route and an operation of a filter',
    '/lost',
    [
      ['x-a', '1'],
      ['x-b', 'filter'],
    ],
  ],
];

export const tracedAgainCases: Case[] = tracedAgainScenes.flatMap(({ name: scene }) =>
  requests.map(([name, path, headers]) => ({
    name,
    scene,
    request: { path, headers: [['x-request-id', '00000001-0000-4000-8000-000000000000'], ...headers] },
  })),
);
