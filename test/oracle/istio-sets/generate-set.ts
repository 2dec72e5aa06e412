import type { Random } from '../../fuzz/random.ts';
import type { Manifest } from './manifest.ts';

const NAMESPACE = 'foo';
const ROOT = 'istio-system';
const LABELS = { app: 'gate' };

export const PATHS = [
  '/',
  '/a',
  '/a/b',
  '/a/b/c',
  '/admin',
  '/public/x',
  '/A',
  '/a%2Fb',
  '//a',
  '/a/../b',
  '/b',
];
export const HOSTS = ['a.test', 'b.test', 'A.test:80', 'x.example.com'];
export const METHODS = ['GET', 'POST', 'OPTIONS', 'DELETE'];
export const TEAMS = ['', 'red', 'blue', 'red,blue', 'dark-red'];

const PATH_PATTERNS = [
  '/',
  '/a',
  '/a*',
  '/a/*',
  '*b',
  '*',
  '/admin',
  '/public/*',
  '/a/{*}',
  '/a/{**}',
  '/{*}/b',
  '/{**}/c',
  '/a/{*}/c',
];
const HOST_PATTERNS = ['a.test', 'A.TEST', '*.test', 'b.*', '*', 'a.test:*', '*.example.com'];
const METHOD_PATTERNS = ['GET', 'POST', 'P*', '*T', '*', 'OPTIONS'];
const PRINCIPALS = [
  '*',
  'test-issuer-1@istio.io/sub-1',
  'test-issuer-1@istio.io/*',
  'test-issuer-2*',
  '*/sub-2',
  '*sub-1',
  'nobody',
];
const CIDRS = ['127.0.0.0/8', '10.0.0.0/8', '127.0.0.1', '::1'];
const CONDITIONS: readonly (readonly [key: string, values: readonly string[]])[] = [
  ['request.auth.claims[groups]', ['group-1', 'group-2', 'group*', '*', '*-1']],
  ['request.auth.claims[sub]', ['sub-1', 'sub-*', '*2', '*']],
  ['request.auth.claims[scope]', ['read', 'write', '*']],
  ['request.auth.claims[permission]', ['write', 'read']],
  ['request.auth.claims[nested][key1]', ['valueA', 'valueB', 'value*']],
  ['request.auth.claims[iat]', ['1562182722', '*']],
  ['request.auth.audiences', ['foo', 'buzz', '*']],
  ['request.auth.presenter', ['bar', '*']],
  ['request.auth.principal', ['test-issuer-1@istio.io/sub-1', '*']],
  ['request.headers[x-team]', ['red', 'blue', '*red', 'dark*', '*']],
  ['request.headers[:method]', ['GET']],
  ['source.ip', ['127.0.0.1', '10.0.0.0/8']],
  ['remote.ip', ['127.0.0.0/8', '::1']],
];

const some = <T>(random: Random, choices: readonly T[], most = 2): T[] =>
  Array.from({ length: 1 + random.below(most) }, () => random.pick(choices));

