import type { PlayedRequest } from './case.ts';
import type { Choose } from './choose.ts';
import { OTHER_ANSWERS, WANT_FIELD } from './echo-origin.ts';
import type { ProviderPlan } from './generate-jwt.ts';
import {
  CLUSTER_HEADER,
  DOTTED_HOSTS,
  HEADERS,
  HOSTS,
  METHODS,
  ODD_PATHS,
  PARAMETER_VALUES,
  PARAMETERS,
  PATHS,
  REPEATED,
  VALUES,
} from './words.ts';

export interface RequestWords {
  providers: readonly ProviderPlan[];
  /** Paths that the configuration speaks of. */
  paths: readonly string[];
  forgeable: readonly string[];
  /** Names that the configuration speaks of and requests repeat. */
  repeated: readonly string[];
  /** Routes take their cluster's name from a header. */
  clusterHeader: boolean;
  /** false: no request has a body with something in it. */
  bodies: boolean;
  /** A new token for one of the providers. */
  token: (provider: ProviderPlan) => string;
}

/** A request that has a good chance to meet something of the configuration. */
export function generateRequest(choose: Choose, words: RequestWords): PlayedRequest {
  const request: PlayedRequest = {
    method: choose.chance(0.7) ? 'GET' : choose.pick(METHODS),
    target: generatePath(choose, words.paths),
    host: generateHost(choose),
    headers: [],
  };
  const parameters = choose.chance(0.3) ? choose.list(1, 3, () => parameter(choose)) : [];
  const cookies: string[] = choose.chance(0.1) ? someCookies(choose) : [];
  if (words.providers.length > 0) placeTokens(choose, words, request, parameters, cookies);
  addHeaders(choose, words, request);
  if (choose.chance(0.2)) addRepeated(choose, words, request);
  if (cookies.length > 0) request.headers.push(...cookieLines(choose, cookies));
  if (parameters.length > 0) request.target += `?${parameters.join('&')}`;
  addOrigin(choose, request);
  if (words.clusterHeader && choose.chance(0.85))
    request.headers.push([CLUSTER_HEADER, choose.pick(['origin', 'origin', 'origin', 'nowhere', ''])]);
  if (choose.chance(0.04)) request.headers.push([WANT_FIELD, choose.pick(Object.keys(OTHER_ANSWERS))]);
  if (choose.chance(0.04)) addRareForm(choose, request);
  addBody(choose, words, request);
  return request;
}

function generateHost(choose: Choose): string {
  if (choose.chance(0.02)) return choose.pick(DOTTED_HOSTS);
  return choose.chance(0.5) ? 'host.test' : choose.pick(HOSTS);
}

const someCookies = (choose: Choose) => choose.some(1, 2, COOKIES);

const COOKIES = ['a=1', 'a=1', 'a=2', 'b=x', 'a=', 'A=1', 'a="1"', 'a', 'b=a b', 'a=1=2'];

/** Any method may have a body; those that are made for it always have one. */
function addBody(choose: Choose, words: RequestWords, request: PlayedRequest): void {
  if (!['POST', 'PUT', 'PATCH'].includes(request.method) && !choose.chance(0.04)) return;
  request.body = words.bodies ? choose.pick(BODIES) : '';
  if (request.body !== '' && choose.chance(0.2)) request.isChunked = true;
}

/** What is seldom on the wire. A request for CONNECT, and an expectation, have answers of their own (rows H7, H8). */
function addRareForm(choose: Choose, request: PlayedRequest): void {
  const { headers, target, host } = request;
  const scheme = choose.pick(['http', 'http', 'HTTP', 'https']);
  choose.weighted<unknown>([
    [3, () => (request.target = `${scheme}://${choose.pick([host, ...HOSTS])}${target}`)],
    [1, () => Object.assign(request, { method: 'OPTIONS', target: '*' })],
    // Of two reasons for a refusal, an old version and a name with an underscore, Envoy names the other one.
    [headers.some(([name]) => name.includes('_')) ? 0 : 1, () => (request.version = '1.0')],
    [2, () => Object.assign(request, { method: 'POST' }, headers.push(...GRPC_FIELDS))],
    [2, () => headers.push(['connection', choose.pick(CONNECTION_OPTIONS)])],
    [1, () => headers.push(['te', choose.pick(['trailers', 'trailers, deflate', 'gzip', '', 'Trailers'])])],
    [1, () => headers.push([choose.pick(HOP_FIELDS), 'a'])],
  ]);
}

