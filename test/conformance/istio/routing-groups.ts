import type { DecisionCase, DecisionGroup } from './decision-groups.ts';

/** Routes of VirtualServices at a gateway: by claims (istio.md §1.9, §3.5.4) and by everything else (§1.8). */
export function routingGroups(tokens: Readonly<Record<string, string>>, jwks: string): DecisionGroup[] {
  return [
    claimRoutes(tokens, jwks),
    claimsWithoutRequests(tokens),
    routes(),
    hosts(),
    httpsRedirect(),
    cors(),
  ];
}

const ROOT = 'istio-system';

const gateway = (hosts: string, port = 'port: { number: 8080, name: http, protocol: HTTP }') =>
  `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: gw, namespace: ${ROOT} }
spec:
  selector: { istio: ingressgateway }
  servers:
  - ${port}
    hosts: [${hosts}]
`;

const service = (name: string, hosts: string, http: string) => `---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}, namespace: apps }
spec:
  hosts: [${hosts}]
  gateways: [${ROOT}/gw]
  http:
${http}`;

const TO_APP = 'route: [{ destination: { host: app, port: { number: 80 } } }]';

const NOT_FOUND = { status: 404, body: '' };
const EXPIRED = { status: 401, body: 'Jwt is expired' };

const ONE = 'TokenIssuer1WithNestedClaims1';
const OTHER = 'TokenIssuer1WithCollisionResistantName';
const CLAIM = '@request.auth.claims';

/** What a route asks for, whose token comes, what else the client sends, and the status. */
type ClaimRow = readonly [
  match: string,
  token: string,
  want: 200 | 401 | 404,
  headers?: Record<string, string>,
];

const CLAIM_ROWS: readonly ClaimRow[] = [
  ['headers: { x-jwt-nested-key: { exact: valueC } }', 'TokenIssuer1WithNestedClaims2', 200],
  [
    'headers: { x-jwt-nested-key: { exact: valueC } }',
    'TokenIssuer1WithNestedClaims2',
    200,
    { 'x-jwt-nested-key': 'other' },
  ],
  [
    'headers: { x-jwt-iss: { exact: test-issuer-1@istio.io }, x-jwt-nested-key: { exact: valueC } }',
    'TokenIssuer1WithNestedClaims2',
    200,
  ],
  ['headers: { x-jwt-wrong: { exact: valueC } }', ONE, 404, { 'x-jwt-wrong': 'valueC' }],
  [`headers: { "${CLAIM}.nested.key1": { exact: valueA } }`, ONE, 200],
  [`headers: { "${CLAIM}.nested.key1": { exact: valueB } }`, ONE, 200],
  [`headers: { "${CLAIM.toUpperCase()}.nested.key1": { exact: valueB } }`, ONE, 200],
  [`headers: { "${CLAIM}.nested.KEY1": { exact: valueB } }`, ONE, 404],
  [`headers: { "${CLAIM}.sub": { prefix: sub } }`, ONE, 200],
  [`headers: { "${CLAIM}.sub": { prefix: ub } }`, ONE, 404],
  [`headers: { "${CLAIM}.sub": { regex: "(\\\\W|^)(sub-1|sub-2)(\\\\W|$)" } }`, ONE, 200],
  [`headers: { "${CLAIM}.nested.key1": { regex: "(\\\\W|^)value[AB](\\\\W|$)" } }`, ONE, 200],
  [`headers: { "${CLAIM}.nested.key1": { exact: valueA }, "${CLAIM}.sub": { exact: sub-1 } }`, ONE, 200],
  [`headers: { "${CLAIM}.nested.key1": { exact: valueA }, "${CLAIM}.sub": { exact: none } }`, ONE, 404],
  [`headers: { "${CLAIM}.sub": { exact: sub-2 } }`, ONE, 404],
  [`withoutHeaders: { "${CLAIM}.nested.key1": { exact: other } }`, ONE, 200],
  [`withoutHeaders: { "${CLAIM}.nested.key1": { exact: valueA } }`, ONE, 404],
  [`headers: { "${CLAIM}.nested.key1": { exact: valueA } }`, 'TokenExpired', 401],
  [`headers: { "${CLAIM}.nested.key1": { exact: valueA } }`, '', 404],
  [
    `headers: { "${CLAIM}.nested.key1": { exact: valueA } }`,
    '',
    404,
    { 'request.auth.claims.nested.key1': 'valueA' },
  ],
  [`withoutHeaders: { "${CLAIM}.nested.key1": { exact: valueA } }`, '', 200],
  [`headers: { "${CLAIM}[nested][key1]": { exact: valueA } }`, ONE, 200],
  [`headers: { "${CLAIM}[nested][nested-2][key1]": { exact: valueB } }`, ONE, 200],
  [`headers: { "${CLAIM}[sub]": { prefix: sub } }`, ONE, 200],
  [`headers: { "${CLAIM}[nested][key1]": { exact: none } }`, ONE, 404],
  [`withoutHeaders: { "${CLAIM}[nested][key1]": { exact: valueA } }`, ONE, 404],
  [`headers: { "${CLAIM}[test-issuer-1@istio.io/simple]": { exact: valueC } }`, OTHER, 200],
  [`headers: { "${CLAIM}[test-issuer-1@istio.io/simple]": { exact: valueD } }`, OTHER, 404],
  [`headers: { "${CLAIM}[test-issuer-1@istio.io/nested][key1]": { exact: valueC } }`, OTHER, 200],
  [`headers: { "${CLAIM}[test-issuer-1@istio.io/nested][nested-2][key1]": { exact: valueC } }`, OTHER, 200],
  [`headers: { "${CLAIM}.[nested]": { exact: valueA } }`, ONE, 404],
  [`headers: { "${CLAIM}[nested]": { exact: valueA } }`, ONE, 404],
  [`headers: { "${CLAIM}.iat": { exact: "1602008018" } }`, ONE, 404],
];

