import type { Case, Scene } from '../rehearsal/scene.ts';
import { add, forward, metadataFilter, template, templateRewrite } from './route-parts.ts';

/** A redirect that says what has become of the request's path. */
const moved = (prefix: string, redirect: object) => ({
  match: { prefix },
  redirect,
  response_headers_to_add: [add('x-path', '%REQ(:path)%'), add('x-before', '%REQ(x-envoy-original-path)%')],
});

const rewrites: Scene = {
  name: 'rewrites',
  filters: [metadataFilter({ control: 'a\r\nx: b', empty: '' })],
  routeConfig: {
    validate_clusters: false,
    virtual_hosts: [
      {
        name: 'all',
        domains: ['*'],
        routes: [
          forward('/header', { host_rewrite_header: 'X-Host' }),
          forward('/pseudo', { host_rewrite_header: ':path' }),
          forward('/added', { host_rewrite_header: 'x-host' }, [add('x-host', 'added.%REQ(x-a)%')]),
          forward('/forwarded', { host_rewrite_header: 'x-host', append_x_forwarded_host: true }),
          forward('/literal', { host_rewrite_literal: 'literal.test', append_x_forwarded_host: true }),
          forward('/only-forwarded', { append_x_forwarded_host: true }),
          forward('/regex', {
            host_rewrite_path_regex: {
              pattern: { regex: '^/regex/([^/]*)(/.*)?$' },
              substitution: '\\1.test',
            },
          }),
          forward('/auto-dns', { auto_host_rewrite: true, append_x_forwarded_host: true, cluster: 'dns' }),
          forward('/auto-named', { auto_host_rewrite: true, cluster: 'named' }),
          forward('/auto-static', { auto_host_rewrite: true, append_x_forwarded_host: true }),
          forward('/auto-off', { auto_host_rewrite: false, cluster: 'dns' }),
          forward('/host-format', { host_rewrite: '%REQ(x-host)%.test' }),
          forward('/host-only', { host_rewrite: '%REQ(x-host)%' }),
          forward('/host-empty', { host_rewrite: '%DYNAMIC_METADATA(ns:empty)%' }),
          forward('/host-control', { host_rewrite: '%DYNAMIC_METADATA(ns:control)%' }),
          forward('/path-format', { path_rewrite: '/new/%REQ(x-host)%?z=%REQ(x-a)%' }),
          forward('/path-control', { path_rewrite: '/%DYNAMIC_METADATA(ns:control)%' }),
          forward('/path-none', { path_rewrite: '%REQ(x-host)%' }),
          forward('/lasting', { max_stream_duration: { max_stream_duration: '100s' } }),
          forward('/as-asked', { max_stream_duration: { grpc_timeout_header_max: '200s' } }),
          forward('/both', { path_rewrite: '/other', host_rewrite: '%PATH(WQ)%' }),
          forward('/by-header', { cluster: undefined, cluster_header: 'X-Cluster' }),
          forward('/404-by-header', {
            cluster: undefined,
            cluster_header: 'x-cluster',
            cluster_not_found_response_code: 'NOT_FOUND',
          }),
          forward('/nowhere', { cluster: 'none', cluster_not_found_response_code: 'INTERNAL_SERVER_ERROR' }),
          forward('/weighted-host', {
            cluster: undefined,
            host_rewrite_header: 'x-host',
            append_x_forwarded_host: true,
            weighted_clusters: {
              clusters: [{ name: 'origin', weight: 1, host_rewrite_literal: 'weighted.test' }],
            },
          }),
          forward(
            '/weighted-told',
            {
              cluster: undefined,
              weighted_clusters: {
                clusters: [
                  {
                    name: 'origin',
                    weight: 1,
                    host_rewrite_literal: 'weighted.test',
                    request_headers_to_add: [add('x-own', '%REQ(:authority)%')],
                  },
                ],
              },
            },
            [add('x-route', '%REQ(:authority)% %REQ(host)%')],
          ),
          forward('/weighted', {
            cluster: undefined,
            weighted_clusters: {
              header_name: 'X-Share',
              clusters: [
                { name: 'origin', weight: 3, request_headers_to_add: [add('x-member', '1')] },
                { name: 'origin', weight: 7, request_headers_to_add: [add('x-member', '2')] },
                { cluster_header: 'x-cluster', weight: 10, request_headers_to_add: [add('x-member', '3')] },
              ],
            },
          }),
          moved('/moved/prefix', { prefix_rewrite: '/new' }),
          moved('/moved/bare', { prefix_rewrite: '?new', strip_query: true }),
          moved('/moved/regex', {
            regex_rewrite: { pattern: { regex: '^/([^/]+)' }, substitution: '/\\1/x' },
          }),
          moved('/moved/path', { path_redirect: '/to?a=b', strip_query: true }),
          moved('/moved/host', { host_redirect: 'a.test' }),
          ...[
            ['/t/{a}/x/{b=**}', '/{b}/y/{a}'],
            ['/u/{a}', '/{a}-{a}/*/'],
            ['/v/{rest=**}.json', '/{rest}'],
          ].map(([path = '', rewrite = '']) => ({
            match: { path_match_policy: template(path) },
            route: { cluster: 'origin', path_rewrite_policy: templateRewrite(rewrite) },
          })),
        ],
      },
    ],
  },
};

