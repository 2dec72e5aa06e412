import type { Case, Scene } from '../rehearsal/scene.ts';
import { filter, ROUTES } from './scene-parts.ts';

type Headers = [string, string][];
type Request = [path: string, headers?: Headers];

interface Row {
  name: string;
  actions: object[];
  /** What the bucket is for; it can hold no token unless `bucket` says otherwise. */
  entries: [key: string, value: string][];
  requests: Request[];
  bucket?: object;
  /** More of the `rate_limits` entry, and of the filter. */
  recipe?: object;
  filter?: object;
}

const generic = (descriptor_value: string) => ({ generic_key: { descriptor_value } });
const query = (more: object = {}) => ({
  query_parameters: { query_parameter_name: 'q', descriptor_key: 'k', ...more },
});
const address = (more: object) => ({
  remote_address_match: {
    descriptor_value: 'x',
    address_matcher: { ranges: [{ address_prefix: '127.0.0.0', prefix_len: 8 }] },
    ...more,
  },
});
const a = (value: string): Request => ['/direct', [['x-a', value]]];
const again = (request: Request, times = 4) => Array.from({ length: times }, () => request);
const five = { max_tokens: 5, fill_interval: '600s' };
const worth = (name: string, recipe: object, requests: Request[], more: Partial<Row> = {}): Row => ({
  name,
  actions: [generic('x')],
  entries: [['generic_key', 'x']],
  bucket: five,
  recipe,
  requests,
  ...more,
});
const plain: Request = ['/direct'];
const far: Request = ['/direct', [['x-forwarded-for', '10.0.0.1']]];

