/** The few words that configurations and requests are made of, so that they meet often. */

export const PATHS = [
  '/',
  '/a',
  '/a/',
  '/a/b',
  '/ab',
  '/api',
  '/api/v1',
  '/api/v1/users',
  '/API/V1',
  '/admin',
  '/admin/x.json',
  '/b',
  '/public',
  '/public/a',
  '/.well-known/jwks',
] as const;

/** Spellings that normalisation may or may not undo. */
export const ODD_PATHS = [
  '//a',
  '/a//b',
  '/./a',
  '/public/../admin',
  '/public/%2e%2e/admin',
  '/public/..%2fadmin',
  '/%61',
  '/%61pi/v1',
  '/a%2fb',
  '/a%2Fb',
  '/a%5cb',
  '/a\\b',
  '/a;v=1',
  '/admin;/x',
  '/..;/admin',
  '/a/..',
  '/a/.',
  '/../../admin',
  '/a%00',
  '/a%',
  '/a%zz',
  '/a%20b',
  '/a+b',
  '/a|b',
  '/a"b',
  '/%E2%82%AC',
  '/é',
  '/a~b',
  '/a%7eb',
  '/a/b/../../admin',
] as const;

/** With a dot at their end. */
export const DOTTED_HOSTS = ['host.test.', 'a.test.:8080', 'a.host.test..', '.'] as const;

export const HOSTS = [
  'host.test',
  'HOST.test',
  'a.host.test',
  'b.a.host.test',
  'a.test',
  'a.test:8080',
  'host.test:80',
  '127.0.0.1',
  '[::1]:80',
] as const;

export const DOMAINS = [
  'host.test',
  'a.test',
  '*.host.test',
  '*.a.host.test',
  '*.test',
  'a.*',
  'host.*',
  '*-x.test',
  'a.test:8080',
  '127.0.0.1',
] as const;

/** What a route may take its cluster's name from. */
export const CLUSTER_HEADER = 'x-cluster';

export const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH'] as const;

export const HEADERS = ['x-a', 'x-b', 'x-role', 'x-user', 'X-Mixed', 'user-agent', 'accept'] as const;
export const VALUES = [
  'a',
  'b',
  'ab',
  'A',
  'alice',
  'admin',
  '1',
  '12',
  '+2',
  '',
  'a,b',
  'a b',
  'é',
] as const;

export const PARAMETERS = ['x', 'y', 'X', 'token'] as const;
export const PARAMETER_VALUES = ['a', 'b', '1', '', 'A', 'a%62', 'a+b', '%zz', 'a=b'] as const;

export const ISSUERS = ['i', 'https://issuer.test', 'https://issuer.test/', 'I', 'ü'] as const;
export const AUDIENCES = ['a', 'b', 'https://a', 'https://a/', 'http://b/', 'svc', 'HTTP://a', ''] as const;
export const SUBJECTS = ['alice', 'bob', 'test@example.com', 'spiffe://x/y', 'é', ''] as const;

/** Claims beside the registered ones, each with the values that it is given. */
export const CLAIMS: Record<string, readonly unknown[]> = {
  role: ['admin', 'user', 'Admin', '', ' a ', 'é'],
  groups: [['dev', 'ops'], ['dev'], [], 'dev', [1, 'x', null, true], [['dev']]],
  admin: [true, false, 'true', null],
  level: [3, 0, -5, 1.5, 1e-7, 2 ** 53, 2 ** 64, 1_700_000_000, -0, 1e300],
  scope: ['read write', 'read', ' read  write ', ' ', '', ['read']],
  nested: [{ role: 'r1' }, { role: ['r1', 'r2'] }, { 'a.b': 'dotted' }, {}, 'text', { role: { deep: 1 } }],
  'a.b': ['dotted', 1],
  'https://x.test/roles': [['admin'], 'admin'],
  __proto__x: ['p'],
  constructor: ['c', { name: 'n' }],
  odd: ['a\nb', 'a\tb', '\u007f', '\u0000', 'x'.repeat(300), '€', '<&>'],
};

/** Where filters leave metadata, and where routes and other filters have theirs. */
export const NAMESPACES = ['envoy.filters.http.jwt_authn', 'mine'] as const;

export const APPEND_ACTIONS = [
  'APPEND_IF_EXISTS_OR_ADD',
  'ADD_IF_ABSENT',
  'OVERWRITE_IF_EXISTS_OR_ADD',
  'OVERWRITE_IF_EXISTS',
] as const;

/** Ways down to claims. */
export const CLAIM_PATHS: readonly (readonly string[])[] = [
  ['sub'],
  ['iss'],
  ['aud'],
  ['exp'],
  ['role'],
  ['groups'],
  ['admin'],
  ['level'],
  ['scope'],
  ['nested'],
  ['nested', 'role'],
  ['nested', 'role', 'deep'],
  ['nested', 'a.b'],
  ['a.b'],
  ['a', 'b'],
  ['https://x.test/roles'],
  ['constructor'],
  ['constructor', 'name'],
  ['toString'],
  ['missing'],
  ['odd'],
];

/** The words of a text, which may go over several lines. */
export const wordsOf = (text: string): string[] => text.trim().split(/\s+/);

/** Names of which a request may have several lines: those that Envoy joins and those that it keeps apart. */
export const REPEATED = wordsOf(`
  accept accept-encoding authorization cache-control content-type origin referer user-agent via
  x-forwarded-host x-forwarded-port x-forwarded-proto x-forwarded-for if-unmodified if-match
  if-none-match if-modified-since if-unmodified-since if-range pragma content-encoding cdn-loop
  proxy-status grpc-timeout grpc-accept-encoding access-control-request-method
  access-control-request-headers access-control-request-private-network x-client-trace-id
  x-envoy-attempt-count x-envoy-decorator-operation x-envoy-downstream-service-cluster
  x-envoy-downstream-service-node x-envoy-external-address x-envoy-is-timeout-retry
  x-envoy-original-host x-envoy-original-path x-envoy-internal x-envoy-retry-on x-envoy-max-retries
  x-envoy-upstream-rq-timeout-ms x-envoy-force-trace x-envoy-ip-tags x-forwarded-client-cert
  accept-language cookie range forwarded x-a x-real-ip etag location age x-custom date server
`);
