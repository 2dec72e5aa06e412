import type { Case, Scene } from '../rehearsal/scene.ts';
import { filter, typed } from './scene-parts.ts';

const append = (
  key: string,
  value: string,
  append_action = 'APPEND_IF_EXISTS_OR_ADD',
  more: object = {},
) => ({
  append: { header: { key, value }, append_action, ...more },
});
const perRoute = (request_mutations: object[], response_mutations: object[]) => ({
  'filter-0': typed('header_mutation.v3.HeaderMutationPerRoute', {
    mutations: { request_mutations, response_mutations },
  }),
});

function scene(name: string, wins: boolean): Scene {
  return {
    name,
    filters: [
      filter('header_mutation.v3.HeaderMutation', {
        most_specific_header_mutations_wins: wins,
        mutations: {
          request_mutations: [
            append('x-add', 'own'),
            { remove: 'x-gone' },
            append('x-gone', 'back'),
            append('x-if', 'there', 'OVERWRITE_IF_EXISTS'),
            append('x-new', 'new', 'ADD_IF_ABSENT'),
            append('x-copy', '%REQ(x-add)%'),
            append('x-empty', '%REQ(x-none)%'),
            append('x-kept', '%REQ(x-none)%', 'ADD_IF_ABSENT', { keep_empty_value: true }),
            append('accept', 'b'),
          ],
          response_mutations: [append('x-resp', 'own %REQ(x-a)%'), { remove: 'x-route' }],
        },
      }),
      filter('rbac.v3.RBAC', {
        rules: {
          action: 'DENY',
          policies: {
            no: { permissions: [{ url_path: { path: { prefix: '/denied' } } }], principals: [{ any: true }] },
          },
        },
      }),
    ],
    routeConfig: {
      typed_per_filter_config: perRoute(
        [append('x-l', 'table', 'OVERWRITE_IF_EXISTS_OR_ADD')],
        [append('x-resp', 'table')],
      ),
      virtual_hosts: [
        {
          name: 'all',
          domains: ['*'],
          typed_per_filter_config: perRoute(
            [append('x-l', 'host', 'OVERWRITE_IF_EXISTS_OR_ADD')],
            [append('x-resp', 'host')],
          ),
          response_headers_to_add: [{ header: { key: 'x-route', value: 'r' } }],
          routes: [
            {
              match: { prefix: '/own' },
              route: { cluster: 'origin' },
              typed_per_filter_config: perRoute(
                [append('x-l', 'route', 'OVERWRITE_IF_EXISTS_OR_ADD')],
                [append('x-resp', 'route')],
              ),
            },
            {
              match: { prefix: '/direct' },
              direct_response: { status: 200, body: { inline_string: 'direct' } },
            },
            { match: { prefix: '/' }, route: { cluster: 'origin' } },
          ],
        },
      ],
    },
  };
}

export const mutationScenes: Scene[] = [scene('mutation', false), scene('mutation-wins', true)];

type Headers = [string, string][];
const headers: Headers = [
  ['x-a', '1'],
  ['x-gone', '1'],
  ['x-if', '1'],
  ['x-new', '1'],
  ['x-add', 'first'],
  ['accept', 'a'],
];

export const mutationCases: Case[] = mutationScenes.flatMap(({ name: scene }) => [
  ...['/', '/own', '/direct', '/denied'].map((path) => ({ name: `bare, ${path}`, scene, request: { path } })),
  ...['/', '/own'].map((path) => ({ name: `with headers, ${path}`, scene, request: { path, headers } })),
]);

export const lateMutationScene: Scene = {
  name: 'mutation-late',
  filters: [
    filter('rbac.v3.RBAC', {
      rules: {
        action: 'DENY',
        policies: { no: { permissions: [{ any: true }], principals: [{ any: true }] } },
      },
    }),
    filter('header_mutation.v3.HeaderMutation', {
      mutations: { response_mutations: [append('x-resp', 'late')] },
    }),
  ],
};

export const lateMutationCase: Case = {
  name: 'a filter that the request did not reach changes the reply',
  scene: 'mutation-late',
  request: { path: '/' },
};