/** Fields with lists of one to three values, each there with this probability; null when none is. */
function fields(random: Random, table: Readonly<Record<string, readonly string[]>>, chance: number) {
  const entries = Object.entries(table).flatMap(([name, values]) =>
    random.chance(chance) ? [[name, some(random, values, 3)] as const] : [],
  );
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

const SOURCE = {
  requestPrincipals: PRINCIPALS,
  notRequestPrincipals: PRINCIPALS,
  ipBlocks: CIDRS,
  notIpBlocks: CIDRS,
  remoteIpBlocks: CIDRS,
  notRemoteIpBlocks: CIDRS,
};

const OPERATION = {
  hosts: HOST_PATTERNS,
  notHosts: HOST_PATTERNS,
  methods: METHOD_PATTERNS,
  notMethods: METHOD_PATTERNS,
  paths: PATH_PATTERNS,
  notPaths: PATH_PATTERNS,
  notPorts: ['1', '2'],
};

function condition(random: Random) {
  const [key, choices] = random.pick(CONDITIONS);
  const shape = random.below(4);
  return {
    key,
    ...(shape !== 1 ? { values: some(random, choices) } : {}),
    ...(shape === 1 || shape === 2 ? { notValues: some(random, choices) } : {}),
  };
}

function rule(random: Random) {
  const from = random.chance(0.5) ? fields(random, SOURCE, 0.2) : null;
  const to = random.chance(0.7) ? fields(random, OPERATION, 0.25) : null;
  const second = to !== null && random.chance(0.3) ? fields(random, OPERATION, 0.3) : null;
  return {
    ...(from === null ? {} : { from: [{ source: from }] }),
    ...(to === null
      ? {}
      : { to: [to, ...(second === null ? [] : [second])].map((operation) => ({ operation })) }),
    ...(random.chance(0.4)
      ? { when: Array.from({ length: 1 + random.below(2) }, () => condition(random)) }
      : {}),
  };
}

function policy(random: Random, index: number): Manifest {
  const action = random.pick(['ALLOW', 'ALLOW', 'DENY', 'AUDIT']);
  const isEmpty = action === 'ALLOW' && random.chance(0.05);
  const count = isEmpty ? 0 : 1 + random.below(3);
  return {
    apiVersion: `security.istio.io/${random.pick(['v1', 'v1beta1'])}`,
    kind: 'AuthorizationPolicy',
    metadata: { name: `policy-${index}`, namespace: random.chance(0.2) ? ROOT : NAMESPACE },
    spec: {
      ...(random.chance(0.5) ? { selector: { matchLabels: LABELS } } : {}),
      ...(action === 'ALLOW' && random.chance(0.5) ? {} : { action }),
      ...(count === 0 ? {} : { rules: Array.from({ length: count }, () => rule(random)) }),
    },
  };
}

function jwtRule(random: Random, issuer: string, jwks: string) {
  const place = random.below(6);
  return {
    issuer,
    jwks,
    ...(random.chance(0.25) ? { audiences: some(random, ['foo', 'bar', 'buzz']) } : {}),
    ...(random.chance(0.3) ? { forwardOriginalToken: true } : {}),
    ...(random.chance(0.3) ? { outputPayloadToHeader: 'x-payload' } : {}),
    ...(random.chance(0.3) ? { outputClaimToHeaders: [{ header: 'x-sub', claim: 'sub' }] } : {}),
    ...(random.chance(0.2) ? { spaceDelimitedClaims: ['custom_scope'] } : {}),
    ...(place === 0 ? { fromHeaders: [{ name: 'x-token', prefix: 'Token ' }] } : {}),
    ...(place === 1 ? { fromParams: ['token'] } : {}),
    ...(place === 2
      ? { fromCookies: ['session'], fromHeaders: [{ name: 'authorization', prefix: 'Bearer ' }] }
      : {}),
  };
}

function requests(random: Random, jwks: string): Manifest[] {
  const issuers = ['test-issuer-1@istio.io', 'test-issuer-2@istio.io', 'test-issuer-3@istio.io'];
  const chosen = issuers.filter(() => random.chance(0.5));
  if (chosen.length === 0) return [];
  const rules = chosen.map((issuer) => jwtRule(random, issuer, jwks));
  const split = random.chance(0.3) ? [rules.slice(0, 1), rules.slice(1)] : [rules];
  return split
    .filter((part) => part.length > 0)
    .map((jwtRules, index) => ({
      apiVersion: 'security.istio.io/v1',
      kind: 'RequestAuthentication',
      metadata: { name: `request-${index}`, namespace: index === 0 ? NAMESPACE : ROOT },
      spec: { selector: { matchLabels: LABELS }, jwtRules },
    }));
}

const CLAIMS = [
  '@request.auth.claims.sub',
  '@request.auth.claims[groups]',
  '@request.auth.claims[nested][key1]',
];

function textMatch(random: Random, texts: readonly string[]) {
  const text = random.pick(texts);
  return random.pick([{ exact: text }, { prefix: text.slice(0, 3) }, { regex: `${text.slice(0, 2)}.*` }]);
}

function routeMatch(random: Random) {
  const claim = random.pick(CLAIMS);
  const values = ['sub-1', 'sub-2', 'group-1', 'valueA'];
  return {
    uri: random.pick([{ prefix: '/a' }, { exact: '/a/b' }, { prefix: '/' }, { regex: '/[ab](/.*)?' }]),
    ...(random.chance(0.3) ? { method: { exact: random.pick(METHODS) } } : {}),
    ...(random.chance(0.3) ? { headers: { 'x-team': textMatch(random, ['red', 'blue']) } } : {}),
    ...(random.chance(0.3) ? { headers: { [claim]: textMatch(random, values) } } : {}),
    ...(random.chance(0.15) ? { withoutHeaders: { [claim]: textMatch(random, values) } } : {}),
    ...(random.chance(0.15) ? { withoutHeaders: { 'x-team': { exact: 'red' } } } : {}),
    ...(random.chance(0.15) ? { ignoreUriCase: true } : {}),
    ...(random.chance(0.15) ? { queryParams: { v: { exact: '1' } } } : {}),
  };
}

function httpRoute(random: Random) {
  const match = random.chance(0.9) ? { match: [routeMatch(random)] } : {};
  const kind = random.below(8);
  if (kind === 0)
    return { ...match, redirect: { uri: '/elsewhere', redirectCode: random.pick([301, 302, 307]) } };
  if (kind === 1)
    return { ...match, directResponse: { status: random.pick([200, 503]), body: { string: 'direct' } } };
  return {
    ...match,
    ...(kind === 2 ? { rewrite: { uri: '/rewritten/' } } : {}),
    ...(kind === 3 ? { rewrite: { uriRegexRewrite: { match: '/a/(.*)', rewrite: '/x/\\1' } } } : {}),
    ...(kind === 4 ? { headers: { request: { set: { 'x-route': 'set' }, remove: ['x-team'] } } } : {}),
    route: [{ destination: { host: 'app', port: { number: 80 } } }],
  };
}

function routing(random: Random): Manifest[] {
  const metadata = (name: string) => ({ name, namespace: NAMESPACE });
  const hosts = random.pick([['*'], ['a.test', '*.example.com'], ['*.test']]);
  return [
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Gateway',
      metadata: metadata('gateway'),
      spec: {
        selector: LABELS,
        servers: [{ port: { number: 8080, name: 'http', protocol: 'HTTP' }, hosts }],
      },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: metadata('routes'),
      spec: {
        hosts: random.pick([['*'], ['a.test'], ['a.test', 'x.example.com']]),
        gateways: ['gateway'],
        http: Array.from({ length: 1 + random.below(4) }, () => httpRoute(random)),
      },
    },
  ];
}

/** A set of manifests for one gateway: tokens, policies, and in half of the sets routes. */
export function generateSet(random: Random, jwks: string): Manifest[] {
  const policies = Array.from({ length: random.below(5) }, (_, index) => policy(random, index));
  const routes = random.chance(0.5) ? routing(random) : [];
  return [...requests(random, jwks), ...policies, ...routes];
}
