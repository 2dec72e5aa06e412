import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { routingGroups } from './routing-groups.ts';
import { sampleGroups } from './sample-groups.ts';

/** Manifests and the requests that are played against them (istio.md §3.5, and users' traps of §1.4, §2.6). */
export interface DecisionGroup {
  name: string;
  manifests: string;
  cases: DecisionCase[];
}

export interface DecisionCase {
  name: string;
  method?: string;
  host?: string;
  path: string;
  headers?: Record<string, string>;
  want: {
    status: number;
    body?: string;
    /** A reply with 200 that is not the origin's. */
    isOwn?: true;
    /** Headers of the gate's own reply. */
    reply?: Record<string, string>;
    /** Headers of the forwarded request; null: not there. */
    forwarded?: Record<string, string | null>;
    /** The forwarded path, where it is not the one that was sent. */
    path?: string;
  };
}

type Tokens = Readonly<Record<string, string>>;

export function decisionGroups(folder: string): DecisionGroup[] {
  const tokens = JSON.parse(readFileSync(join(folder, 'tokens.json'), 'utf8')) as Tokens;
  const jwks = JSON.stringify(readFileSync(join(folder, 'jwks.json'), 'utf8'));
  return [
    tokenOnly(tokens, jwks),
    tokenAndPolicy(tokens, jwks),
    forwarding(tokens, jwks),
    audiences(tokens, jwks),
    locations(tokens, jwks),
    ingress(tokens, jwks),
    claims(tokens, jwks),
    paths(),
    templates(),
    hosts(),
    connection(),
    denyAll(),
    ...routingGroups(tokens, jwks),
    ...sampleGroups(folder),
  ];
}

const bearer = (token: string | undefined) => ({ authorization: `Bearer ${token}` });

const request = (rules: string) => `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: { name: jwt, namespace: foo }
spec:
  jwtRules:
${rules}`;

const policy = (name: string, spec: string) => `---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: ${name}, namespace: foo }
spec:
${spec}`;

const DENIED = { status: 403, body: 'RBAC: access denied' };
const EXPIRED = { status: 401, body: 'Jwt is expired' };
const PREFLIGHT = { origin: 'https://a.test', 'access-control-request-method': 'GET' };

function tokenOnly(tokens: Tokens, jwks: string): DecisionGroup {
  const manifests = request(`  - issuer: test-issuer-1@istio.io
    jwks: ${jwks}
    outputPayloadToHeader: x-test-payload
    outputClaimToHeaders:
    - { header: x-jwt-iss, claim: iss }
    - { header: x-jwt-iat, claim: iat }
    - { header: x-jwt-nested-claim, claim: nested.nested-2.key2 }
  - issuer: test-issuer-2@istio.io
    jwks: ${jwks}
    outputPayloadToHeader: x-test-payload
`);
  const payload = tokens['TokenIssuer1']?.split('.')[1] ?? '';
  return {
    name: 'tokens without a policy',
    manifests,
    cases: [
      {
        name: 'a good token passes, is taken off, and leaves its claims',
        path: '/',
        headers: bearer(tokens['TokenIssuer1']),
        want: {
          status: 200,
          forwarded: {
            authorization: null,
            'x-test-payload': payload,
            'x-jwt-iss': 'test-issuer-1@istio.io',
            'x-jwt-iat': '1562182722',
          },
        },
      },
      {
        name: 'the other issuer passes',
        path: '/',
        headers: bearer(tokens['TokenIssuer2']),
        want: { status: 200, forwarded: { authorization: null } },
      },
      {
        name: 'a third issuer is refused',
        path: '/',
        headers: bearer(tokens['TokenIssuer3']),
        want: { status: 401, body: 'Jwt issuer is not configured' },
      },
      {
        name: 'an expired token is refused',
        path: '/',
        headers: bearer(tokens['TokenExpired']),
        want: EXPIRED,
      },
      {
        name: 'a text that is no token is refused',
        path: '/',
        headers: bearer(tokens['TokenInvalid']),
        want: { status: 401 },
      },
      {
        name: 'a preflight passes with an expired token',
        method: 'OPTIONS',
        path: '/',
        headers: { ...bearer(tokens['TokenExpired']), ...PREFLIGHT },
        want: { status: 200 },
      },
      {
        name: 'without an origin it is no preflight',
        method: 'OPTIONS',
        path: '/',
        headers: { ...bearer(tokens['TokenExpired']), 'access-control-request-method': 'GET' },
        want: EXPIRED,
      },
      { name: 'no token passes', path: '/', want: { status: 200 } },
      {
        name: 'another scheme counts as no token',
        path: '/',
        headers: { authorization: 'Basic eDp5' },
        want: { status: 200 },
      },
      {
        name: "a client's own claim header is taken off",
        path: '/',
        headers: { 'x-jwt-iss': 'forged', 'x-test-payload': 'forged' },
        want: { status: 200, forwarded: { 'x-jwt-iss': null, 'x-test-payload': null } },
      },
      {
        name: 'nested claims reach their header',
        path: '/',
        headers: bearer(tokens['TokenIssuer1WithNestedClaims2']),
        want: { status: 200, forwarded: { 'x-jwt-iat': '1604008018', 'x-jwt-nested-claim': 'valueC' } },
      },
    ],
  };
}

