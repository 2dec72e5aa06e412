import type { Case, Scene } from '../rehearsal/scene.ts';
import { filter, ROUTES } from './scene-parts.ts';

const bucket = (max_tokens: number, fill_interval = '600s') => ({ max_tokens, fill_interval });
const entries = (...pairs: [string, string?][]) =>
  pairs.map(([key, value]) => (value === undefined ? { key } : { key, value }));
const always = { default_value: { numerator: 100 } };
const limit = (config: object) =>
  filter('local_ratelimit.v3.LocalRateLimit', {
    stat_prefix: 'lim',
    filter_enabled: always,
    filter_enforced: always,
    enable_x_ratelimit_headers: 'DRAFT_VERSION_03',
    ...config,
  });
const fromHeader = (header_name: string, descriptor_key: string, more: object = {}) => ({
  request_headers: { header_name, descriptor_key, ...more },
});

export const rateLimitScenes: Scene[] = [
  { name: 'limit-plain', filters: [limit({ token_bucket: bucket(2) })], routeConfig: ROUTES },
  {
    name: 'limit-nothing',
    filters: [
      limit({
        token_bucket: { fill_interval: '1s', tokens_per_fill: 5 },
        always_consume_default_token_bucket: false,
        rate_limits: [{ actions: [fromHeader('x-u', 'user')] }],
        descriptors: [{ entries: entries(['user', 'a']), token_bucket: bucket(1) }],
      }),
    ],
    routeConfig: ROUTES,
  },
  {
    name: 'limit-nothing-too',
    filters: [
      limit({
        token_bucket: bucket(0, '0.01s'),
        rate_limits: [{ actions: [fromHeader('x-u', 'user')] }],
        descriptors: [{ entries: entries(['user', 'a']), token_bucket: bucket(1) }],
      }),
    ],
    routeConfig: ROUTES,
  },
  {
    name: 'limit-nothing-of-user',
    filters: [
      limit({
        token_bucket: bucket(9),
        rate_limits: [{ actions: [fromHeader('x-u', 'user')] }],
        descriptors: [
          { entries: entries(['user']), token_bucket: bucket(0) },
          { entries: entries(['user', 'b']), token_bucket: bucket(0, '0.01s') },
        ],
      }),
    ],
    routeConfig: ROUTES,
  },
  {
    name: 'limit-off',
    filters: [limit({ token_bucket: bucket(1), filter_enabled: undefined })],
    routeConfig: ROUTES,
  },
  {
    name: 'limit-not-enforced',
    filters: [
      limit({
        token_bucket: bucket(1),
        filter_enforced: undefined,
        request_headers_to_add_when_not_enforced: [
          { header: { key: 'x-over', value: '%REQ(:path)%' } },
          { header: { key: 'accept', value: 'b' } },
        ],
      }),
    ],
    routeConfig: ROUTES,
  },
  {
    name: 'limit-descriptors-only',
    filters: [
      limit({
        rate_limits: [{ actions: [fromHeader('x-u', 'user')] }],
        descriptors: [{ entries: entries(['user', 'a']), token_bucket: bucket(1) }],
      }),
    ],
    routeConfig: ROUTES,
  },
  {
    name: 'limit-both',
    filters: [
      limit({
        status: { code: 503 },
        token_bucket: bucket(3),
        rate_limits: [{ actions: [fromHeader('x-u', 'user')] }, { actions: [fromHeader('x-v', 'v')] }],
        descriptors: [
          { entries: entries(['user', 'a']), token_bucket: bucket(1) },
          { entries: entries(['v', 'b']), token_bucket: { ...bucket(2), tokens_per_fill: 2 } },
        ],
        response_headers_to_add: [
          { header: { key: 'x-lim', value: 'for %REQ(x-u)%' } },
          { header: { key: 'x-lim', value: 'two' } },
        ],
      }),
    ],
    routeConfig: ROUTES,
  },
  {
    name: 'limit-actions',
    filters: [
      filter('header_to_metadata.v3.Config', {
        request_rules: [
          { header: 'x-md', on_header_present: { metadata_namespace: 'ns', key: 'k' } },
          { header: 'x-num', on_header_present: { metadata_namespace: 'ns', key: 'k', type: 'NUMBER' } },
        ],
      }),
      limit({
        token_bucket: bucket(1000),
        always_consume_default_token_bucket: false,
        max_dynamic_descriptors: 2,
        rate_limits: [
          { actions: [fromHeader('x-u', 'user')] },
          { actions: [fromHeader('x-v', 'v'), { generic_key: { descriptor_value: 'g' } }] },
          { actions: [{ generic_key: { descriptor_value: '%REQ(x-g)%', descriptor_key: 'fg' } }] },
          {
            actions: [
              {
                header_value_match: {
                  descriptor_value: 'hv',
                  headers: [{ name: 'x-h', string_match: { exact: '1' } }],
                },
              },
            ],
          },
          {
            actions: [
              {
                header_value_match: {
                  descriptor_key: 'nh',
                  descriptor_value: 'hv',
                  expect_match: false,
                  headers: [{ name: 'x-nh', string_match: { exact: '1' } }],
                },
              },
              fromHeader('x-nh', 'n'),
            ],
          },
          {
            actions: [
              {
                query_parameter_value_match: {
                  descriptor_value: 'qv',
                  query_parameters: [{ name: 'q', string_match: { exact: '1' } }],
                },
              },
            ],
          },
          { actions: [{ remote_address: {} }, fromHeader('x-r', 'r')] },
          { actions: [{ masked_remote_address: { v4_prefix_mask_len: 8 } }, fromHeader('x-m', 'm')] },
          { actions: [{ destination_cluster: {} }, fromHeader('x-d', 'd')] },
          {
            actions: [
              { generic_key: { descriptor_value: 'a' } },
              fromHeader('x-s', 's', { skip_if_absent: true }),
              fromHeader('x-t', 't'),
            ],
          },
          { actions: [fromHeader(':path', 'path')] },
          {
            actions: [
              {
                metadata: {
                  descriptor_key: 'md',
                  metadata_key: { key: 'ns', path: [{ key: 'k' }] },
                  default_value: 'none',
                },
              },
              fromHeader('x-mk', 'mk'),
            ],
          },
        ],
        descriptors: [
          { entries: entries(['user']), token_bucket: { max_tokens: 2, fill_interval: '300s' } },
          { entries: entries(['user', 'root']), token_bucket: bucket(30) },
          { entries: entries(['v', 'x'], ['generic_key', 'g']), token_bucket: bucket(1) },
          { entries: entries(['fg', 'hello']), token_bucket: bucket(3) },
          { entries: entries(['header_match', 'hv']), token_bucket: bucket(4) },
          { entries: entries(['query_match', 'qv']), token_bucket: bucket(5) },
          { entries: entries(['remote_address', '127.0.0.1'], ['r', '1']), token_bucket: bucket(6) },
          { entries: entries(['masked_remote_address', '127.0.0.0/8'], ['m', '1']), token_bucket: bucket(7) },
          { entries: entries(['destination_cluster', 'origin'], ['d', '1']), token_bucket: bucket(8) },
          { entries: entries(['generic_key', 'a'], ['t', '1']), token_bucket: bucket(9) },
          { entries: entries(['path', '/direct?x']), token_bucket: bucket(10) },
          { entries: entries(['md', 'none'], ['mk', '1']), token_bucket: bucket(11) },
          { entries: entries(['md', 'v'], ['mk', '1']), token_bucket: bucket(12) },
          { entries: entries(['nh', 'hv'], ['n', '2']), token_bucket: bucket(13) },
        ],
      }),
    ],
    routeConfig: ROUTES,
  },
  {
    name: 'limit-route',
    filters: [limit({})],
    routeConfig: {
      virtual_hosts: [
        {
          name: 'all',
          domains: ['*'],
          typed_per_filter_config: {
            'filter-0': limitOf({
              stat_prefix: 'vh',
              token_bucket: bucket(3),
              filter_enabled: always,
              filter_enforced: always,
            }),
          },
          routes: [
            {
              match: { prefix: '/own' },
              direct_response: { status: 200, body: { inline_string: 'own' } },
              typed_per_filter_config: {
                'filter-0': limitOf({
                  stat_prefix: 'rt',
                  token_bucket: bucket(1),
                  filter_enabled: always,
                  filter_enforced: always,
                }),
              },
            },
            { match: { prefix: '/' }, direct_response: { status: 200, body: { inline_string: 'host' } } },
          ],
        },
      ],
    },
  },
];

