import { createTokenSigner } from '../../e2e/token-signer.ts';
import { type Case, jwtAuthn, rbac, type Scene, type SceneRequest } from '../rehearsal/scene.ts';
import { add } from './route-parts.ts';

const direct = (match: object, body: string, more: object = {}) => ({
  match,
  direct_response: { status: 203, body: { inline_string: body } },
  ...more,
});
const rest = (body: string) => direct({ prefix: '/' }, body);
const host = (name: string, domains: string[], routes: object[], more: object = {}) => ({
  name,
  domains,
  routes,
  ...more,
});
const forwardAll = { match: { prefix: '/' }, route: { cluster: 'origin' } };

const hosts = {
  virtual_hosts: [
    host('plain', ['h.test', '[::1]', '[::1]:80'], [forwardAll]),
    host('port', ['h.test:80'], [rest('with its port')]),
    host('dot', ['h.test.'], [rest('with its dot')]),
    host('any', ['*'], [rest('any')]),
  ],
};

const filters = [
  jwtAuthn({
    providers: { p: { issuer: 'i', local_jwks: { inline_string: createTokenSigner('ES256').jwks } } },
    rules: [{ match: { prefix: '/jwt' }, requires: { provider_name: 'p' } }],
  }),
];

const manager = (name: string, options: object, routeConfig: object = hosts): Scene => ({
  name,
  filters: [],
  manager: options,
  routeConfig,
});

const anyHost = (routes: object[], more: object = {}) => ({
  virtual_hosts: [host('any', ['*'], routes, more)],
});

/** Lets in what is asked for by `http`. */
const plainOnly = [
  rbac({
    rules: {
      policies: {
        p: {
          permissions: [{ header: { name: ':scheme', string_match: { exact: 'http' } } }],
          principals: [{ any: true }],
        },
      },
    },
  }),
];

const deniedUnder = (prefix: string) => [
  rbac({
    rules: {
      action: 'DENY',
      policies: {
        p: { permissions: [{ url_path: { path: { prefix } } }], principals: [{ any: true }] },
      },
    },
  }),
];

