import type { Case, Scene } from './scene.ts';

const answer = (body: string) => ({ direct_response: { status: 203, body: { inline_string: body } } });

let count = 0;
const headerRoute = (matcher: object) => ({
  match: {
    prefix: '/headers',
    headers: [
      { name: 'x-route', exact_match: String(count++) },
      { name: 'x-a', ...matcher },
    ],
  },
  ...answer('matched'),
});

const MATCHERS: object[] = [
  {},
  { present_match: true },
  { present_match: false },
  { present_match: true, invert_match: true },
  { present_match: true, treat_missing_header_as_empty: true },
  { present_match: false, treat_missing_header_as_empty: true },
  { exact_match: '1' },
  { exact_match: '', treat_missing_header_as_empty: true },
  { exact_match: '1', invert_match: true },
  { exact_match: '1', invert_match: true, treat_missing_header_as_empty: true },
  { exact_match: '1,2' },
  { prefix_match: '1' },
  { suffix_match: '2' },
  { contains_match: ',' },
  { range_match: { start: -5, end: 10 } },
  { range_match: { start: -5, end: 10 }, invert_match: true },
  { safe_regex_match: { regex: '[0-9]+' } },
  { string_match: { exact: 'AbC', ignore_case: true } },
  { string_match: { prefix: 'AbC', ignore_case: true } },
  { string_match: { suffix: 'BC', ignore_case: true } },
  { string_match: { contains: 'B', ignore_case: true } },
  { string_match: { safe_regex: { regex: '(?i)AbC' } } },
  { string_match: { safe_regex: { regex: '..' } } },
  { string_match: { exact: 'é' } },
  { string_match: { exact: '' } },
];

const VALUES: string[][] = [
  [],
  [''],
  ['1'],
  ['2'],
  ['1', '2'],
  ['1,2'],
  ['10'],
  ['-5'],
  ['+2'],
  ['1.5'],
  ['abc'],
  ['ABC'],
  ['xabcx'],
  ['é'],
  ['99999999999999999999'],
  ['0x5'],
  ['9', 'x'],
];

const domains = (name: string, list: string[]) => ({
  name,
  domains: list,
  routes: [{ match: { prefix: '/' }, ...answer(name) }],
});