function claimRoutes(tokens: Readonly<Record<string, string>>, jwks: string): DecisionGroup {
  const routes = CLAIM_ROWS.map(
    ([match], index) => `  - match: [{ uri: { exact: /${index} }, ${match} }]\n    ${TO_APP}\n`,
  );
  return {
    name: 'routes by claims',
    manifests: `${gateway('"*"')}---
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: { name: jwt, namespace: ${ROOT} }
spec:
  jwtRules:
  - issuer: test-issuer-1@istio.io
    jwks: ${jwks}
    outputClaimToHeaders:
    - { header: x-jwt-nested-key, claim: nested.key2 }
    - { header: x-jwt-iss, claim: iss }
    - { header: x-jwt-wrong, claim: nested.wrong }
${service('claims', '"*"', routes.join(''))}`,
    cases: CLAIM_ROWS.map(([match, token, status, headers = {}], index) => ({
      name: `${match.replaceAll(/[{}"]/g, '').trim()} with ${token || 'no token'}${headersText(headers)}: ${status}`,
      path: `/${index}`,
      headers: { ...headers, ...(token === '' ? {} : { authorization: `Bearer ${tokens[token]}` }) },
      want: status === 200 ? { status } : status === 401 ? EXPIRED : NOT_FOUND,
    })),
  };
}

function headersText(headers: Record<string, string>): string {
  const names = Object.keys(headers);
  return names.length === 0 ? '' : ` and the client's ${names.join(', ')}`;
}

function claimsWithoutRequests(tokens: Readonly<Record<string, string>>): DecisionGroup {
  const http = `  - match: [{ headers: { "${CLAIM}.sub": { exact: sub-1 } } }]\n    ${TO_APP}\n`;
  return {
    name: 'a route by claims without a RequestAuthentication',
    manifests: gateway('"*"') + service('claims', '"*"', http),
    cases: [
      {
        name: 'is never taken',
        path: '/',
        headers: { authorization: `Bearer ${tokens[ONE]}` },
        want: NOT_FOUND,
      },
    ],
  };
}

