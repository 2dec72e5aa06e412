import type { RecordedRequest, Respond } from '../origin.ts';
import type { Case, Scene } from '../rehearsal/scene.ts';
import { filter, typed } from './scene-parts.ts';

const names = (...exact: string[]) => ({ patterns: exact.map((one) => ({ exact: one })) });
const service = (more: object = {}, cluster = 'authz') => ({
  server_uri: { uri: 'http://authz.test/ignored', cluster, timeout: '0.5s' },
  ...more,
});
const share = (numerator: number) => ({ default_value: { numerator } });
const authz = (config: object) => filter('ext_authz.v3.ExtAuthz', config);
const perRoute = (config: object) => ({ 'filter-0': typed('ext_authz.v3.ExtAuthzPerRoute', config) });

const ROUTES = {
  virtual_hosts: [
    {
      name: 'all',
      domains: ['host.test'],
      response_headers_to_add: [{ header: { key: 'x-route', value: 'r' } }],
      routes: [
        {
          match: { prefix: '/off' },
          route: { cluster: 'origin' },
          typed_per_filter_config: perRoute({ disabled: true }),
        },
        {
          match: { prefix: '/on' },
          route: { cluster: 'origin' },
          typed_per_filter_config: perRoute({ disabled: false }),
        },
        {
          match: { prefix: '/settings' },
          route: { cluster: 'origin' },
          typed_per_filter_config: perRoute({ check_settings: { disable_request_body_buffering: true } }),
        },
        { match: { prefix: '/direct' }, direct_response: { status: 200, body: { inline_string: 'direct' } } },
        {
          match: { prefix: '/', headers: [{ name: 'x-set', string_match: { exact: 'new' } }] },
          direct_response: { status: 203, body: { inline_string: 'another route' } },
        },
        {
          match: { prefix: '/' },
          route: { cluster: 'origin' },
          request_headers_to_add: [
            {
              header: { key: 'x-meta-out', value: '%DYNAMIC_METADATA(envoy.filters.http.ext_authz:x-meta)%' },
            },
          ],
        },
      ],
    },
  ],
};

const RESPONSE = {
  allowed_upstream_headers: names('x-set', 'x-twice'),
  allowed_upstream_headers_to_append: names('x-app', 'x-app-new', 'accept'),
  allowed_client_headers_on_success: names('x-client'),
  dynamic_metadata_from_headers: names('x-meta'),
};

export const extAuthzScenes: Scene[] = [
  {
    name: 'authz-full',
    filters: [
      authz({
        http_service: service({
          path_prefix: '/pre',
          authorization_request: {
            headers_to_add: [
              { key: 'x-added', value: 'for %REQ(:path)%' },
              { key: 'x-in-set', value: 'ours' },
            ],
          },
          authorization_response: RESPONSE,
        }),
        allowed_headers: { patterns: [{ prefix: 'x-in' }, { exact: 'cookie' }] },
        disallowed_headers: names('x-in-no'),
      }),
    ],
    routeConfig: ROUTES,
  },
  {
    name: 'authz-clear',
    filters: [
      authz({ http_service: service({ authorization_response: RESPONSE }), clear_route_cache: true }),
    ],
    routeConfig: ROUTES,
  },
  {
    name: 'authz-path',
    filters: [authz({ http_service: service({ path_override: '/deny?a=b' }) })],
    routeConfig: ROUTES,
  },
  {
    name: 'authz-few-bytes',
    filters: [
      authz({
        http_service: service({ authorization_response: RESPONSE }),
        max_denied_response_body_bytes: 1,
        clear_route_cache: true,
        clear_route_cache_headers: ['x-twice'],
      }),
    ],
    routeConfig: ROUTES,
  },
  {
    name: 'authz-lax',
    filters: [
      authz({
        http_service: service({ authorization_response: { allowed_client_headers: names('x-one') } }),
        failure_mode_allow: true,
        failure_mode_allow_header_add: true,
        stat_prefix: 'lax',
      }),
    ],
    routeConfig: ROUTES,
  },
  {
    name: 'authz-lost',
    filters: [authz({ http_service: service({}, 'nowhere'), status_on_error: { code: 503 } })],
    routeConfig: ROUTES,
  },
  {
    name: 'authz-no-limit',
    filters: [authz({ http_service: { server_uri: { ...service().server_uri, timeout: '0s' } } })],
    routeConfig: ROUTES,
  },
  {
    name: 'authz-refused',
    filters: [authz({ http_service: service({}, 'closed') })],
    routeConfig: ROUTES,
  },
  {
    name: 'authz-disabled',
    filters: [authz({ http_service: service(), filter_enabled: share(0) })],
    routeConfig: ROUTES,
  },
  {
    name: 'authz-denied-where-disabled',
    filters: [
      authz({
        http_service: service(),
        filter_enabled: share(0),
        deny_at_disable: { runtime_key: 'x', default_value: true },
      }),
    ],
    routeConfig: ROUTES,
  },
  {
    name: 'authz-by-metadata',
    filters: [
      filter('header_to_metadata.v3.Config', {
        request_rules: [{ header: 'x-ask', on_header_present: { metadata_namespace: 'ns', key: 'ask' } }],
      }),
      authz({
        http_service: service(),
        filter_enabled_metadata: {
          filter: 'ns',
          path: [{ key: 'ask' }],
          value: { string_match: { exact: 'yes' } },
        },
      }),
    ],
    routeConfig: ROUTES,
  },
];

