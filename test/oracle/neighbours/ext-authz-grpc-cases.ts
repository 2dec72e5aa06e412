import type { ServerHttp2Stream } from 'node:http2';
import { fromJson, type JsonObject } from '@bufbuild/protobuf';
import { CheckResponseSchema } from '#schema/envoy/service/auth/v3/external_auth_pb.js';
import { answer, bytesOf, frameOf, type Judge, type Question } from '../../fixtures/grpc-authorizer.ts';
import type { Case, Scene } from '../rehearsal/scene.ts';
import { filter, typed } from './scene-parts.ts';

const service = (cluster = 'grpc', more: object = {}, target: object = {}) => ({
  grpc_service: { envoy_grpc: { cluster_name: cluster, ...target }, timeout: '0.5s', ...more },
});
const authz = (config: object) => filter('ext_authz.v3.ExtAuthz', config);
const settings = (config: object) => ({
  'filter-0': typed('ext_authz.v3.ExtAuthzPerRoute', { check_settings: config }),
});

const ROUTES = {
  virtual_hosts: [
    {
      name: 'all',
      domains: ['*'],
      typed_per_filter_config: settings({ context_extensions: { a: 'host', c: 'host' } }),
      routes: [
        {
          match: { prefix: '/route' },
          route: { cluster: 'origin' },
          metadata: { filter_metadata: { told: { a: 'b', n: 1 }, 'not-told': { c: 1 } } },
          typed_per_filter_config: settings({ context_extensions: { a: 'route', b: 'route' } }),
        },
        {
          match: { prefix: '/other-grpc' },
          route: { cluster: 'origin' },
          typed_per_filter_config: settings(service('grpc', {}, { authority: 'other.test' })),
        },
        {
          match: { prefix: '/other-http' },
          route: { cluster: 'origin' },
          typed_per_filter_config: settings({
            http_service: { server_uri: { uri: 'http://a.test', cluster: 'closed', timeout: '0.5s' } },
          }),
        },
        { match: { prefix: '/direct' }, direct_response: { status: 200, body: { inline_string: 'direct' } } },
        {
          match: { prefix: '/', headers: [{ name: 'x-def', string_match: { exact: 'n2' } }] },
          direct_response: { status: 203, body: { inline_string: 'another route' } },
          response_headers_to_add: [{ header: { key: 'x-route', value: 'another' } }],
        },
        {
          match: { prefix: '/' },
          route: { cluster: 'origin' },
          request_headers_to_add: [
            {
              header: { key: 'x-meta-a', value: '%DYNAMIC_METADATA(envoy.filters.http.ext_authz:a)%' },
            },
            {
              header: { key: 'x-meta-b', value: '%DYNAMIC_METADATA(envoy.filters.http.ext_authz:b)%' },
            },
          ],
        },
      ],
    },
  ],
};

const toMetadata = filter('header_to_metadata.v3.Config', {
  request_rules: [{ header: 'x-meta', on_header_present: { metadata_namespace: 'told', key: 'm' } }],
});

export const grpcScenes: Scene[] = [
  {
    name: 'grpc-plain',
    filters: [authz({ ...service(), status_on_error: { code: 503 } })],
    routeConfig: ROUTES,
  },
  {
    name: 'grpc-full',
    filters: [
      authz({
        ...service(
          'grpc',
          { initial_metadata: [{ key: 'x-init', value: 'for %REQ(:path)%' }] },
          { authority: 'authz.test' },
        ),
        allowed_headers: { patterns: [{ prefix: 'x-' }, { exact: ':path' }, { exact: 'accept' }] },
        disallowed_headers: { patterns: [{ exact: 'x-no' }, { exact: 'x-request-id' }] },
        encode_raw_headers: true,
        include_tls_session: true,
        include_peer_certificate: true,
        clear_route_cache: true,
      }),
    ],
    routeConfig: ROUTES,
  },
  {
    name: 'grpc-context',
    filters: [
      toMetadata,
      authz({
        ...service('grpc', {}, { skip_envoy_headers: true }),
        metadata_context_namespaces: ['told', 'absent'],
        route_metadata_context_namespaces: ['told'],
      }),
    ],
    routeConfig: ROUTES,
  },
  {
    name: 'grpc-lax',
    filters: [
      authz({
        ...service(),
        failure_mode_allow: true,
        failure_mode_allow_header_add: true,
        enable_dynamic_metadata_ingestion: false,
        stat_prefix: 'lax',
      }),
    ],
    routeConfig: ROUTES,
  },
  {
    name: 'grpc-few-bytes',
    filters: [authz({ ...service(), max_denied_response_body_bytes: 3 })],
    routeConfig: ROUTES,
  },
  ...[['X-Def'], ['x-rm'], ['x-none'], ['q']].map((clear_route_cache_headers, index) => ({
    name: `grpc-clear-${index}`,
    filters: [authz({ ...service(), clear_route_cache: true, clear_route_cache_headers })],
    routeConfig: ROUTES,
  })),
  {
    name: 'grpc-small-heads',
    filters: [authz({ ...service(), clear_route_cache: true })],
    routeConfig: ROUTES,
    manager: { max_request_headers_kb: 1 },
  },
  { name: 'grpc-lost', filters: [authz(service('nowhere'))] },
  { name: 'grpc-no-limit', filters: [authz(service('grpc', { timeout: '0s' }))] },
  { name: 'grpc-closed', filters: [authz(service('grpc-closed'))] },
  {
    name: 'grpc-short',
    filters: [authz(service('grpc', {}, { max_receive_message_length: 10 }))],
  },
];