const ROUTES = `  - match: [{ uri: { exact: /exact } }, { uri: { prefix: /pre/ }, ignoreUriCase: true }]
    ${TO_APP}
  - match: [{ uri: { regex: "/r/[0-9]+" }, method: { exact: GET } }]
    ${TO_APP}
  - match: [{ uri: { exact: /host }, authority: { prefix: "in." } }]
    ${TO_APP}
  - match: [{ uri: { exact: /head }, headers: { x-team: { regex: "a|b" }, x-any: {} } }]
    ${TO_APP}
  - match: [{ uri: { exact: /without }, withoutHeaders: { x-team: { exact: a }, x-any: {} } }]
    ${TO_APP}
  - match: [{ uri: { exact: /query }, queryParams: { v: { exact: "1" }, w: {} } }]
    ${TO_APP}
  - match: [{ uri: { exact: /port }, port: 9999 }]
    ${TO_APP}
  - match: [{ uri: { exact: /labels }, sourceLabels: { app: x } }]
    ${TO_APP}
  - match: [{ uri: { exact: /gateways }, gateways: [mesh] }]
    ${TO_APP}
  - match: [{ uri: { prefix: /v1 } }]
    rewrite: { uri: /v2, authority: inner.test }
    ${TO_APP}
  - match: [{ uri: { exact: /whole } }]
    rewrite: { uri: /other }
    ${TO_APP}
  - match: [{ uri: { prefix: /regex } }]
    rewrite: { uriRegexRewrite: { match: "^/regex/([^/]+)/(.*)$", rewrite: '/\\2/at/\\1' } }
    ${TO_APP}
  - match: [{ uri: { prefix: /old } }]
    redirect: { uri: /new, authority: other.test, redirectCode: 302 }
  - match: [{ uri: { exact: /secure } }]
    redirect: { scheme: https }
  - match: [{ uri: { exact: /teapot } }]
    directResponse: { status: 418, body: { string: "short and stout" } }
  - match: [{ uri: { exact: /headers } }]
    headers:
      request: { set: { x-set: new }, add: { x-add: more }, remove: [x-gone] }
    ${TO_APP}
  - match: [{ uri: { exact: /split } }]
    route:
    - { destination: { host: app, port: { number: 80 } }, weight: 1, headers: { request: { set: { x-to: app } } } }
    - { destination: { host: app2, port: { number: 80 } }, weight: 0 }
    - { destination: { host: app3, port: { number: 80 } }, weight: 1, headers: { request: { set: { x-to: app } } } }
`;

function routes(): DecisionGroup {
  const passes = (path: string, more: Partial<DecisionCase> = {}, want: object = {}): DecisionCase => ({
    name: `${more.method ?? 'GET'} ${path}${more.host === undefined ? '' : ` of ${more.host}`}${headersText(more.headers ?? {})} has a route`,
    path,
    ...more,
    want: { status: 200, ...want },
  });
  const fails = (path: string, more: Partial<DecisionCase> = {}): DecisionCase => ({
    name: `${more.method ?? 'GET'} ${path}${more.host === undefined ? '' : ` of ${more.host}`}${headersText(more.headers ?? {})} has none`,
    path,
    ...more,
    want: NOT_FOUND,
  });
  return {
    name: 'routes',
    manifests: gateway('"*"') + service('routes', '"*"', ROUTES),
    cases: [
      passes('/exact?x'),
      fails('/exact/'),
      passes('/PRE/a'),
      fails('/EXACT'),
      passes('/r/12'),
      fails('/r/12', { method: 'POST' }),
      fails('/r/12x'),
      passes('/host', { host: 'in.test' }),
      fails('/host', { host: 'out.test' }),
      passes('/head', { headers: { 'x-team': 'a', 'x-any': '' } }),
      fails('/head', { headers: { 'x-team': 'ab', 'x-any': '' } }),
      fails('/head', { headers: { 'x-team': 'a' } }),
      passes('/without'),
      passes('/without', { headers: { 'x-team': 'b' } }),
      fails('/without', { headers: { 'x-team': 'a' } }),
      fails('/without', { headers: { 'x-any': '' } }),
      passes('/query?w=&v=1'),
      fails('/query?v=1'),
      fails('/query?v=2&w'),
      fails('/port'),
      fails('/labels'),
      fails('/gateways'),
      passes('/v1/a?b=/v1', {}, { path: '/v2/a?b=/v1' }),
      passes('/whole?q', {}, { path: '/other?q' }),
      passes('/regex/a/b/c?d', {}, { path: '/b/c/at/a?d' }),
      {
        name: 'a redirect names another place and keeps the query',
        path: '/old/a?b',
        want: { status: 302, body: '', reply: { location: 'http://other.test/new?b' } },
      },
      {
        name: 'a redirect to https',
        host: 'a.test:80',
        path: '/secure?b',
        want: { status: 301, body: '', reply: { location: 'https://a.test/secure?b' } },
      },
      {
        name: 'a reply of its own',
        path: '/teapot',
        want: { status: 418, body: 'short and stout' },
      },
      passes(
        '/headers',
        { headers: { 'x-set': 'old', 'x-add': 'some', 'x-gone': 'x' } },
        { forwarded: { 'x-set': 'new', 'x-gone': null, 'x-add': 'some,more' } },
      ),
      passes('/split', {}, { forwarded: { 'x-to': 'app' } }),
      fails('/'),
    ],
  };
}