const GRPC_FIELDS: [string, string][] = [
  ['content-type', 'application/grpc'],
  ['te', 'trailers'],
  ['grpc-timeout', '5S'],
];
const CONNECTION_OPTIONS = ['close', 'keep-alive', 'x-a', 'x-a, x-user', 'cookie', 'te', 'Close, x-b'];
const HOP_FIELDS = ['keep-alive', 'proxy-connection', 'trailer', 'x-forwarded-host', 'x-forwarded-port'];

function generatePath(choose: Choose, paths: readonly string[]): string {
  const known = paths.length > 0 ? choose.pick(paths) : choose.pick(PATHS);
  return choose.weighted<string>([
    [8, () => known],
    [2, () => choose.pick(PATHS)],
    [2, () => choose.pick(ODD_PATHS)],
    [1, () => `${known}/`],
    [1, () => `${known}x`],
    [1, () => `${known}/x`.replace('//', '/')],
    [1, () => known.toUpperCase()],
    [0.3, () => `${known}?`],
    [0.3, () => `${known}${'/long'.repeat(80)}`],
  ]);
}

const parameter = (choose: Choose) => {
  const name = choose.pick(PARAMETERS);
  return choose.weighted<string>([
    [6, () => `${name}=${choose.pick(PARAMETER_VALUES)}`],
    [1, () => name],
    [1, () => ''],
    [1, () => `${name}%20=b`],
    [1, () => `%78=${choose.pick(PARAMETER_VALUES)}`],
  ]);
};

/** None, one or several tokens, each where some provider looks, seldom where none does. */
function placeTokens(
  choose: Choose,
  words: RequestWords,
  request: PlayedRequest,
  parameters: string[],
  cookies: string[],
): void {
  const count = choose.weighted<number>([
    [2, () => 0],
    [9, () => 1],
    [3, () => 2],
    [1, () => 3],
  ]);
  for (let i = 0; i < count; i++) {
    const provider = choose.pick(words.providers);
    const place = choose.chance(0.92) ? provider : choose.pick(words.providers);
    const token = words.token(provider);
    const spelled = placeToken(choose, token, place, request, parameters, cookies);
    request.tokens = [...(request.tokens ?? []), { token, spelled }];
  }
}

function placeToken(
  choose: Choose,
  token: string,
  { headers, parameters: names, cookies: cookieNames }: ProviderPlan,
  request: PlayedRequest,
  parameters: string[],
  cookies: string[],
): string {
  return choose.weighted<string>([
    [
      headers.length * 3,
      () => {
        request.headers.push(headerWith(choose, token, headers));
        return token;
      },
    ],
    [
      names.length * 2,
      () => {
        const spelled = encodeToken(token, choose.chance(0.2));
        parameters.push(`${choose.pick(names)}=${spelled}`);
        return spelled;
      },
    ],
    [
      cookieNames.length * 2,
      () => {
        cookies.push(`${choose.pick(cookieNames)}=${cookieValue(choose, token)}`);
        return token;
      },
    ],
  ]);
}

/** A token as a query parameter's value. */
export function encodeToken(token: string, escapesDots: boolean): string {
  const escaped = encodeURIComponent(token);
  return escapesDots ? escaped.replaceAll('.', '%2e') : escaped;
}

function headerWith(choose: Choose, token: string, headers: ProviderPlan['headers']): [string, string] {
  const { name, prefix } = choose.pick(headers);
  const spelled = choose.chance(0.2) ? name.toUpperCase() : name;
  return choose.weighted<[string, string]>([
    [14, () => [spelled, `${prefix}${token}`]],
    [1, () => [spelled, `${prefix.toLowerCase()}${token}`]],
    [1, () => [spelled, token]],
    [1, () => [spelled, `Basic ${prefix}${token}`]],
    [0.5, () => [spelled, `${prefix}  ${token}`]],
    [0.5, () => [spelled, prefix]],
    [0.5, () => [spelled, `${prefix}$$`]],
  ]);
}

