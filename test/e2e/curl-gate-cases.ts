import { FUNNEL_ISSUER } from './front-proxy-config.ts';
import { EXPIRES_LATE, type TokenSigner } from './token-signer.ts';

/** One request that the gate and Envoy must answer alike. */
export interface ExchangeCase {
  readonly name: string;
  /** GET unless given. */
  readonly method?: string;
  readonly request: string;
  readonly status: number;
  readonly body?: string;
}

const HOST = 'host: gate.test:8080';
const PATH = '/users/demo/data/funnel/Update?query=coord%20within';

function render(line: string, fields: readonly string[], body = ''): string {
  return `${[line, ...fields].join('\r\n')}\r\n\r\n${body}`;
}

const get = (target: string, ...fields: string[]) => render(`GET ${target} HTTP/1.1`, [HOST, ...fields]);
const bearer = (token: string) => `authorization: Bearer ${token}`;

/** The article's requests and those around them. */
export function createExchangeCases(signer: TokenSigner, stranger: TokenSigner): ExchangeCase[] {
  const claims = { iss: FUNNEL_ISSUER, sub: 'demo', exp: EXPIRES_LATE };
  const good = signer.sign(claims);
  return [
    ...articleCases(signer, good, claims),
    ...tokenCases(signer, stranger, good, claims),
    ...shapeCases(good),
    ...forwardingCases(good),
  ];
}

function articleCases(signer: TokenSigner, good: string, claims: object): ExchangeCase[] {
  const expired = signer.sign({ ...claims, exp: 1_600_000_000 });
  return [
    { name: 'no token at /', request: get('/'), status: 401, body: 'Jwt is missing' },
    { name: 'no token at /docs', request: get('/docs'), status: 200 },
    { name: 'a good token', request: get(PATH, bearer(good)), status: 200 },
    {
      name: 'b appended',
      request: get(PATH, bearer(`${good}b`)),
      status: 401,
      body: 'Jwt verification fails',
    },
    { name: 'a in front', request: get(PATH, bearer(`a${good}`)), status: 401 },
    { name: 'expired', request: get(PATH, bearer(expired)), status: 401, body: 'Jwt is expired' },
  ];
}

function tokenCases(
  signer: TokenSigner,
  stranger: TokenSigner,
  good: string,
  claims: object,
): ExchangeCase[] {
  const [header = '', payload = '', signature = ''] = good.split('.');
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = `${encode({ alg: 'none' })}.${payload}.`;
  const cases: readonly (readonly [name: string, token: string])[] = [
    ['signed by a stranger under the same kid', stranger.sign(claims)],
    ['of another issuer', signer.sign({ ...claims, iss: 'https://elsewhere.test' })],
    ['not valid yet', signer.sign({ ...claims, nbf: EXPIRES_LATE })],
    ['of an unknown kid', signer.sign(claims, { kid: 'other' })],
    ['of alg none', unsigned],
    ['of alg HS256', signer.sign(claims, { alg: 'HS256' })],
    ['of an alg that does not exist', signer.sign(claims, { alg: 'XX' })],
    ['of an alg that is no string', signer.sign(claims, { alg: 1 })],
    ['of two parts', `${header}.${payload}`],
    ['of four parts', `${good}.x`],
    ['of empty parts', '..'],
    ['of a header that is not base64url', `${header.slice(0, 4)}!${header.slice(4)}.${payload}.${signature}`],
    ['of a payload that is not base64url', `${header}.!${payload}.${signature}`],
    ['of a signature that is not base64url', `${header}.${payload}.!${signature}`],
    ['of a header that is not JSON', `${Buffer.from('{').toString('base64url')}.${payload}.${signature}`],
    ['of a payload that is not JSON', `${header}.${Buffer.from('{').toString('base64url')}.${signature}`],
    ['of an exp that is a string', signer.sign({ ...claims, exp: 'x' })],
    ['of a payload with a changed claim', `${header}.${encode({ ...claims, sub: 'root' })}.${signature}`],
    ['that is a word', 'word'],
  ];
  return cases.map(([name, token]) => ({
    name: `a token ${name}`,
    request: get(PATH, bearer(token)),
    status: 401,
  }));
}