function hosts(): DecisionGroup {
  const all = `  - ${TO_APP}\n`;
  const row = (host: string, found: boolean): DecisionCase => ({
    name: `${host} ${found ? 'is found' : 'is not found'}`,
    host,
    path: '/',
    want: found ? { status: 200 } : NOT_FOUND,
  });
  return {
    name: "hosts that a server and a VirtualService have in common; others' namespaces",
    manifests:
      gateway('"*.example.com", exact.test, apps/ours.test, other/theirs.test') +
      service('a', 'a.example.com, "*.test", elsewhere.org', all) +
      service('ours', 'ours.test', all) +
      service('theirs', 'theirs.test', all),
    cases: [
      row('a.example.com', true),
      row('A.Example.COM:8080', true),
      row('b.example.com', false),
      row('exact.test', true),
      row('inexact.test', false),
      row('elsewhere.org', false),
      row('ours.test', true),
      row('theirs.test', false),
    ],
  };
}

function cors(): DecisionGroup {
  const preflight = (origin: string) => ({ origin, 'access-control-request-method': 'GET' });
  const http = `  - match: [{ uri: { prefix: /a } }]
    corsPolicy:
      allowOrigins: [{ exact: "https://a.test" }, { prefix: "https://b." }]
      allowMethods: [GET, POST]
      allowHeaders: [x-one, x-two]
      maxAge: 1h
      allowCredentials: true
    ${TO_APP}
  - ${TO_APP}
`;
  const own = { 'access-control-allow-origin': 'https://a.test', 'access-control-allow-credentials': 'true' };
  return {
    name: 'corsPolicy, which comes after the policies',
    manifests: `${gateway('"*"')}---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: deny, namespace: ${ROOT} }
spec: { action: DENY, rules: [{ to: [{ operation: { paths: [/a/deny] } }] }] }
${service('cors', '"*"', http)}`,
    cases: [
      {
        name: 'a preflight of an allowed origin is answered',
        method: 'OPTIONS',
        path: '/a',
        headers: preflight('https://a.test'),
        want: {
          status: 200,
          body: '',
          isOwn: true,
          reply: {
            ...own,
            'access-control-allow-methods': 'GET,POST',
            'access-control-allow-headers': 'x-one,x-two',
            'access-control-max-age': '3600',
          },
        },
      },
      {
        name: 'that of another goes on',
        method: 'OPTIONS',
        path: '/a',
        headers: preflight('https://c.test'),
        want: { status: 200 },
      },
      {
        name: 'a route without a policy lets it go on',
        method: 'OPTIONS',
        path: '/',
        headers: preflight('https://a.test'),
        want: { status: 200 },
      },
      {
        name: 'a refusal of the policies has no CORS headers',
        path: '/a/deny',
        headers: { origin: 'https://a.test' },
        want: { status: 403, body: 'RBAC: access denied' },
      },
    ],
  };
}

function httpsRedirect(): DecisionGroup {
  const server = 'port: { number: 8080, name: http, protocol: HTTP }\n    tls: { httpsRedirect: true }';
  return {
    name: 'httpsRedirect',
    manifests: gateway('a.test', server) + service('a', 'a.test', `  - ${TO_APP}\n`),
    cases: [
      {
        name: 'sends every request to https',
        path: '/x?y',
        want: { status: 301, body: '', reply: { location: 'https://a.test/x?y' } },
      },
      { name: 'of its hosts only', host: 'b.test', path: '/', want: NOT_FOUND },
    ],
  };
}