function limitOf(config: object): object {
  return {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit',
    ...config,
  };
}

/** A limit whose descriptors the routes make. */
function byRoutes(name: string, config: object, include = false): Scene {
  const say = (value: string, stage?: number) => ({
    ...(stage === undefined ? {} : { stage }),
    actions: [{ generic_key: { descriptor_key: 'who', descriptor_value: value } }],
  });
  const to = (prefix: string, rate_limits: object[]) => ({
    match: { prefix },
    route: { cluster: 'origin', rate_limits, ...(include ? { include_vh_rate_limits: true } : {}) },
  });
  return {
    name,
    filters: [
      limit({
        token_bucket: bucket(1000),
        always_consume_default_token_bucket: false,
        descriptors: ['route', 'host', 'late', 'direct'].map((value, index) => ({
          entries: entries(['who', value]),
          token_bucket: bucket(index + 1),
        })),
        ...config,
      }),
    ],
    routeConfig: {
      virtual_hosts: [
        {
          name: 'all',
          domains: ['*'],
          rate_limits: [say('host')],
          routes: [
            to('/route', [say('route')]),
            to('/late', [say('late', 1)]),
            {
              match: { prefix: '/direct' },
              direct_response: { status: 200, body: { inline_string: 'direct' } },
            },
            to('/', []),
          ],
        },
      ],
    },
  };
}