const routes: Scene = {
  name: 'routes',
  filters: [],
  routeConfig: {
    virtual_hosts: [
      domains('exact', ['exact.test', 'Upper.test']),
      domains('suffix', ['*.suffix.test']),
      domains('longer suffix', ['*.longer.suffix.test', '*-dash.test']),
      domains('prefix', ['prefix.*']),
      domains('longer prefix', ['prefix.longer.*']),
      domains('port', ['port.test:8080']),
      domains('star inside', ['a*b']),
      {
        name: 'any',
        domains: ['*'],
        routes: [
          ...MATCHERS.map(headerRoute),
          { match: { path: '/exact' }, ...answer('exact') },
          { match: { prefix: '/exact' }, ...answer('prefix of exact') },
          { match: { path_separated_prefix: '/sep' }, ...answer('separated') },
          { match: { safe_regex: { regex: '/users/[^/]+/orders/[0-9]+' } }, ...answer('regex') },
          { match: { safe_regex: { regex: '/(a|b)+c' } }, ...answer('group regex') },
          { match: { prefix: '/Fold', case_sensitive: false }, ...answer('folded') },
          {
            match: { path: '/q', query_parameters: [{ name: 'a', string_match: { prefix: 'x' } }] },
            ...answer('query'),
          },
          {
            match: { path: '/q', query_parameters: [{ name: 'b', present_match: true }] },
            ...answer('present'),
          },
          {
            match: { path: '/q', query_parameters: [{ name: 'c', present_match: false }] },
            ...answer('absent'),
          },
          { match: { path: '/q', query_parameters: [{ name: 'c' }] }, ...answer('plain') },
          {
            match: { prefix: '/pseudo', headers: [{ name: ':method', exact_match: 'PUT' }] },
            ...answer('method'),
          },
          {
            match: { prefix: '/pseudo', headers: [{ name: ':path', suffix_match: '?x' }] },
            ...answer('path'),
          },
          {
            match: { prefix: '/pseudo', headers: [{ name: 'host', exact_match: 'h.test' }] },
            ...answer('host'),
          },
          {
            match: { prefix: '/pseudo', headers: [{ name: ':authority', prefix_match: 'au' }] },
            ...answer('authority'),
          },
          {
            match: { prefix: '/pseudo', headers: [{ name: ':scheme', exact_match: 'http' }] },
            ...answer('scheme'),
          },
          {
            match: { prefix: '/changed' },
            route: { cluster: 'origin', host_rewrite_literal: 'rewritten.test' },
            request_headers_to_remove: ['X-Gone', 'x-both'],
            request_headers_to_add: [
              option('x-append', 'a'),
              option('x-absent', 'a', { append_action: 'ADD_IF_ABSENT' }),
              option('x-over', 'a', { append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' }),
              option('x-exists', 'a', { append_action: 'OVERWRITE_IF_EXISTS' }),
              option('x-old', 'a', { append: false }),
              option('x-both', 'back'),
              option('x-percent', '100%%'),
              option('x-empty', ''),
              option('x-kept', '', { keep_empty_value: true }),
              option('x-req', '<%REQ(x-gone?x-append)%|%REQ(X-APPEND):1%|%REQ(none)%>'),
              option('x-none', '%REQ(none)%'),
              option('x-name', '%ROUTE_NAME%'),
              option('x-utf8', 'é'),
            ],
            name: 'changer',
          },
        ],
      },
    ],
    request_headers_to_add: [option('x-over', 'outer', { append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' })],
  },
};

function option(key: string, value: string, more: object = {}): object {
  return { header: { key, value }, ...more };
}

const headerCases: Case[] = MATCHERS.flatMap((matcher, index) =>
  VALUES.map((values) => ({
    name: `header matcher ${JSON.stringify(matcher)} on ${JSON.stringify(values)}`,
    scene: 'routes',
    request: {
      path: '/headers',
      headers: [['x-route', String(index)] as const, ...values.map((value) => ['x-a', value] as const)],
    },
  })),
);

const hosts = [
  'exact.test',
  'EXACT.test',
  'upper.test',
  'exact.test:80',
  'a.suffix.test',
  '.suffix.test',
  'suffix.test',
  'a.b.suffix.test',
  'a.longer.suffix.test',
  'longer.suffix.test',
  'x-dash.test',
  '-dash.test',
  'prefix.com',
  'prefix.',
  'prefix.longer.com',
  'port.test:8080',
  'port.test',
  'a*b',
  'axb',
  'nobody.test',
];

const paths = [
  '/exact',
  '/exact?x',
  '/exact/',
  '/exactly',
  '/sep',
  '/sep/',
  '/sepx',
  '/users/u/orders/12',
  '/users/u/orders/',
  '/users//orders/1',
  '/abac',
  '/abad',
  '/fOLD',
  '/folders',
  '/q?a=x1',
  '/q?a=y&a=x',
  '/q?b',
  '/q?a=y',
  '/q',
  '/q?c',
  '/q?c=1',
  '/q?a=%78',
  '/none',
];

export const routeScenes: readonly Scene[] = [routes];

export const routeCases: readonly Case[] = [
  ...headerCases,
  ...hosts.map((host) => ({ name: `domain of ${host}`, scene: 'routes', request: { path: '/exact', host } })),
  ...paths.map((path) => ({ name: `route of ${path}`, scene: 'routes', request: { path } })),
  {
    name: 'route by :method',
    scene: 'routes',
    request: { method: 'PUT', path: '/pseudo', headers: [['content-length', '0']] },
  },
  { name: 'route by :path', scene: 'routes', request: { path: '/pseudo?x' } },
  { name: 'route by host', scene: 'routes', request: { path: '/pseudo', host: 'h.test' } },
  { name: 'route by :authority', scene: 'routes', request: { path: '/pseudo', host: 'au.test' } },
  { name: 'route by :scheme', scene: 'routes', request: { path: '/pseudo' } },
  { name: 'headers changed, none there', scene: 'routes', request: { path: '/changed' } },
  {
    name: 'headers changed, all there',
    scene: 'routes',
    request: {
      path: '/changed',
      headers: [
        'x-gone',
        'x-append',
        'x-absent',
        'x-over',
        'x-exists',
        'x-old',
        'x-both',
        'x-empty',
        'x-kept',
      ].flatMap((name) => [[name, 'client'] as const, [name, 'client2'] as const]),
    },
  },
];