function tokenAndPolicy(tokens: Tokens, jwks: string): DecisionGroup {
  return {
    name: 'a token that is asked for',
    manifests:
      request(`  - { issuer: test-issuer-1@istio.io, jwks: ${jwks} }\n`) +
      policy(
        'p',
        '  rules:\n  - from: [{source: {requestPrincipals: ["test-issuer-1@istio.io/sub-1"]}}]\n    to: [{operation: {methods: [GET]}}]\n',
      ),
    cases: [
      {
        name: 'the token passes',
        path: '/',
        headers: bearer(tokens['TokenIssuer1']),
        want: { status: 200, forwarded: { authorization: null } },
      },
      { name: 'an expired one gives 401', path: '/', headers: bearer(tokens['TokenExpired']), want: EXPIRED },
      { name: 'none gives 403', path: '/', want: DENIED },
      {
        name: 'another method gives 403',
        method: 'POST',
        path: '/',
        headers: bearer(tokens['TokenIssuer1']),
        want: DENIED,
      },
      {
        name: 'a preflight passes jwt_authn and is still subject to the policy',
        method: 'OPTIONS',
        path: '/',
        headers: PREFLIGHT,
        want: DENIED,
      },
    ],
  };
}

function forwarding(tokens: Tokens, jwks: string): DecisionGroup {
  return {
    name: 'forwardOriginalToken',
    manifests: request(`  - { issuer: test-issuer-1@istio.io, jwks: ${jwks}, forwardOriginalToken: true }\n`),
    cases: [
      {
        name: 'leaves the token in the request',
        path: '/',
        headers: bearer(tokens['TokenIssuer1']),
        want: { status: 200, forwarded: bearer(tokens['TokenIssuer1']) },
      },
    ],
  };
}

function audiences(tokens: Tokens, jwks: string): DecisionGroup {
  return {
    name: 'audiences; rules of one issuer are alternatives',
    manifests: request(`  - { issuer: test-issuer-1@istio.io, jwks: ${jwks}, audiences: [foo] }
  - { issuer: test-issuer-2@istio.io, jwks: ${jwks}, audiences: [bar] }
  - { issuer: test-issuer-2@istio.io, jwks: ${jwks} }
`),
    cases: [
      {
        name: 'a token without audience gives 403',
        path: '/',
        headers: bearer(tokens['TokenIssuer1']),
        want: { status: 403, body: 'Audiences in Jwt are not allowed' },
      },
      {
        name: 'the audience passes',
        path: '/',
        headers: bearer(tokens['TokenIssuer1WithAud']),
        want: { status: 200 },
      },
      {
        name: 'one of several audiences passes',
        path: '/',
        headers: bearer(tokens['TokenIssuer1WithAudList']),
        want: { status: 200 },
      },
      {
        name: 'the alternative without audiences passes',
        path: '/',
        headers: bearer(tokens['TokenIssuer2']),
        want: { status: 200 },
      },
    ],
  };
}