export const managerScenes: readonly Scene[] = [
  { ...manager('schemes', {}, anyHost([forwardAll])), filters: plainOnly },
  {
    ...manager('schemes at the edge', { use_remote_address: true }, anyHost([forwardAll])),
    filters: plainOnly,
  },
  {
    ...manager('normal', { normalize_path: true, merge_slashes: true }, anyHost([forwardAll])),
    filters: deniedUnder('/shut'),
  },
  manager('strip matching', { strip_matching_host_port: true }),
  manager('strip any', { strip_any_host_port: true }),
  manager('strip dot', { strip_trailing_host_dot: true }),
  manager(
    'no path',
    {
      local_reply_config: { body_format: { text_format: '%RESPONSE_CODE_DETAILS% %REQ(x-envoy-internal)%' } },
    },
    anyHost([{ match: { prefix: '' }, route: { cluster: 'origin' } }], {
      response_headers_to_add: [add('x-host', '1')],
    }),
  ),
  manager('ignore port', {}, { ...hosts, ignore_port_in_host_matching: true }),
  manager('strip both', { strip_trailing_host_dot: true, strip_any_host_port: true }),
  manager(
    'via',
    { via: 'gw' },
    anyHost([
      direct({ prefix: '/direct' }, 'd'),
      { match: { prefix: '/none' }, route: { cluster: 'origin' } },
    ]),
  ),
  manager('forwarded port', { append_x_forwarded_port: true }, anyHost([forwardAll])),
  {
    ...manager(
      'tls',
      {},
      {
        virtual_hosts: [
          host('required', ['all.test', 'all.test:80'], [forwardAll], {
            require_tls: 'ALL',
            response_headers_to_add: [add('x-host', '1')],
          }),
          host('external', ['external.test'], [forwardAll], { require_tls: 'EXTERNAL_ONLY' }),
          host('counted', ['*'], [{ match: { prefix: '/dead' }, route: { cluster: 'dead' } }, forwardAll], {
            include_request_attempt_count: true,
            include_attempt_count_in_response: true,
          }),
        ],
      },
    ),
    filters,
  },
  manager(
    'parameters',
    {},
    {
      ignore_path_parameters_in_path_matching: true,
      ...anyHost([
        direct({ path: '/exact' }, 'exact'),
        { match: { prefix: '/pre/fix' }, route: { cluster: 'origin' } },
        ...[{ prefix: '/re/Write', case_sensitive: false }, { path: '/as/path' }].map((match) => ({
          match,
          route: { cluster: 'origin', prefix_rewrite: '/n' },
        })),
        { match: { prefix: '/go' }, redirect: { prefix_rewrite: '/gone' } },
        direct({ path_separated_prefix: '/sep' }, 'separated'),
        direct({ safe_regex: { regex: '/re[0-9]+' } }, 'regex'),
        rest('rest'),
      ]),
    },
  ),
  manager(
    'conditions',
    {},
    anyHost([
      direct({ prefix: '/cookie', cookies: [{ name: 'a', string_match: { exact: '1' } }] }, 'a'),
      direct(
        {
          prefix: '/cookie',
          cookies: [
            { name: 'b', string_match: { prefix: 'x' } },
            { name: 'c', string_match: { exact: 'y' } },
          ],
        },
        'b and c',
      ),
      direct(
        { prefix: '/cookie', cookies: [{ name: 'n', string_match: { exact: 'z' }, invert_match: true }] },
        'not n',
      ),
      direct(
        { prefix: '/share', runtime_fraction: { default_value: { numerator: 0 }, runtime_key: 'x' } },
        'never',
      ),
      direct(
        {
          prefix: '/share',
          runtime_fraction: { default_value: { numerator: 1_000_000, denominator: 'MILLION' } },
        },
        'always',
      ),
      { match: { prefix: '/grpc', grpc: {} }, route: { cluster: 'origin' } },
      direct({ prefix: '/certificate', tls_context: { presented: true } }, 'shown'),
      direct({ path: '/certificate', tls_context: { presented: false, validated: false } }, 'not shown'),
      direct(
        { prefix: '/state', filter_state: [{ key: 'k', string_match: { safe_regex: { regex: '.*' } } }] },
        'state',
      ),
      rest('rest'),
    ]),
  ),
];

const asked = (scene: string, request: SceneRequest, rehearsed = true): Case => ({
  name: `${request.host ?? ''}${request.path} ${JSON.stringify(request.headers ?? [])}`,
  scene,
  request,
  rehearsed,
});

const HOSTS = [
  'h.test',
  'h.test:80',
  'h.test:8080',
  'h.test.',
  'h.test.:80',
  'h.test..',
  '[::1]:80',
  '[::1]',
  'h.test:0',
  'h.test:',
  '[::1]:',
  'h.test.:',
  ':80',
];
const COOKIES = [
  [],
  ['a=1'],
  ['a=2'],
  ['a=2; a=1'],
  ['b=xx; c=y'],
  ['b=xx', 'c=y'],
  ['n=z'],
  ['n=zz'],
  ['a="1"'],
  ['a=1;b=2'],
  [' a = 1 '],
  ['x; a=1'],
  ['a'],
  ['A=1'],
  ['n=z; n=q'],
];
const TYPES = ['application/grpc', 'application/grpc+proto', 'application/grpc-web', 'Application/grpc'];
const PATHS = [
  '/exact;a=1',
  '/exact;a?q;r',
  '/pre/fix;x?y',
  '/pre;a/fix',
  '/sep;x/y',
  '/re12;v',
  '/sepx;/',
  '/re/write;x/y?q',
  '/re;x/write/y?q',
  '/as/path;x',
  '/as;x/path',
  '/go;x',
  '/;x/go',
  '/;',
];