/** The authorization service: what it says stands in the path. */
export const answerQuestion: Respond = (request, response) => {
  const [, word = ''] = /\/(deny|redirect|boom|created|slow|cut)/.exec(request.url) ?? [];
  switch (word) {
    case 'deny':
      response.writeHead(401, [
        ...['www-authenticate', 'x', 'x-one', '1', 'x-one', '2', 'content-type', 'application/json'],
        ...[
          'set-cookie',
          'a=b',
          'set-cookie',
          'c=d',
          'location',
          '/l',
          'x-two',
          't',
          'cache-control',
          'no-store',
        ],
      ]);
      response.end('{"no":1}');
      break;
    case 'redirect':
      response.writeHead(302, { location: '/login', 'content-length': '0' }).end();
      break;
    case 'boom':
      response.writeHead(500).end('boom');
      break;
    case 'created':
      response.writeHead(201).end('created');
      break;
    case 'slow':
      break;
    case 'cut':
      response.socket?.destroy();
      break;
    default:
      response.writeHead(200, [
        ...[
          'x-set',
          'new',
          'x-app',
          'more',
          'x-app-new',
          'new',
          'accept',
          'b',
          'x-twice',
          '1',
          'x-twice',
          '2',
        ],
        ...['x-envoy-auth-headers-to-remove', 'x-rm, X-RM2,host,:path', 'x-client', 'c1', 'x-client', 'c2'],
        ...['x-meta', 'm', 'x-unlisted', 'u'],
      ]);
      response.end('yes');
  }
};

/** A question as the service got it, without what each side says in its own way. */
export function questionView({ method, url, rawHeaders, body }: RecordedRequest): object {
  const lines: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase();
    if (name !== 'connection') lines.push(`${name}: ${rawHeaders[i + 1]}`);
  }
  return { method, url, lines: lines.sort(), body: body.toString() };
}

type Headers = [string, string][];
const HEADERS: Headers = [
  ['authorization', 'Bearer x'],
  ['cookie', 'k=v'],
  ['x-in-a', '1'],
  ['x-in-a', '2'],
  ['x-in-no', 'n'],
  ['x-in-set', 'theirs'],
  ['x-out', 'o'],
  ['x-rm', '1'],
  ['x-rm2', '1'],
  ['x-set', 'old'],
  ['x-app', 'first'],
  ['x-twice', '0'],
  ['accept', 'a'],
];

const row = (
  scene: string,
  path: string,
  headers: Headers = [],
  method = 'GET',
  host = 'host.test',
): Case => ({
  name: `${method} ${path}${headers.length > 0 ? ' with headers' : ''}${host === 'host.test' ? '' : ` at ${host}`}`,
  scene,
  request: { method, path, headers, host },
});

export const extAuthzCases: Case[] = [
  ...['authz-full', 'authz-clear', 'authz-lax'].flatMap((scene) => [
    row(scene, '/a?q=1'),
    row(scene, '/a?q=1', HEADERS),
    ...[
      '/deny',
      '/redirect',
      '/boom',
      '/created',
      '/slow',
      '/cut',
      '/off',
      '/on',
      '/settings',
      '/direct',
    ].map((path) => row(scene, path)),
    row(scene, '/a', [], 'OPTIONS'),
    row(scene, '/a', [['content-length', '0']], 'POST'),
    row(scene, '/deny', [['content-type', 'application/grpc']]),
    row(scene, '/a', [], 'GET', 'nobody.test'),
  ]),
  ...['/a?q=1', '/deny', '/redirect', '/boom'].flatMap((path) => [
    row('authz-path', path),
    row('authz-few-bytes', path, HEADERS),
  ]),
  ...[
    'authz-lost',
    'authz-refused',
    'authz-disabled',
    'authz-denied-where-disabled',
    'authz-by-metadata',
    'authz-no-limit',
  ].map((scene) => row(scene, '/a')),
  row('authz-by-metadata', '/deny', [['x-ask', 'yes']]),
  row('authz-by-metadata', '/deny', [['x-ask', 'no']]),
];