function locations(tokens: Tokens, jwks: string): DecisionGroup {
  const good = tokens['TokenIssuer1'];
  return {
    name: 'tokens in headers and parameters',
    manifests:
      request(`  - issuer: test-issuer-1@istio.io
    jwks: ${jwks}
    fromHeaders:
    - { name: x-jwt-token, prefix: "Value " }
    - { name: auth-token, prefix: "Token " }
    fromParams: [token, secondary_token]
`) + policy('p', '  rules:\n  - from: [{source: {requestPrincipals: ["test-issuer-1@istio.io/sub-1"]}}]\n'),
    cases: [
      { name: 'the first parameter', path: `/?token=${good}`, want: { status: 200 } },
      { name: 'the second parameter', path: `/?secondary_token=${good}`, want: { status: 200 } },
      { name: 'a parameter that is not listed', path: `/?token_value=${good}`, want: DENIED },
      {
        name: 'both parameters good',
        path: `/?token=${good}&secondary_token=${good}`,
        want: { status: 200 },
      },
      {
        name: 'one of them expired',
        path: `/?token=${good}&secondary_token=${tokens['TokenExpired']}`,
        want: EXPIRED,
      },
      {
        name: 'the first header',
        path: '/',
        headers: { 'x-jwt-token': `Value ${good}` },
        want: { status: 200 },
      },
      {
        name: 'the second header',
        path: '/',
        headers: { 'auth-token': `Token ${good}` },
        want: { status: 200 },
      },
      { name: 'the default header is off', path: '/', headers: bearer(good), want: DENIED },
    ],
  };
}

function ingress(tokens: Tokens, jwks: string): DecisionGroup {
  const one = bearer(tokens['TokenIssuer1']);
  const two = bearer(tokens['TokenIssuer2']);
  return {
    name: 'a gateway with rules by host',
    manifests:
      request(
        `  - { issuer: test-issuer-1@istio.io, jwks: ${jwks} }\n  - { issuer: test-issuer-2@istio.io, jwks: ${jwks} }\n`,
      ) +
      policy(
        'p',
        `  rules:
  - to: [{operation: {paths: [/healthz]}}]
  - to: [{operation: {hosts: ["example.*"]}}]
    from: [{source: {requestPrincipals: ["test-issuer-1@istio.io/sub-1"]}}]
  - to: [{operation: {hosts: ["any-request-principal-ok.*"]}}]
    from: [{source: {requestPrincipals: ["*"]}}]
`,
      ),
    cases: [
      { name: 'the open path', host: 'example.com', path: '/healthz', want: { status: 200 } },
      { name: 'no token', host: 'example.com', path: '/', want: DENIED },
      { name: 'the right subject', host: 'example.com', path: '/', headers: one, want: { status: 200 } },
      { name: 'the wrong subject', host: 'example.com', path: '/', headers: two, want: DENIED },
      {
        name: 'an expired token',
        host: 'example.com',
        path: '/',
        headers: bearer(tokens['TokenExpired']),
        want: EXPIRED,
      },
      {
        name: 'any principal, first',
        host: 'any-request-principal-ok.com',
        path: '/',
        headers: one,
        want: { status: 200 },
      },
      {
        name: 'any principal, second',
        host: 'any-request-principal-ok.com',
        path: '/',
        headers: two,
        want: { status: 200 },
      },
      { name: 'any principal, none', host: 'any-request-principal-ok.com', path: '/', want: DENIED },
      { name: 'another host', host: 'other.com', path: '/', headers: one, want: DENIED },
    ],
  };
}