const host = (value: string) => ['x-host', value] as const;
const asked = (path: string, ...headers: (readonly [string, string])[]): Case => ({
  name: `${path} with ${JSON.stringify(headers)}`,
  scene: 'rewrites',
  request: { path, headers },
});
const forwarded = (...lines: string[]) =>
  asked('/forwarded', host('new'), ...lines.map((line) => ['x-forwarded-host', line] as const));

export const rewriteScenes: readonly Scene[] = [rewrites];

export const rewriteCases: readonly Case[] = [
  asked('/header', host('new.test')),
  asked('/header'),
  asked('/header', host('')),
  asked('/header', host('a'), host('b')),
  asked('/header', host('a b/ü')),
  asked('/pseudo?x'),
  asked('/added', ['x-a', 'q']),
  asked('/added', host('client'), ['x-a', 'q']),
  asked('/forwarded'),
  forwarded(),
  forwarded('a,b'),
  forwarded('a,host.test'),
  forwarded('a, host.test'),
  forwarded('a', 'b'),
  forwarded(''),
  forwarded('host.test,'),
  asked('/literal'),
  ...['/lasting', '/as-asked'].flatMap((path) =>
    ['application/grpc', 'text/x'].flatMap((type) => [
      asked(path, ['content-type', type]),
      asked(path, ['content-type', type], ['grpc-timeout', '300S']),
      asked(path, ['content-type', type], ['grpc-timeout', '50S']),
    ]),
  ),
  asked('/only-forwarded'),
  asked('/regex/a/b?c'),
  asked('/regex/'),
  asked('/regexx'),
  asked('/auto-dns'),
  asked('/auto-named'),
  asked('/auto-static'),
  asked('/auto-off'),
  asked('/host-format', host('q')),
  asked('/host-format'),
  asked('/host-only'),
  asked('/host-empty'),
  asked('/host-control'),
  asked('/path-format?q=1', host('h'), ['x-a', 'b']),
  asked('/path-format'),
  asked('/path-control'),
  asked('/path-none?q'),
  asked('/path-none?q', host('no-slash')),
  asked('/both?q'),
  ...['prefix/a?q=1', 'bare?q', 'bare/a', 'regex/a?q', 'regex', 'path?q', 'host?q'].map((path) =>
    asked(`/moved/${path}`),
  ),
  asked('/by-header', ['x-cluster', 'origin']),
  asked('/by-header', ['x-cluster', 'none']),
  asked('/by-header'),
  asked('/by-header', ['x-cluster', '']),
  asked('/by-header', ['x-cluster', 'origin'], ['x-cluster', 'none']),
  asked('/404-by-header', ['x-cluster', 'none']),
  asked('/404-by-header'),
  asked('/nowhere'),
  asked('/weighted-host'),
  asked('/weighted-told'),
  asked('/weighted-host', host('h')),
  ...['0', '2', '3', '9', '10', '19', '20', '23', '18446744073709551615'].map((share) =>
    asked('/weighted', ['x-share', share], ['x-cluster', 'origin']),
  ),
  asked('/weighted', ['x-share', '11']),
  asked('/t/1/x/2/3?q=1'),
  asked('/t/1/x/'),
  asked('/t/a%20b/x/c'),
  asked('/u/1'),
  asked('/v/a/b.json.json?x'),
];
