import { createTokenSigner, EXPIRES_LATE } from '../../e2e/token-signer.ts';
import { type Case, jwtAuthn, rbac, type Scene } from './scene.ts';

const signer = createTokenSigner('RS256');
const ISS = 'i';
const PAYLOAD = {
  iss: ISS,
  sub: 'alice',
  exp: EXPIRES_LATE,
  groups: ['dev', 'ops'],
  admin: true,
  level: 3,
  nothing: null,
  nested: { role: 'r1', list: [1, 'x'] },
  accent: 'é',
};
const token = signer.sign(PAYLOAD);

const authn = jwtAuthn({
  providers: {
    p: { issuer: ISS, payload_in_metadata: 'payload', local_jwks: { inline_string: signer.jwks } },
  },
  rules: [{ match: { prefix: '/' }, requires: { allow_missing: {} } }],
});

const anyPrincipal = [{ any: true }];
const anyPermission = [{ any: true }];
const claim = (path: string[], value: object, invert = false) => ({
  filter: 'envoy.filters.http.jwt_authn',
  path: ['payload', ...path].map((key) => ({ key })),
  value,
  invert,
});
const is = (value: string) => ({ string_match: { exact: value } });
const oneOf = (value: object) => ({ list_match: { one_of: value } });

/** Each under its own path: a principal that lets a request pass. */
const PRINCIPALS: Record<string, object> = {
  sub: { metadata: claim(['sub'], is('alice')) },
  'not-sub': { metadata: claim(['sub'], is('alice'), true) },
  'sub-list': { metadata: claim(['sub'], oneOf(is('alice'))) },
  group: { metadata: claim(['groups'], oneOf(is('ops'))) },
  'group-text': { metadata: claim(['groups'], is('ops')) },
  admin: { metadata: claim(['admin'], { bool_match: true }) },
  level: { metadata: claim(['level'], { double_match: { exact: 3 } }) },
  range: { metadata: claim(['level'], { double_match: { range: { start: 1, end: 3 } } }) },
  null: { metadata: claim(['nothing'], { null_match: {} }) },
  'missing-null': { metadata: claim(['missing'], { null_match: {} }) },
  present: { metadata: claim(['nothing'], { present_match: true }) },
  absent: { metadata: claim(['missing'], { present_match: false }) },
  'missing-inverted': { metadata: claim(['missing'], is('x'), true) },
  nested: { metadata: claim(['nested', 'role'], is('r1')) },
  'nested-or': {
    metadata: claim(['nested', 'role'], { or_match: { value_matchers: [is('r0'), is('r1')] } }),
  },
  'nested-number': { metadata: claim(['nested', 'list'], oneOf({ double_match: { exact: 1 } })) },
  accent: { metadata: claim(['accent'], { string_match: { safe_regex: { regex: '..' } } }) },
  header: { header: { name: 'x-user', string_match: { exact: 'alice' } } },
  'not-header': { not_id: { header: { name: 'x-user', string_match: { exact: 'alice' } } } },
  and: { and_ids: { ids: [{ header: { name: 'x-user' } }, { metadata: claim(['sub'], is('alice')) }] } },
  or: { or_ids: { ids: [{ header: { name: 'x-user' } }, { metadata: claim(['sub'], is('alice')) }] } },
  ip: { direct_remote_ip: { address_prefix: '127.0.0.0', prefix_len: 8 } },
  'source-ip': { source_ip: { address_prefix: '10.0.0.0', prefix_len: 8 } },
  'remote-ip': { remote_ip: { address_prefix: '10.1.0.0', prefix_len: 16 } },
};

const allowing: Scene = {
  name: 'allow',
  filters: [
    authn,
    rbac({
      rules: {
        action: 'ALLOW',
        policies: Object.fromEntries(
          Object.entries(PRINCIPALS).map(([name, principal]) => [
            `policy ${name}`,
            { permissions: [{ url_path: { path: { exact: `/${name}` } } }], principals: [principal] },
          ]),
        ),
      },
    }),
  ],
};