const CLAIM_RULES: readonly (readonly [path: string, rule: string])[] = [
  ['/token1', 'from: [{source: {requestPrincipals: ["test-issuer-1@istio.io/sub-1"]}}]'],
  ['/token2', 'when: [{key: "request.auth.claims[groups]", values: [group-2]}]'],
  ['/token3', 'from: [{source: {notRequestPrincipals: ["test-issuer-1@istio.io/sub-1"]}}]'],
  ['/tokenAny', 'from: [{source: {requestPrincipals: ["*"]}}]'],
  ['/permission', 'when: [{key: "request.auth.claims[permission]", values: [write, append]}]'],
  ['/scope', 'when: [{key: "request.auth.claims[scope]", values: [append, write]}]'],
  ['/otherscope', 'when: [{key: "request.auth.claims[scope]", values: [admin]}]'],
  ['/custom-scope-admin', 'when: [{key: "request.auth.claims[custom_scope]", values: [admin]}]'],
  ['/custom-scope-user', 'when: [{key: "request.auth.claims[custom_scope]", values: [user]}]'],
  ['/nested-key1', 'when: [{key: "request.auth.claims[nested][key1]", values: [valueB]}]'],
  ['/nested-key2', 'when: [{key: "request.auth.claims[nested][key2]", values: [valueC]}]'],
  ['/nested-2-key1', 'when: [{key: "request.auth.claims[nested][nested-2][key1]", values: [valueA]}]'],
  ['/nested-non-exist', 'when: [{key: "request.auth.claims[nested][nope]", values: [valueA]}]'],
  ['/aud', 'when: [{key: request.auth.audiences, values: [foo]}]'],
  ['/azp', 'when: [{key: request.auth.presenter, values: [bar]}]'],
  ['/iat', 'when: [{key: "request.auth.claims[iat]", values: ["1562182722"]}]'],
  ['/not-admin', 'when: [{key: "request.auth.claims[groups]", notValues: [admin]}]'],
  ['/prefix', 'when: [{key: "request.auth.claims[groups]", values: ["group-*"]}]'],
  ['/slash', 'when: [{key: "request.auth.claims[test-issuer-1@istio.io/simple]", values: [valueC]}]'],
];

/** Who gets in: path, token, verdict. */
const CLAIM_ROWS: readonly (readonly [path: string, token: string, allowed: boolean])[] = [
  ['/token1', '', false],
  ['/token1', 'TokenIssuer1', true],
  ['/token1', 'TokenIssuer2', false],
  ['/token2', '', false],
  ['/token2', 'TokenIssuer1', false],
  ['/token2', 'TokenIssuer2', true],
  ['/token3', 'TokenIssuer1', false],
  ['/token3', 'TokenIssuer2', true],
  ['/token3', '', true],
  ['/tokenAny', 'TokenIssuer1', true],
  ['/tokenAny', 'TokenIssuer2', true],
  ['/tokenAny', '', false],
  ['/permission', 'TokenIssuer1', false],
  ['/permission', 'TokenIssuer2', false],
  ['/permission', 'TokenIssuer2WithSpaceDelimitedPermission', true],
  ['/scope', 'TokenIssuer1', false],
  ['/scope', 'TokenIssuer2WithSpaceDelimitedScope', true],
  ['/otherscope', 'TokenIssuer2WithSpaceDelimitedScope', false],
  ['/custom-scope-admin', 'TokenIssuer2WithCustomScopeSpaceDelimitedScope', true],
  ['/custom-scope-user', 'TokenIssuer2WithCustomScopeSpaceDelimitedScope', true],
  ['/custom-scope-admin', 'TokenIssuer1', false],
  ['/custom-scope-admin', '', false],
  ['/nested-key1', 'TokenIssuer1WithNestedClaims1', true],
  ['/nested-key1', 'TokenIssuer1WithNestedClaims2', false],
  ['/nested-key2', 'TokenIssuer1WithNestedClaims1', false],
  ['/nested-key2', 'TokenIssuer1WithNestedClaims2', true],
  ['/nested-2-key1', 'TokenIssuer1WithNestedClaims1', true],
  ['/nested-2-key1', 'TokenIssuer1WithNestedClaims2', false],
  ['/nested-non-exist', 'TokenIssuer1WithNestedClaims1', false],
  ['/nested-non-exist', 'TokenIssuer1WithNestedClaims2', false],
  ['/aud', 'TokenIssuer1WithAud', true],
  ['/aud', 'TokenIssuer1WithAudList', true],
  ['/aud', 'TokenIssuer1', false],
  ['/azp', 'TokenIssuer1WithAzp', true],
  ['/azp', 'TokenIssuer1', false],
  ['/iat', 'TokenIssuer1', false],
  ['/not-admin', 'TokenIssuer1', true],
  ['/not-admin', '', true],
  ['/prefix', 'TokenIssuer1', true],
  ['/prefix', '', false],
  ['/slash', 'TokenIssuer1WithCollisionResistantName', true],
  ['/slash', 'TokenIssuer1', false],
];