const h = (key: string, value: string, more: object = {}) => ({ header: { key, value }, ...more });

/** Every way to say what is done with a header. */
const ways = (name: string) => [
  ...['n', 'n2'].map((value) => h(`${name}-def`, value)),
  ...['n', 'n2'].map((value) => h(`${name}-true`, value, { append: true })),
  ...['n', 'n2'].map((value) => h(`${name}-false`, value, { append: false })),
  ...[
    'APPEND_IF_EXISTS_OR_ADD',
    'ADD_IF_ABSENT',
    'OVERWRITE_IF_EXISTS_OR_ADD',
    'OVERWRITE_IF_EXISTS',
  ].flatMap((appendAction, index) =>
    ['n', 'n2'].map((value) => h(`${name}-${index}`, value, { appendAction })),
  ),
];
const ok = (okResponse: object, more: object = {}) => ({ status: {}, okResponse, ...more });
const no = (deniedResponse: object, more: object = {}) => ({
  status: { code: 7 },
  deniedResponse,
  ...more,
});

/** Longer than a head of 1 KiB leaves room for. */
const LONG = 'x'.repeat(1024);

/** What the service says to a path. */
const WORDS: Readonly<Record<string, object>> = {
  yes: { status: {} },
  nothing: {},
  'yes-by-status': { deniedResponse: { status: { code: 401 } } },
  'yes-not-error': { errorResponse: { status: { code: 429 } } },
  headers: ok({
    headers: [...ways('x-old'), ...ways('x-new'), h('X-Case', 'c'), h('accept', 'b', { append: true })],
    headersToRemove: ['x-rm', 'X-RM2', 'host', ':path', 'cookie', 'x-absent'],
    responseHeadersToAdd: [...ways('x-resp'), ...ways('content-type'), h('vary', 'a'), h('vary', 'b')],
  }),
  route: ok({ headers: [h('x-def', 'n2')] }),
  'other-route': ok({ headers: [h('x-def', 'n2')], headersToRemove: ['x-rm'] }),
  'route-more': ok({ headers: [h('x-def', 'n2', { append: true })] }),
  'route-more-and-less': ok({ headers: [h('x-def', 'n2', { append: true })], headersToRemove: ['X-Rm'] }),
  'route-and-query': ok({
    headers: [h('x-def', 'n2', { append: true })],
    queryParametersToSet: [{ key: 'q', value: '9' }],
  }),
  direct: ok({ responseHeadersToAdd: ways('x-resp') }),
  path: ok({ headers: [h(':path', '/new?x=1')], queryParametersToSet: [{ key: 'q', value: '9' }] }),
  host: ok({ headers: [h('host', 'set.test')] }),
  authority: ok({ headers: [h(':authority', 'set.test')] }),
  'host-more': ok({ headers: [h('host', 'more', { append: true }), h(':path', '-more', { append: true })] }),
  query: ok({
    queryParametersToSet: [
      { key: 'q', value: '9' },
      { key: 'z', value: 'new' },
      { key: 'a%20b', value: '%41' },
    ],
    queryParametersToRemove: ['r'],
  }),
  'query-gone': ok({ queryParametersToRemove: ['absent'] }),
  'grown-lines': ok({
    headers: [h('x-def', 'n2'), h('x-big', LONG)],
    responseHeadersToAdd: [h('x-told', '1')],
  }),
  'grown-query': ok({
    headers: [h('x-def', 'n2')],
    queryParametersToSet: [{ key: 'q', value: LONG }],
    responseHeadersToAdd: [h('x-told', '1')],
  }),
  'bad-name': ok({ headers: [h('a b', 'x')] }),
  'bad-value': ok({ headers: [h('x-a', 'x\r\nx-b: y')] }),
  text: ok({ headers: [h('x-text', 'café'), h('x-empty', '')], responseHeadersToAdd: [h('x-text', 'é')] }),
  meta: ok({}, { dynamicMetadata: { a: 'x', b: { c: ['x', null, true, 1.5] } } }),
  'meta-older': ok({ dynamicMetadata: { a: 'older' } }, { dynamicMetadata: { a: 'newer', b: 'b' } }),
  no: { status: { code: 16 } },
  'no-but-ok': { status: { code: 7 }, okResponse: { headers: [h('a', 'b')] } },
  'no-negative': { status: { code: -1 } },
  'no-words': no({
    status: { code: 401 },
    headers: [
      ...ways('x-d'),
      ...['set-cookie', 'set-cookie', 'content-type', 'content-length', 'www-authenticate', 'host'].map(
        (name, index) => h(name, `v${index}`),
      ),
    ],
    body: 'nö way',
  }),
  'no-200': no({ status: { code: 200 }, body: 'fine' }),
  'no-302': no({ status: { code: 302 }, headers: [h('location', '/login')] }),
  'no-204': no({ status: { code: 204 } }),
  'no-700': no({ status: { code: 700 } }),
  'no-meta': no({}, { dynamicMetadata: { a: 'why' } }),
  error: {
    status: { code: 7 },
    errorResponse: { status: { code: 429 }, headers: ways('x-e'), body: 'later' },
    dynamicMetadata: { a: 'why' },
  },
  'error-bare': { status: { code: 7 }, errorResponse: {} },
};