function shapeCases(good: string): ExchangeCase[] {
  const refusedPost = (fields: string[], body: string) => render(`POST / HTTP/1.1`, [HOST, ...fields], body);
  return [
    { name: 'HEAD refused', method: 'HEAD', request: render('HEAD / HTTP/1.1', [HOST]), status: 401 },
    { name: 'HEAD let in', method: 'HEAD', request: render('HEAD /docs HTTP/1.1', [HOST]), status: 200 },
    { name: 'POST with a length refused', request: refusedPost(['content-length: 5'], 'hello'), status: 401 },
    {
      name: 'POST in chunks refused',
      request: refusedPost(['transfer-encoding: chunked'], '5\r\nhello\r\n0\r\n\r\n'),
      status: 401,
    },
    { name: 'POST of nothing refused', request: refusedPost(['content-length: 0'], ''), status: 401 },
    { name: 'another scheme', request: get('/', 'authorization: Basic eDp5'), status: 401 },
    { name: 'a scheme in lower case', request: get('/', `authorization: bearer ${good}`), status: 401 },
    { name: 'no token after the scheme', request: get('/', 'authorization: Bearer'), status: 401 },
    { name: 'two authorization lines', request: get('/', bearer(good), bearer(good)), status: 401 },
    { name: 'a token in the query', request: get(`/x?access_token=${good}`), status: 200 },
    { name: 'a bad token in the query', request: get(`/x?access_token=${good}b`), status: 401 },
    {
      name: 'good in the header, bad in the query',
      request: get('/x?access_token=a.b.c', bearer(good)),
      status: 401,
    },
    { name: 'a long path in the challenge', request: get(`/${'a'.repeat(400)}?b=c`), status: 401 },
    { name: 'a client that closes', request: get('/', 'connection: close'), status: 401 },
    { name: 'a client that closes, let in', request: get('/docs', 'connection: close'), status: 200 },
    { name: 'OPTIONS', method: 'OPTIONS', request: render('OPTIONS / HTTP/1.1', [HOST]), status: 401 },
    { name: 'gRPC', request: get('/', 'content-type: application/grpc'), status: 200 },
    { name: '/docs with a suffix', request: get('/docsx'), status: 200 },
    { name: 'a dot segment out of /docs', request: get('/docs/../x'), status: 200 },
    { name: 'a client that says https', request: get('/', 'x-forwarded-proto: https'), status: 401 },
    { name: 'no host', request: render('GET / HTTP/1.1', []), status: 400 },
    { name: 'a fragment', request: get('/docs#x'), status: 400 },
    { name: 'the authority of an absolute target', request: get('http://other.test:81/'), status: 401 },
  ];
}

/** Judged by what arrives at the origin as well. */
function forwardingCases(good: string): ExchangeCase[] {
  const post = (fields: string[], body: string) =>
    render(`POST ${PATH} HTTP/1.1`, [HOST, bearer(good), ...fields], body);
  return [
    { name: 'POST with a length let in', request: post(['content-length: 5'], 'hello'), status: 200 },
    {
      name: 'POST in chunks let in',
      request: post(['transfer-encoding: chunked'], '5\r\nhello\r\n0\r\n\r\n'),
      status: 200,
    },
    {
      name: 'a payload header of the client',
      request: get(PATH, bearer(good), 'x-jwt-payload: forged'),
      status: 200,
    },
    { name: 'a payload header on an open path', request: get('/docs', 'X-Jwt-Payload: forged'), status: 200 },
    {
      name: 'headers between hops',
      request: get(
        '/docs',
        'connection: keep-alive, x-hop',
        'x-hop: 1',
        'keep-alive: timeout=5',
        'te: trailers',
      ),
      status: 200,
    },
    {
      name: 'who it was forwarded for',
      request: get('/docs', 'x-forwarded-for: 192.0.2.1', 'x-forwarded-proto: https'),
      status: 200,
    },
    { name: 'a request id of the client', request: get('/docs', 'x-request-id: mine'), status: 200 },
    {
      name: 'repeated headers',
      request: get('/docs', 'accept: a', 'accept: b', 'X-Mixed: C', 'cookie: a=b'),
      status: 200,
    },
    { name: 'names in mixed case', request: get('/docs', 'X-MiXeD-CaSe: Value With Case'), status: 200 },
    { name: "Envoy's own words from a client", request: get('/docs', 'x-envoy-internal: true'), status: 200 },
    { name: 'an absolute target', request: get('http://other.test:81/docs?a=b'), status: 200 },
  ];
}