function claims(tokens: Tokens, jwks: string): DecisionGroup {
  const rules = CLAIM_RULES.map(([path, rule]) => `  - to: [{operation: {paths: [${path}]}}]\n    ${rule}\n`);
  return {
    name: 'claims',
    manifests:
      request(`  - { issuer: test-issuer-1@istio.io, jwks: ${jwks} }
  - { issuer: test-issuer-2@istio.io, jwks: ${jwks}, spaceDelimitedClaims: [custom_scope, teams] }
`) + policy('p', `  rules:\n${rules.join('')}`),
    cases: CLAIM_ROWS.map(([path, token, allowed]) => ({
      name: `${path} with ${token || 'no token'} ${allowed ? 'passes' : 'is denied'}`,
      path,
      ...(token === '' ? {} : { headers: bearer(tokens[token]) }),
      want: allowed ? { status: 200 } : DENIED,
    })),
  };
}

function paths(): DecisionGroup {
  const allowed = (path: string, forwarded?: string) => ({
    name: `${path} passes`,
    path,
    want: { status: 200, ...(forwarded === undefined ? {} : { path: forwarded }) },
  });
  const denied = (path: string) => ({ name: `${path} is denied`, path, want: DENIED });
  return {
    name: 'paths; DENY goes before ALLOW; the path is normalized first',
    manifests:
      policy(
        'allow',
        '  rules:\n  - to: [{operation: {paths: ["/allow*", "/public*", "*/suffix", "/exact"]}}]\n',
      ).slice(4) +
      policy('deny', '  action: DENY\n  rules:\n  - to: [{operation: {paths: ["/allow/admin"]}}]\n'),
    cases: [
      allowed('/allow'),
      allowed('/allow/other'),
      denied('/allow/admin'),
      denied('/allow/admin?x=1'),
      allowed('/exact?x=/allow/admin'),
      denied('/exact/'),
      denied('/Exact'),
      allowed('/x/suffix'),
      denied('/'),
      allowed('/public/../public/a', '/public/a'),
      denied('/public/../private'),
      denied('/public/%2e%2e/private'),
      denied('/public/%2E%2E/private'),
      denied('/public/./../private'),
      denied('/allow/%61dmin'),
      denied('/allow/./admin'),
    ],
  };
}

function templates(): DecisionGroup {
  const allowed = (path: string) => ({ name: `${path} passes`, path, want: { status: 200 } });
  const denied = (path: string) => ({ name: `${path} is denied`, path, want: DENIED });
  return {
    name: 'path templates',
    manifests: policy(
      'allow',
      '  rules:\n  - to: [{operation: {paths: ["/allow/admin/{**}", "/foo/{*}/bar/{**}", "/store/{**}/cart", "/one/{*}"]}}]\n',
    ).slice(4),
    cases: [
      denied('/allow/admin'),
      allowed('/allow/admin/'),
      allowed('/allow/admin/a'),
      allowed('/allow/admin/a/b?x=1'),
      denied('/allow/adminx/a'),
      allowed('/foo/a/bar/b'),
      allowed('/foo/a/bar/b/c'),
      denied('/foo/a/b/bar/c'),
      denied('/foo//bar/c'),
      denied('/foo/bar/c'),
      allowed('/store/x/cart'),
      allowed('/store/x/y/cart'),
      allowed('/store//cart'),
      denied('/store/cart'),
      denied('/store/x/cart/y'),
      allowed('/one/a'),
      denied('/one/'),
      denied('/one/a/b'),
    ],
  };
}