/** What a reader who goes too far, or not far enough, takes for another path. */
const DOTS = [
  '/shut/%2e%2e;x',
  '/shut/.%2e;x/y',
  '/shut\\..;x',
  '/shut/..;x/y',
  '/open/..;x\\shut',
  '/open/%%32%65%%32%65/shut',
  '/%%34%31',
];

const TARGETS = ['/x', 'http://h.test/x', 'https://h.test/x', 'HTTPS://h.test/x'];

/** What asks about the server as a whole, where a route would take any text for a path. */
const ASTERISK = [
  [],
  [['x-forwarded-proto', 'https']],
  [['x-envoy-internal', 'true']],
  [['content-type', 'application/grpc']],
  [['connection', 'close']],
] as const satisfies SceneRequest['headers'][];

export const managerCases: readonly Case[] = [
  ...ASTERISK.map((headers) => {
    const isRehearsed = headers[0]?.[0] !== 'content-type';
    return asked('no path', { method: 'OPTIONS', path: '*', headers }, isRehearsed);
  }),
  ...['schemes', 'schemes at the edge'].flatMap((scene) =>
    TARGETS.flatMap((path) => [
      asked(scene, { path }, path === '/x'),
      ...['https', 'HTTPS', 'ftp'].map((proto) =>
        asked(scene, { path, headers: [['x-forwarded-proto', proto]] }, path === '/x'),
      ),
    ]),
  ),
  ...DOTS.map((path) => asked('normal', { path })),
  ...['strip matching', 'strip any', 'strip dot', 'strip both', 'ignore port'].flatMap((scene) =>
    HOSTS.map((name) => asked(scene, { path: '/', host: name })),
  ),
  asked(
    'schemes',
    {
      path: '/x',
      headers: [
        ['trailer', 'x'],
        ['http2-settings', 'AA'],
        ['keep-alive', '1'],
      ],
    },
    false,
  ),
  asked('via', { path: '/direct' }),
  asked('via', { path: '/none' }),
  asked('via', { path: '/none', headers: [['via', '1.0 old']] }),
  asked('via', { path: '/elsewhere' }),
  asked('forwarded port', { path: '/', headers: [['x-forwarded-port', '99']] }),
  asked('tls', { path: '/p?q', host: 'all.test' }),
  asked('tls', { path: '/p?q', host: 'all.test:80' }),
  asked('tls', { path: '/jwt', host: 'all.test' }),
  asked('tls', { path: '/p', host: 'all.test', headers: [['x-forwarded-proto', 'https']] }),
  asked('tls', { path: '/p', host: 'all.test', headers: [['content-type', 'application/grpc']] }, false),
  ...[
    [],
    [['x-forwarded-for', '10.0.0.1']],
    [['x-envoy-internal', 'true']],
    [['x-forwarded-proto', 'https']],
  ].map((headers) =>
    asked('tls', { path: '/p?q', host: 'external.test', headers: headers as [string, string][] }),
  ),
  asked('tls', { path: '/p', host: 'other.test' }),
  asked('tls', { path: '/p', host: 'other.test', headers: [['x-envoy-attempt-count', '7']] }),
  asked('tls', { path: '/jwt', host: 'other.test' }),
  asked('tls', { path: '/dead', host: 'other.test' }, false),
  ...PATHS.map((path) => asked('parameters', { path })),
  ...COOKIES.map((lines) =>
    asked('conditions', { path: '/cookie', headers: lines.map((line) => ['cookie', line] as const) }),
  ),
  asked('conditions', { path: '/share' }),
  asked('conditions', { path: '/certificate' }),
  asked('conditions', { path: '/state' }),
  asked('conditions', { path: '/grpc' }),
  ...TYPES.map((type) => asked('conditions', { path: '/grpc', headers: [['content-type', type]] }, false)),
];