export const routeLimitScenes: Scene[] = [
  byRoutes('limit-routes', {}),
  byRoutes('limit-routes-include', { vh_rate_limits: 'INCLUDE' }),
  byRoutes('limit-routes-ignore', { vh_rate_limits: 'IGNORE' }),
  byRoutes('limit-routes-flag', { vh_rate_limits: 'IGNORE' }, true),
  byRoutes('limit-routes-stage', { stage: 1 }),
  byRoutes('limit-routes-own', {
    rate_limits: [{ actions: [{ generic_key: { descriptor_key: 'who', descriptor_value: 'late' } }] }],
  }),
];

type Headers = [string, string][];
const row = (scene: string, name: string, headers: Headers = [], path = '/direct'): Case => ({
  name,
  scene,
  request: { path, headers },
});
const times = (count: number, make: (turn: number) => Case) =>
  Array.from({ length: count }, (_, turn) => make(turn + 1));

/** Each scene's cases count on the ones before them. */
export const rateLimitCases: Case[] = [
  ...times(3, (turn) => row('limit-plain', `call ${turn} of a bucket of two`)),
  row('limit-plain', 'a gRPC call over the limit', [['content-type', 'application/grpc']]),
  ...times(2, (turn) => row('limit-nothing', `call ${turn} of a bucket that holds nothing`)),
  ...times(2, (turn) =>
    row('limit-nothing', `call ${turn} of a user with a bucket where the default one holds nothing`, [
      ['x-u', 'a'],
    ]),
  ),
  ...times(2, (turn) =>
    row('limit-nothing-too', `call ${turn} of a user with a bucket, then the default one`, [['x-u', 'a']]),
  ),
  row('limit-nothing-of-user', 'a call of another user who has none', [['x-u', 'b']]),
  ...times(2, (turn) => row('limit-nothing-of-user', `call ${turn} of a user who has none`, [['x-u', 'a']])),
  row('limit-nothing-of-user', 'a call of nobody'),
  ...times(2, (turn) => row('limit-off', `call ${turn} without filter_enabled`)),
  ...times(3, (turn) =>
    row('limit-not-enforced', `call ${turn} without filter_enforced`, [['accept', 'a']], '/origin'),
  ),
  ...times(2, (turn) =>
    row('limit-descriptors-only', `call ${turn} of a user with a bucket`, [['x-u', 'a']]),
  ),
  row('limit-descriptors-only', 'a user without a bucket', [['x-u', 'b']]),
  ...times(2, (turn) =>
    row('limit-both', `call ${turn} of both descriptors`, [
      ['x-u', 'a'],
      ['x-v', 'b'],
    ]),
  ),
  row('limit-both', 'the other descriptor alone', [['x-v', 'b']]),
  ...times(2, (turn) => row('limit-both', `call ${turn} of the default bucket`)),
  ...['a', 'a', 'a', 'b', 'a', 'c', 'b', 'a', ''].map((user, turn) =>
    row('limit-actions', `wildcard: ${turn + 1}. call, user "${user}"`, [['x-u', user]]),
  ),
  row('limit-actions', 'wildcard: a written value goes first', [['x-u', 'root']]),
  row('limit-actions', 'wildcard: the first of two lines', [
    ['x-u', 'p'],
    ['x-u', 'q'],
  ]),
  row('limit-actions', 'wildcard: the same first line', [['x-u', 'p']]),
  ...times(2, (turn) => row('limit-actions', `two entries, call ${turn}`, [['x-v', 'x']])),
  row('limit-actions', 'a generic key is no format', [['x-g', 'hello']]),
  row('limit-actions', 'header_value_match', [['x-h', '1']]),
  row('limit-actions', 'header_value_match that does not', [['x-h', '2']]),
  row('limit-actions', 'header_value_match, not expected', [['x-nh', '2']]),
  row('limit-actions', 'header_value_match, not expected but there', [['x-nh', '1']]),
  row('limit-actions', 'query_parameter_value_match', [], '/direct?q=1'),
  row('limit-actions', 'remote_address', [['x-r', '1']]),
  row('limit-actions', 'remote_address of x-forwarded-for', [
    ['x-r', '1'],
    ['x-forwarded-for', '9.9.9.9'],
  ]),
  row('limit-actions', 'masked_remote_address', [['x-m', '1']]),
  row('limit-actions', 'destination_cluster', [['x-d', '1']], '/origin'),
  row('limit-actions', 'destination_cluster without a cluster', [['x-d', '1']]),
  row('limit-actions', 'skip_if_absent', [['x-t', '1']]),
  row('limit-actions', 'skip_if_absent that is there', [
    ['x-t', '1'],
    ['x-s', '1'],
  ]),
  row('limit-actions', 'a pseudo-header', [], '/direct?x'),
  row('limit-actions', 'metadata: default value', [['x-mk', '1']]),
  row('limit-actions', 'metadata: a text', [
    ['x-mk', '1'],
    ['x-md', 'v'],
  ]),
  row('limit-actions', 'metadata: a number is no text', [
    ['x-mk', '1'],
    ['x-num', '5'],
  ]),
  ...times(2, (turn) => row('limit-route', `call ${turn} of a route's own bucket`, [], '/own')),
  ...times(4, (turn) => row('limit-route', `call ${turn} of the virtual host's bucket`)),
];

export const routeLimitCases: Case[] = routeLimitScenes.flatMap(({ name }) =>
  ['/route', '/late', '/direct', '/'].flatMap((path) =>
    times(3, (turn) => row(name, `call ${turn} of ${path}`, [], path)),
  ),
);
