import type { Case, Scene } from '../rehearsal/scene.ts';
import { filter, typed } from './scene-parts.ts';

const policy = (config: object) => ({ 'filter-0': typed('cors.v3.CorsPolicy', config) });
const share = (numerator: number) => ({ default_value: { numerator } });
const route = (prefix: string, config?: object, answer: object = { route: { cluster: 'origin' } }) => ({
  match: { prefix },
  ...answer,
  ...(config === undefined ? {} : { typed_per_filter_config: policy(config) }),
});

export const corsScenes: Scene[] = [
  {
    name: 'origins',
    filters: [
      filter('cors.v3.Cors', {}),
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
      virtual_hosts: [
        {
          name: 'all',
          domains: ['*'],
          typed_per_filter_config: policy({
            allow_origin_string_match: [
              { exact: 'https://a.test' },
              { safe_regex: { regex: 'https://.*\\.b\\.test' } },
            ],
            allow_methods: 'GET, PUT',
            allow_headers: 'authorization',
            expose_headers: 'x-one',
            max_age: '600',
            allow_credentials: true,
          }),
          response_headers_to_add: [{ header: { key: 'x-route', value: 'r' } }],
          routes: [
            route('/direct', undefined, {
              direct_response: { status: 200, body: { inline_string: 'direct' } },
            }),
            route('/redirect', undefined, { redirect: { path_redirect: '/' } }),
            route('/own', {
              allow_methods: 'DELETE',
              allow_credentials: false,
              allow_private_network_access: true,
            }),
            route('/any', { allow_origin_string_match: [{ prefix: '*' }] }),
            route('/none', {
              allow_origin_string_match: [{ exact: 'https://z.test' }],
              allow_private_network_access: true,
              forward_not_matching_preflights: false,
            }),
            route('/wild', { allow_methods: '*', allow_headers: '*', expose_headers: '*' }),
            route('/off', { filter_enabled: share(0) }),
            route('/shadow', { filter_enabled: share(0), shadow_enabled: share(100) }),
            route('/'),
          ],
        },
        { name: 'bare', domains: ['bare.test'], routes: [route('/')] },
        { name: 'empty', domains: ['empty.test'], routes: [route('/', {})] },
      ],
    },
  },
];

type Headers = [string, string][];
const ORIGIN: Headers = [['origin', 'https://a.test']];
const ASKS: Headers = [['access-control-request-method', 'PUT']];
const row = (name: string, method: string, path: string, headers: Headers, host = 'host.test'): Case => ({
  name,
  scene: 'origins',
  request: { method, path, headers, host },
});
const paths = ['/', '/direct', '/redirect', '/own', '/any', '/none', '/wild', '/off', '/shadow', '/denied'];

export const corsCases: Case[] = [
  ...paths.flatMap((path) => [
    row(`a preflight for ${path}`, 'OPTIONS', path, [...ORIGIN, ...ASKS]),
    row(`a preflight of another origin for ${path}`, 'OPTIONS', path, [
      ['origin', 'https://evil.test'],
      ...ASKS,
    ]),
    row(`a request of an allowed origin for ${path}`, 'GET', path, ORIGIN),
    row(`a request of another origin for ${path}`, 'GET', path, [['origin', 'https://evil.test']]),
  ]),
  row('a request without origin', 'GET', '/', []),
  row('an empty origin', 'GET', '/', [['origin', '']]),
  row('OPTIONS that is no preflight', 'OPTIONS', '/', ORIGIN),
  row('an empty request method', 'OPTIONS', '/', [...ORIGIN, ['access-control-request-method', '']]),
  row('an origin by regex', 'GET', '/', [['origin', 'https://x.b.test']]),
  row('the case of an origin counts', 'GET', '/', [['origin', 'https://A.test']]),
  row('any headers, in the request’s words', 'OPTIONS', '/wild', [
    ...ORIGIN,
    ...ASKS,
    ['access-control-request-headers', 'x-q, x-r'],
  ]),
  row('any headers, from two lines', 'OPTIONS', '/wild', [
    ...ORIGIN,
    ...ASKS,
    ['access-control-request-headers', 'x-q'],
    ['access-control-request-headers', 'x-r'],
  ]),
  row('a private network, not allowed', 'OPTIONS', '/', [
    ...ORIGIN,
    ...ASKS,
    ['access-control-request-private-network', 'true'],
  ]),
  row('a private network, allowed', 'OPTIONS', '/own', [
    ...ORIGIN,
    ...ASKS,
    ['access-control-request-private-network', 'true'],
  ]),
  row('a private network, to an origin not admitted', 'OPTIONS', '/none', [
    ...ORIGIN,
    ...ASKS,
    ['access-control-request-private-network', 'true'],
  ]),
  row('a virtual host without a policy', 'OPTIONS', '/', [...ORIGIN, ...ASKS], 'bare.test'),
  row('an empty policy', 'OPTIONS', '/', [...ORIGIN, ...ASKS], 'empty.test'),
  row('no gRPC: preflight', 'OPTIONS', '/', [...ORIGIN, ...ASKS, ['content-type', 'application/grpc']]),
];
