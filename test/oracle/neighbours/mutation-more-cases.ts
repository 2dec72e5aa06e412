import type { Case, Scene, SceneRequest } from '../rehearsal/scene.ts';
import { filter, typed } from './scene-parts.ts';

const set = (key: string, value: string, action = 'APPEND_IF_EXISTS_OR_ADD') => ({
  append: { record: { key, value }, action },
});
const queries = (...query_parameter_mutations: object[]) => ({ query_parameter_mutations });
const taking = (key_matcher: object) => ({ remove_on_match: { key_matcher } });
const header = (key: string, value: string) => ({ append: { header: { key, value } } });

interface Row {
  name: string;
  mutations: object;
  paths?: string[];
  /** What the route says besides. */
  ofRoute?: object;
  /** What the route does. Default: it asks the origin. */
  action?: object;
}

const QUERIES = [
  '',
  '?',
  '?a=1',
  '?b=2&a=1&a=3',
  '?z=1&y=2',
  '?a',
  '?a=%41',
  '?%61=1&a=2',
  '?c=a+b',
  '?a=1&&b',
  '?a=b=c',
  '?=1',
  '?a=1&',
];

const rows: Row[] = [
  { name: 'a parameter is added', mutations: queries(set('a', 'x')), paths: QUERIES },
  { name: 'added where it is not', mutations: queries(set('a', 'x', 'ADD_IF_ABSENT')), paths: QUERIES },
  { name: 'overwritten', mutations: queries(set('a', 'x', 'OVERWRITE_IF_EXISTS_OR_ADD')), paths: QUERIES },
  {
    name: 'overwritten where it is',
    mutations: queries(set('a', 'x', 'OVERWRITE_IF_EXISTS')),
    paths: QUERIES,
  },
  { name: 'removed', mutations: queries({ remove: 'a' }), paths: QUERIES },
  { name: 'a value by a format', mutations: queries(set('a', '%REQ(x-a)%'), set('b', 'b%REQ(x-b)%')) },
  { name: 'a value that is encoded', mutations: queries(set('a', ' x&=%%/+é#~._-')) },
  {
    name: 'no value',
    mutations: queries(set('a', ''), set('b', '%REQ(x-none)%'), set('c', 'c%REQ(x-none)%')),
  },
  {
    name: 'one after the other',
    mutations: queries(set('a', 'x'), { remove: 'a' }, set('a', 'y')),
    paths: ['?a=1'],
  },
  {
    name: 'the status of a reply of the gate’s own, and its type',
    mutations: {
      response_mutations: [
        header('x-code', '%RESPONSE_CODE%'),
        header('x-type', '%RESP(content-type)%'),
        header('x-length', '%RESP(content-length)%'),
        { remove: 'content-type' },
      ],
    },
    action: { direct_response: { status: 418, body: { inline_string: 'no' } } },
  },
  {
    name: 'the status of one without a body',
    mutations: { response_mutations: [header('x-code', '%RESPONSE_CODE%'), header('content-type', 'a/b')] },
    action: { direct_response: { status: 403 } },
  },
  {
    name: 'after the headers, in front of the route’s',
    mutations: {
      request_mutations: [header('x-path', '%REQ(:path)%'), header('x-new', 'n')],
      ...queries(set('a', '%REQ(x-new)%')),
    },
    ofRoute: { request_mutations: [header('x-late', '%REQ(:path)%')], ...queries(set('r', '%REQ(x-late)%')) },
  },
  {
    name: 'a control byte in it',
    mutations: queries(set('a', 'x')),
    paths: ['?b=%01', '?b=%7F', '?%0a=1'],
  },
  { name: 'headers by a prefix', mutations: { request_mutations: [taking({ prefix: 'x-' })] } },
  { name: 'by another', mutations: { request_mutations: [taking({ prefix: 'X-' })] } },
  {
    name: 'whatever its case',
    mutations: { request_mutations: [taking({ prefix: 'X-A', ignore_case: true })] },
  },
  { name: 'the host, which is none of them', mutations: { request_mutations: [taking({ exact: 'host' })] } },
  { name: 'then added', mutations: { request_mutations: [taking({ suffix: '-a' }), header('x-a', 'new')] } },
  {
    name: 'headers of responses',
    mutations: { response_mutations: [header('x-r', '1'), header('y-r', '2'), taking({ contains: 'x-' })] },
  },
];

const sceneOf = (index: number) => `mutation-more-${index}`;

export const moreMutationScenes: Scene[] = rows.map(({ mutations, ofRoute, action }, index) => ({
  name: sceneOf(index),
  filters: [filter('header_mutation.v3.HeaderMutation', { mutations })],
  routeConfig: {
    virtual_hosts: [
      {
        name: 'all',
        domains: ['*'],
        routes: [
          {
            match: { prefix: '/' },
            ...(action ?? { route: { cluster: 'origin' } }),
            ...(ofRoute === undefined
              ? {}
              : {
                  typed_per_filter_config: {
                    'filter-0': typed('header_mutation.v3.HeaderMutationPerRoute', { mutations: ofRoute }),
                  },
                }),
          },
        ],
      },
    ],
  },
}));

const headers: SceneRequest['headers'] = [
  ['x-a', 'va'],
  ['X-B', 'vb'],
  ['y', '1'],
  ['x-b', '2'],
];

export const moreMutationCases: Case[] = rows.flatMap(({ name, paths = ['', '?q=1'] }, index) =>
  paths.map((query) => ({
    name: `${name}: ${query}`,
    scene: sceneOf(index),
    request: { path: `/p${query}`, headers },
  })),
);