const cookieValue = (choose: Choose, token: string) =>
  choose.weighted<string>([
    [8, () => token],
    [1, () => `"${token}"`],
    [1, () => `"${token}`],
    [1, () => ` ${token}`],
  ]);

function cookieLines(choose: Choose, cookies: string[]): [string, string][] {
  if (choose.chance(0.1)) return cookies.map((cookie) => ['cookie', cookie]);
  return [['cookie', cookies.join(choose.pick(['; ', ';', ';  ']))]];
}

function addHeaders(choose: Choose, words: RequestWords, { headers, target }: PlayedRequest): void {
  while (choose.chance(0.45)) headers.push([choose.pick(HEADERS), choose.pick(VALUES)]);
  if (choose.chance(0.15)) headers.push([choose.pick(words.forgeable), choose.pick(['forged', 'true', ''])]);
  if (choose.chance(0.04) && !target.includes('#'))
    headers.push([
      'content-type',
      choose.pick(['application/grpc', 'application/grpc+proto', 'application/grpc-web', 'text/plain']),
    ]);
  if (choose.chance(0.05))
    headers.push([
      'x-forwarded-for',
      choose.pick([
        '10.1.2.3',
        '10.1.2.3, 1.2.3.4',
        'x',
        '2001:db8::1',
        '',
        '10.1.2.3:80',
        '::ffff:10.1.2.3',
      ]),
    ]);
  if (choose.chance(0.02)) headers.push(['x-forwarded-proto', choose.pick(['https', 'http', 'ftp'])]);
  if (choose.chance(0.02)) headers.push(['x-envoy-original-path', '/original?q']);
  if (choose.chance(0.02)) headers.push(['x_under', 'u']);
  if (choose.chance(0.04)) headers.push(['x-b64', choose.pick(BASE64)]);
  if (choose.chance(0.02)) headers.push(['x-envoy-decorator-operation', choose.pick(['a', ''])]);
  if (choose.chance(0.02)) headers.push(['x-request-id', 'mine']);
  if (choose.chance(0.03)) headers.push(['referer', choose.pick(REFERERS)]);
}

/** Of which some are taken off. */
const REFERERS = ['http://o.test/a?b', 'a', '/a#b', 'http://alice@o.test/', 'about:blank', 'a b', 'admin:1'];

/** Two or three lines of one name, not always next to one another. */
function addRepeated(
  choose: Choose,
  { repeated, forgeable }: RequestWords,
  { headers }: PlayedRequest,
): void {
  const name = choose.weighted<string>([
    [repeated.length > 0 ? 4 : 0, () => choose.pick(repeated)],
    [forgeable.length > 0 ? 1 : 0, () => choose.pick(forgeable)],
    [1, () => choose.pick(REPEATED)],
  ]);
  const count = choose.pick([1, 2, 2, 2, 3]);
  for (let i = 0; i < count; i++) {
    const spelled = choose.chance(0.1) ? name.toUpperCase() : name;
    headers.splice(choose.below(headers.length + 1), 0, [spelled, choose.pick(REPEATED_VALUES)]);
  }
}

const BODIES = ['', '', 'body', 'é', 'a body of more than twenty bytes', 'x'.repeat(5000)];

/** Texts; an empty value, a text and a number in the form of `google.protobuf.Value`; and what is none. */
const BASE64 = ['YWxpY2U=', 'MTI=', '', 'Ggdncm91cGll', 'EQAAAAAAAAhA', 'YQ', '!'];

const REPEATED_VALUES = ['a', 'a', 'b', 'b', '', 'a,b', '1', '2', ' a'];

function addOrigin(choose: Choose, request: PlayedRequest): void {
  const origin = () => choose.pick(['http://o.test', 'http://p.test', 'null']);
  choose.weighted<unknown>([
    [94, () => null],
    [3, () => addPreflight(choose, request)],
    [3, () => request.headers.push(['origin', origin()])],
  ]);
}

function addPreflight(choose: Choose, request: PlayedRequest): void {
  request.method = 'OPTIONS';
  request.headers.push(['origin', choose.pick(['http://o.test', ''])]);
  if (choose.chance(0.8)) request.headers.push(['access-control-request-method', choose.pick(['GET', ''])]);
  if (choose.chance(0.2)) request.headers.push(['access-control-request-private-network', 'true']);
}
