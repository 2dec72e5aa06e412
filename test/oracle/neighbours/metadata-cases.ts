import type { Case, Scene } from '../rehearsal/scene.ts';
import { filter, typed } from './scene-parts.ts';

const out = (key: string, namespace: string) => ({
  header: { key, value: `%DYNAMIC_METADATA(${namespace})%` },
});
const SHOWN = [out('x-ns', 'ns'), out('x-own', 'envoy.filters.http.header_to_metadata'), out('x-set', 'set')];

function routes(perRoute: object = {}): object {
  return {
    virtual_hosts: [
      {
        name: 'all',
        domains: ['*'],
        request_headers_to_add: SHOWN,
        response_headers_to_add: [out('x-resp', 'ns')],
        routes: [
          { match: { prefix: '/own' }, route: { cluster: 'origin' }, typed_per_filter_config: perRoute },
          { match: { prefix: '/' }, route: { cluster: 'origin' } },
        ],
      },
    ],
  };
}

const to = (key: string, more: object = {}) => ({ metadata_namespace: 'ns', key, ...more });

export const metadataScenes: Scene[] = [
  {
    name: 'to-metadata',
    filters: [
      filter('header_to_metadata.v3.Config', {
        request_rules: [
          { header: 'x-a', on_header_present: to('a'), on_header_missing: to('a', { value: 'none' }) },
          { header: 'X-B', on_header_present: { key: 'b' }, remove: true },
          { header: 'x-b', on_header_missing: to('b', { value: 'gone' }) },
          { cookie: 's', on_header_present: to('s') },
          {
            cookie: 't',
            on_header_present: to('t', { value: 'there' }),
            on_header_missing: to('t', { value: 'none' }),
          },
          { header: 'x-n', on_header_present: to('n', { type: 'NUMBER' }) },
          { header: 'x-64', on_header_present: to('e', { encode: 'BASE64' }) },
          { header: 'x-v', on_header_present: to('v', { encode: 'BASE64', type: 'PROTOBUF_VALUE' }) },
          {
            header: ':path',
            on_header_present: to('p', {
              regex_value_rewrite: {
                pattern: { google_re2: {}, regex: '^/(\\w+).*$' },
                substitution: 'first \\1',
              },
            }),
          },
          { header: ':authority', on_header_present: to('host') },
          { header: 'x-c', on_header_present: to('c', { value: 'constant' }) },
        ],
        response_rules: [{ header: 'x-nothing', on_header_missing: to('r', { value: 'response' }) }],
      }),
    ],
    routeConfig: routes({
      'filter-0': typed('header_to_metadata.v3.Config', {
        request_rules: [{ header: 'x-a', on_header_present: to('own') }],
      }),
    }),
  },
  {
    name: 'set-metadata',
    filters: [
      filter('set_metadata.v3.Config', {
        metadata_namespace: 'set',
        value: { a: 1, list: ['x'], deep: { one: 1, list: [1] } },
        metadata: [
          { metadata_namespace: 'set', value: { a: 'not written' } },
          {
            metadata_namespace: 'set',
            allow_overwrite: true,
            value: { a: 'two', list: ['y', null], deep: { two: true, list: [2] }, é: 'ü' },
          },
          { metadata_namespace: 'set', allow_overwrite: true, value: { a: 3, list: 'z' } },
          { metadata_namespace: 'ns', value: { only: 'here' } },
        ],
      }),
    ],
    routeConfig: routes({
      'filter-0': typed('set_metadata.v3.Config', {
        metadata: [
          { metadata_namespace: 'ns', allow_overwrite: true, value: { only: 'the route' } },
          { metadata_namespace: 'ns', value: { only: 'denied' } },
        ],
      }),
    }),
  },
];

type Headers = [string, string][];
const row = (scene: string, name: string, headers: Headers = [], path = '/a/b?c'): Case => ({
  name,
  scene,
  request: { path, headers },
});
/** In all the ways in which numbers are written, and some in which they are not. */
const NUMBERS = [
  ...['0x10', '-0X1F', '0x1p3', '0x1.8p-1', '0x.8', '0x1.', '0x1e2', '0x', '0xg', '0x1p', '0x1.8e1'],
  ...['0x123456789abcdef123', '0x20000000000001', '0x1p5000', '0x1p-5000', '0x0p9999'],
  ...['inf', '-Infinity', '+INF', 'infinit', 'nan', '-NaN', 'nan(a_1)', 'nan(-)', '1e400', '-1e400'],
  ...['.5', '5.', '.', '1e', '+-1', '0b1', '1f', '1,0'],
];
const value64 = Buffer.from([0x1a, 0x02, 0x68, 0x69]).toString('base64');

export const metadataCases: Case[] = [
  row('to-metadata', 'nothing is there'),
  row('to-metadata', 'headers that are there', [
    ['x-a', '1'],
    ['x-b', '2'],
    ['x-c', 'y'],
  ]),
  row('to-metadata', 'empty headers', [
    ['x-a', ''],
    ['x-b', ''],
    ['x-c', ''],
  ]),
  row('to-metadata', 'repeated lines', [
    ['x-a', '1'],
    ['x-a', '2'],
    ['x-b', '3'],
    ['x-b', '4'],
  ]),
  row('to-metadata', 'a cookie', [['cookie', 'a=b; s="v w"']]),
  row('to-metadata', 'a number', [['x-n', '12.5']]),
  row('to-metadata', 'an exponent', [['x-n', '-1e3']]),
  row('to-metadata', 'no number', [['x-n', '12x']]),
  ...NUMBERS.map((text) => row('to-metadata', `as a number ${text}`, [['x-n', text]])),
  ...['t=', 't=""', 't=;t=1', 't=1'].map((text) => row('to-metadata', `cookie ${text}`, [['cookie', text]])),
  row('to-metadata', 'base64', [['x-64', 'aGk=']]),
  row('to-metadata', 'base64 without padding', [['x-64', 'aGk']]),
  row('to-metadata', 'base64 for URLs', [['x-64', '_-8=']]),
  row('to-metadata', 'a serialised value', [['x-v', value64]]),
  row('to-metadata', 'no serialised value', [['x-v', 'aGk=']]),
  row('to-metadata', 'text beyond ASCII', [['x-a', 'é']]),
  row('to-metadata', '8191 bytes', [['x-a', 'v'.repeat(8191)]]),
  row('to-metadata', '8192 bytes', [['x-a', 'v'.repeat(8192)]]),
  row(
    'to-metadata',
    "a route's own rules",
    [
      ['x-a', '1'],
      ['x-b', '2'],
    ],
    '/own',
  ),
  row('set-metadata', 'merges what may be overwritten'),
  row('set-metadata', 'writes its own, then what the route says', [], '/own'),
];