const rows: Row[] = [
  {
    name: 'a query parameter',
    actions: [query()],
    entries: [['k', 'v']],
    requests: [
      '?q=v',
      '?q=v&q=w',
      '?q=w&q=v',
      '?q=%76',
      '?%71=v',
      '?Q=v',
      '',
      '?q',
      '?q=v%20',
      '?q=%7',
      '?a=b&q=v',
    ].map((one): Request => [`/direct${one}`]),
  },
  {
    name: 'any value of a query parameter',
    actions: [query()],
    entries: [['k', '']],
    requests: ['?q=', '?q', '', '?q=1', '?qq=1'].map((one): Request => [`/direct${one}`]),
  },
  {
    name: 'a query parameter that may be absent',
    actions: [query({ skip_if_absent: true }), generic('y')],
    entries: [['generic_key', 'y']],
    requests: ['?q=v', '', '?q='].map((one): Request => [`/direct${one}`]),
  },
  {
    name: 'an address',
    actions: [address({})],
    entries: [['remote_address_match', 'x']],
    requests: [plain, far],
  },
  {
    name: 'another address',
    actions: [
      address({
        descriptor_key: 'k',
        address_matcher: { invert_match: true, ranges: [{ address_prefix: '127.0.0.0', prefix_len: 8 }] },
      }),
    ],
    entries: [['k', 'x']],
    requests: [plain, far],
  },
  {
    name: 'no address at all',
    actions: [address({ address_matcher: {} })],
    entries: [['remote_address_match', 'x']],
    requests: [plain],
  },
  {
    name: 'any address',
    actions: [address({ address_matcher: { invert_match: true } })],
    entries: [['remote_address_match', 'x']],
    requests: [plain],
  },
  {
    name: 'a format for an address',
    actions: [address({ descriptor_value: '%REQ(x-a)%', default_value: 'd' })],
    entries: [['remote_address_match', 'd']],
    requests: [plain, a('d'), a('v')],
  },
  {
    name: 'a format that finds nothing',
    actions: [address({ descriptor_value: '%REQ(x-a)%' }), generic('y')],
    entries: [['generic_key', 'y']],
    requests: [plain, a('v')],
  },
  {
    name: 'a format that finds nothing, for any value',
    actions: [address({ descriptor_value: '%REQ(x-a)%' })],
    entries: [['remote_address_match', '']],
    requests: [plain, a('v')],
  },
  {
    name: 'a text and a format that finds nothing',
    actions: [address({ descriptor_value: 'a%REQ(x-a)%' })],
    entries: [['remote_address_match', 'a-']],
    requests: [plain],
  },
  {
    name: 'a text and a format that finds nothing, once more',
    actions: [address({ descriptor_value: 'a%REQ(x-a)%' })],
    entries: [['remote_address_match', 'a']],
    requests: [plain],
  },
  ...['generic_key', 'header_value_match', 'query_parameter_value_match'].map((kind): Row => {
    const matchers = { headers: [{ name: 'host', present_match: true }] };
    const parameters = { query_parameters: [{ name: 'z', present_match: false }] };
    const more = { generic_key: {}, header_value_match: matchers, query_parameter_value_match: parameters };
    return {
      name: `no format for ${kind}`,
      actions: [
        {
          [kind]: { descriptor_key: 'k', descriptor_value: '%REQ(x-a)%', ...more[kind as keyof typeof more] },
        },
      ],
      entries: [['k', '%REQ(x-a)%']],
      requests: [a('v'), plain],
    };
  }),
  worth('a request worth two', { hits_addend: { number: 2 } }, again(plain)),
  worth('a request worth all', { hits_addend: { number: 5 } }, again(plain)),
  worth('a request worth too much', { hits_addend: { number: 6 } }, again(plain)),
  worth('a request worth nothing', { hits_addend: { number: 0 } }, again(plain)),
  worth('a request worth what it says', { hits_addend: { format: '%REQ(x-a)%' } }, [
    ...['x', '', '-1', '1000000001', '1e', '0x1', ' 1', '1.9', '2'].map(a),
    plain,
    ...['1e0', '1', '0', '1'].map(a),
  ]),
  ...[
    'nan',
    'inf',
    '-nan',
    '0x1.8p1',
    '0x1.8',
    '0x.8p2',
    '0x',
    '0xp1',
    '+1',
    '1e-1',
    '-0',
    '1_0',
    '1.',
    '.9',
    '1e9',
    '-0x1',
    '1,5',
    '1 0',
    '1f',
  ].map((text) =>
    worth(`a request worth ${text}`, { hits_addend: { format: '%REQ(x-a)%' } }, again(a(text), 3)),
  ),
  worth('and of the default bucket one', { hits_addend: { number: 2 } }, again(plain), {
    filter: { token_bucket: { max_tokens: 2, fill_interval: '600s' } },
  }),
  worth('for the end of the request', { apply_on_stream_done: true }, again(plain, 7)),
  worth('without headers', { x_ratelimit_option: 'OFF' }, again(plain, 6)),
  worth('with headers', { x_ratelimit_option: 'DRAFT_VERSION_03' }, again(plain, 6), {
    filter: { enable_x_ratelimit_headers: 'OFF' },
  }),
  worth('a gRPC call', {}, again(['/direct', [['content-type', 'application/grpc']]], 6), {
    filter: { rate_limited_as_resource_exhausted: true },
  }),
];

const sceneOf = (index: number) => `limit-more-${index}`;
const always = { default_value: { numerator: 100 } };

export const moreLimitScenes: Scene[] = rows.map(
  (
    { actions, entries, recipe = {}, bucket = { max_tokens: 0, fill_interval: '600s' }, filter: more },
    index,
  ) => ({
    name: sceneOf(index),
    filters: [
      filter('local_ratelimit.v3.LocalRateLimit', {
        stat_prefix: 'lim',
        filter_enabled: always,
        filter_enforced: always,
        token_bucket: { max_tokens: 1000, fill_interval: '600s' },
        enable_x_ratelimit_headers: 'DRAFT_VERSION_03',
        rate_limits: [{ actions, ...recipe }],
        descriptors: [{ entries: entries.map(([key, value]) => ({ key, value })), token_bucket: bucket }],
        ...more,
      }),
    ],
    routeConfig: ROUTES,
  }),
);

export const moreLimitCases: Case[] = rows.flatMap(({ name, requests }, index) =>
  requests.map(([path, headers = []], turn) => ({
    name: `${name}: request ${turn + 1}`,
    scene: sceneOf(index),
    request: { path, headers },
  })),
);