function hosts(): DecisionGroup {
  const denied = (host: string) => ({ name: `${host} is denied`, host, path: '/', want: DENIED });
  const allowed = (host: string) => ({ name: `${host} passes`, host, path: '/', want: { status: 200 } });
  return {
    name: 'hosts are compared without regard to case, with their port',
    manifests: policy(
      'deny',
      '  action: DENY\n  rules:\n  - to: [{operation: {hosts: [deny.exact.com, "*.deny.suffix.com", "deny.prefix.*"]}}]\n',
    ).slice(4),
    cases: [
      denied('deny.exact.com'),
      denied('DENY.EXACT.COM'),
      denied('Deny.Exact.Com'),
      allowed('deny.exact.com:8080'),
      denied('a.deny.suffix.com'),
      denied('A.DENY.SUFFIX.COM'),
      denied('deny.prefix.org'),
      denied('DENY.PREFIX.ORG:80'),
      allowed('other.com'),
    ],
  };
}

function connection(): DecisionGroup {
  return {
    name: 'addresses, ports, headers, negations',
    manifests: policy(
      'p',
      `  rules:
  - to: [{operation: {paths: [/peer]}}]
    from: [{source: {ipBlocks: [127.0.0.0/8]}}]
  - to: [{operation: {paths: [/not-peer]}}]
    from: [{source: {notIpBlocks: [127.0.0.0/8]}}]
  - to: [{operation: {paths: [/remote]}}]
    from: [{source: {remoteIpBlocks: [127.0.0.1]}}]
  - to: [{operation: {paths: [/header]}}]
    when: [{key: "request.headers[x-team]", values: [blue, "dark*"]}]
  - to: [{operation: {paths: [/present]}}]
    when: [{key: "request.headers[x-team]", values: ["*"]}]
  - to: [{operation: {paths: [/not-header]}}]
    when: [{key: "request.headers[x-team]", notValues: [red]}]
  - to: [{operation: {paths: [/not-method], notMethods: [DELETE]}}]
  - to: [{operation: {paths: [/other-port], ports: ["1"]}}]
  - to: [{operation: {paths: [/not-port], notPorts: ["1"]}}]
`,
    ).slice(4),
    cases: [
      { name: 'the peer is in the block', path: '/peer', want: { status: 200 } },
      { name: 'the peer is not outside of it', path: '/not-peer', want: DENIED },
      {
        name: 'the remote address without a trusted hop is the peer',
        path: '/remote',
        headers: { 'x-forwarded-for': '10.0.0.1' },
        want: { status: 200 },
      },
      {
        name: 'the header has the value',
        path: '/header',
        headers: { 'x-team': 'blue' },
        want: { status: 200 },
      },
      {
        name: 'the header starts so',
        path: '/header',
        headers: { 'x-team': 'darkest' },
        want: { status: 200 },
      },
      { name: 'the header has another value', path: '/header', headers: { 'x-team': 'red' }, want: DENIED },
      { name: 'the header is not there', path: '/header', want: DENIED },
      { name: 'any value will do', path: '/present', headers: { 'x-team': 'red' }, want: { status: 200 } },
      { name: 'but there must be one', path: '/present', want: DENIED },
      { name: 'an absent header is not the value', path: '/not-header', want: { status: 200 } },
      { name: 'the value is refused', path: '/not-header', headers: { 'x-team': 'red' }, want: DENIED },
      { name: 'another method', path: '/not-method', want: { status: 200 } },
      { name: 'the method is refused', method: 'DELETE', path: '/not-method', want: DENIED },
      { name: 'it is not that port', path: '/other-port', want: DENIED },
      { name: 'nor is it refused for it', path: '/not-port', want: { status: 200 } },
    ],
  };
}

function denyAll(): DecisionGroup {
  return {
    name: 'a policy without rules',
    manifests:
      'apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: { name: nothing, namespace: foo }\nspec: {}\n',
    cases: [{ name: 'denies everything', path: '/', want: DENIED }],
  };
}