const OK = frameOf(bytesOf(fromJson(CheckResponseSchema, { status: {} })));
const NO = frameOf(bytesOf(fromJson(CheckResponseSchema, { status: { code: 7 } })));
const GRPC = { ':status': 200, 'content-type': 'application/grpc' };

/** What services do that are ill. */
const ILLS: Readonly<Record<string, (stream: ServerHttp2Stream) => void>> = {
  twice: (stream) => answer(stream, Buffer.concat([OK, NO])),
  'no-message': (stream) => answer(stream, Buffer.alloc(0)),
  'status-13': (stream) => answer(stream, OK, { 'grpc-status': '13' }),
  'status-00': (stream) => answer(stream, OK, { 'grpc-status': '00' }),
  'status-words': (stream) => answer(stream, OK, { 'grpc-status': 'zz' }),
  'no-status': (stream) => answer(stream, OK, { 'x-other': '1' }),
  'no-trailers': (stream) => {
    stream.respond(GRPC);
    stream.end(OK);
  },
  'status-in-head': (stream) => {
    stream.respond({ ...GRPC, 'grpc-status': '0' });
    stream.end(OK);
  },
  'trailers-only': (stream) => stream.respond({ ...GRPC, 'grpc-status': '0' }, { endStream: true }),
  'trailers-only-7': (stream) => stream.respond({ ...GRPC, 'grpc-status': '7' }, { endStream: true }),
  'http-503': (stream) => {
    stream.respond({ ...GRPC, ':status': 503 }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(OK);
  },
  'other-type': (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'text/html' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(OK);
  },
  compressed: (stream) => answer(stream, frameOf(OK.subarray(5), 1)),
  'odd-flag': (stream) => answer(stream, frameOf(OK.subarray(5), 2)),
  'cut-message': (stream) => answer(stream, OK.subarray(0, 6)),
  'empty-message': (stream) => answer(stream, frameOf(Buffer.alloc(0))),
  'bytes-behind': (stream) => answer(stream, Buffer.concat([OK, Buffer.from([0, 0])])),
  garbage: (stream) => answer(stream, frameOf(Buffer.from('\x07\xff\xff\xff', 'latin1'))),
  'bad-utf8': (stream) => answer(stream, frameOf(Buffer.from([0x0a, 0x03, 0x12, 0x01, 0xff]))),
  reset: (stream) => stream.close(2),
  'cut-session': (stream) => stream.session?.destroy(),
  'goes-away': (stream) => {
    stream.session?.goaway(0, stream.id);
    answer(stream, OK);
  },
  slow: () => {},
};

const pathOf = ({ check }: Question) => {
  const { request } = check['attributes'] as { request: { http: { path: string } } };
  return request.http.path;
};

export const judgeByPath: Judge = (question, stream) => {
  const word = (pathOf(question).split('?')[0] as string).slice(1);
  const ill = ILLS[word];
  if (ill !== undefined) ill(stream);
  else answer(stream, frameOf(bytesOf(fromJson(CheckResponseSchema, (WORDS[word] ?? {}) as JsonObject))));
};

/** A question without what each side says in its own way. */
export function questionView({ headers, check }: Question): unknown {
  const { attributes } = structuredClone(check) as { attributes: Record<string, JsonObject> };
  const source = attributes['source'] as { address: { socketAddress: { portValue?: number } } };
  delete source.address.socketAddress.portValue;
  const request = attributes['request'] as { http: JsonObject; time: string };
  const { http } = request;
  const hasTime = Date.parse(request.time) > 0;
  request.time = '';
  http['id'] = /^\d{1,20}$/.test(String(http['id'])) ? 'an id' : 'none';
  const told = http['headers'] as JsonObject | undefined;
  if (told?.['x-request-id'] !== undefined) told['x-request-id'] = 'an id';
  const lines = (http['headerMap'] as { headers: JsonObject[] } | undefined)?.headers;
  const pseudo = lines?.filter(({ key }) => String(key).startsWith(':')) ?? [];
  const others = lines?.filter(({ key }) => !String(key).startsWith(':')) ?? [];
  delete http['headerMap'];
  return { headers: Object.entries(headers).sort(), attributes, hasTime, pseudo, others: sorted(others) };
}

/** In the order of names; a name's lines stay in theirs. */
const sorted = (lines: JsonObject[]) =>
  lines.toSorted((a, b) => (String(a['key']) < String(b['key']) ? -1 : 1));

type Headers = [string, string][];
const NAMES = ['def', 'true', 'false', '0', '1', '2', '3'];
const HEADERS: Headers = [
  ...NAMES.flatMap((name): Headers => ['o', 'o2'].map((value) => [`x-old-${name}`, value])),
  ['x-rm', '1'],
  ['x-rm2', '1'],
  ['accept', 'a'],
  ['accept', 'a2'],
  ['x-text', 'café'],
  ['cookie', 'k=v'],
  ['cookie', 'l=w'],
  ['x-no', '1'],
  ['x-meta', 'v'],
  ['x-envoy-downstream-service-cluster', 'svc'],
  ['x-envoy-auth-partial-body', 'true'],
];

const row = (scene: string, path: string, headers: Headers = [], method = 'GET'): Case => ({
  name: `${method} ${path}${headers.length > 0 ? ' with headers' : ''}`,
  scene,
  request: { method, path, headers },
});

export const grpcCases: Case[] = [
  ...['grown-lines', 'grown-query', 'headers', 'direct'].map((word) => row('grpc-small-heads', `/${word}`)),
  ...Object.keys(WORDS).map((word) => row('grpc-plain', `/${word}`, HEADERS)),
  ...Object.keys(WORDS).map((word) => row('grpc-lax', `/${word}`)),
  ...Object.keys(ILLS).flatMap((ill) => [row('grpc-plain', `/${ill}`), row('grpc-lax', `/${ill}`)]),
  ...['/query', '/query-gone'].flatMap((path) =>
    ['?', '?q=1&q=2&r=3&r=4&e&f=%20+x&=v&&q', '?b=1&a=2'].map((query) => row('grpc-plain', path + query)),
  ),
  ...['/route?x', '/headers?x', '/yes', '/other-route', '/other-grpc', '/no-words'].map((path) =>
    row('grpc-full', path, HEADERS),
  ),
  ...['/no-words', '/error', '/no', '/no-302', '/error-bare'].flatMap((path) => [
    row('grpc-few-bytes', path),
    row('grpc-few-bytes', path, [], 'HEAD'),
  ]),
  ...[0, 1, 2, 3].flatMap((index) =>
    ['/other-route', '/route-more', '/route-more-and-less', '/route-and-query', '/query'].map((path) =>
      row(`grpc-clear-${index}`, path),
    ),
  ),
  ...['/route', '/yes', '/other-grpc', '/other-http', '/direct'].map((path) =>
    row('grpc-context', path, HEADERS),
  ),
  ...['/yes', '/no-words', '/error', '/no-200'].map((path) => row('grpc-plain', path, [], 'HEAD')),
  ...['/no-words', '/error', '/slow'].map((path) =>
    row('grpc-plain', path, [['content-type', 'application/grpc']]),
  ),
  row('grpc-plain', '/yes', [['content-length', '0']], 'POST'),
  row('grpc-lost', '/yes'),
  row('grpc-no-limit', '/yes'),
  row('grpc-closed', '/yes'),
  row('grpc-short', '/yes'),
  row('grpc-short', '/no-words'),
];