const PERMISSIONS: Record<string, object> = {
  exact: { url_path: { path: { exact: '/exact' } } },
  prefix: { url_path: { path: { prefix: '/prefix' } } },
  folded: { url_path: { path: { prefix: '/Folded', ignore_case: true } } },
  suffix: { url_path: { path: { suffix: '.secret' } } },
  regex: { url_path: { path: { safe_regex: { regex: '/regex/[a-z]+' } } } },
  'path-header': { header: { name: ':path', string_match: { contains: '?danger' } } },
  method: {
    and_rules: {
      rules: [
        { header: { name: ':method', string_match: { exact: 'DELETE' } } },
        { url_path: { path: { prefix: '/m' } } },
      ],
    },
  },
  either: {
    or_rules: {
      rules: [{ url_path: { path: { exact: '/e1' } } }, { url_path: { path: { prefix: '/e2' } } }],
    },
  },
  not: {
    and_rules: {
      rules: [{ not_rule: { header: { name: 'x-ok' } } }, { url_path: { path: { prefix: '/n' } } }],
    },
  },
  port: { and_rules: { rules: [{ destination_port: 1 }, { url_path: { path: { exact: '/port' } } }] } },
  server: {
    and_rules: {
      rules: [{ requested_server_name: { exact: 'x' } }, { url_path: { path: { exact: '/server' } } }],
    },
  },
  address: {
    and_rules: {
      rules: [
        { destination_ip: { address_prefix: '127.0.0.1', prefix_len: 32 } },
        { url_path: { path: { exact: '/address' } } },
      ],
    },
  },
};

const denying: Scene = {
  name: 'deny',
  filters: [
    rbac({
      rules: {
        action: 'DENY',
        policies: Object.fromEntries(
          Object.entries(PERMISSIONS).map(([name, permission]) => [
            name,
            { permissions: [permission], principals: anyPrincipal },
          ]),
        ),
      },
    }),
  ],
};

const empty = (name: string, action: string): Scene => ({ name, filters: [rbac({ rules: { action } })] });

const shadowed: Scene = {
  name: 'shadow',
  filters: [
    rbac({
      shadow_rules: {
        action: 'DENY',
        policies: { all: { permissions: anyPermission, principals: anyPrincipal } },
      },
    }),
    rbac({
      rules: { action: 'LOG', policies: { all: { permissions: anyPermission, principals: anyPrincipal } } },
    }),
  ],
  routeConfig: {
    request_headers_to_add: [
      { header: { key: 'x-shadow', value: '%DYNAMIC_METADATA(envoy.filters.http.rbac)%' } },
      { header: { key: 'x-hint', value: '%DYNAMIC_METADATA(envoy.common)%' } },
    ],
    virtual_hosts: [
      { name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: 'origin' } }] },
    ],
  },
};

const bearer = ['authorization', `Bearer ${token}`] as const;

const allowCases: Case[] = [...Object.keys(PRINCIPALS), 'nobody'].flatMap((name) =>
  (
    [
      ['without a token', []],
      ['with a token', [bearer]],
      ['with token and header', [bearer, ['x-user', 'alice'], ['x-forwarded-for', '10.2.0.1, 10.1.0.1']]],
      [
        'with another header',
        [
          ['x-user', 'bob'],
          ['x-forwarded-for', '10.1.0.1, 10.2.0.1'],
        ],
      ],
    ] as const
  ).map(([how, headers]) => ({
    name: `allow ${name} ${how}`,
    scene: 'allow',
    request: { path: `/${name}?x`, headers },
  })),
);

const denyPaths = [
  '/exact',
  '/exact?x',
  '/exact/',
  '/prefixed',
  '/FOLDED',
  '/a.secret',
  '/a.secret?x',
  '/regex/abc',
  '/regex/',
  '/x?danger',
  '/e1',
  '/e2x',
  '/m',
  '/n',
  '/port',
  '/server',
  '/address',
  '/free',
];

export const rbacScenes: readonly Scene[] = [
  allowing,
  denying,
  empty('empty-allow', 'ALLOW'),
  empty('empty-deny', 'DENY'),
  empty('empty-log', 'LOG'),
  { name: 'no-rules', filters: [rbac({})] },
  shadowed,
];

export const rbacCases: readonly Case[] = [
  ...allowCases,
  ...denyPaths.map((path) => ({ name: `deny ${path}`, scene: 'deny', request: { path } })),
  { name: 'deny DELETE', scene: 'deny', request: { method: 'DELETE', path: '/m' } },
  { name: 'deny unless ok', scene: 'deny', request: { path: '/n', headers: [['x-ok', '1']] } },
  ...['empty-allow', 'empty-deny', 'empty-log', 'no-rules', 'shadow'].map((scene) => ({
    name: scene,
    scene,
    request: { path: '/' },
  })),
];
