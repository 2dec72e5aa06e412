import type { Question } from '../../fixtures/grpc-authorizer.ts';
import type { RecordedRequest } from '../origin.ts';
import type { Scene } from '../rehearsal/scene.ts';
import { filter, typed } from './scene-parts.ts';

const SERVER = { uri: 'http://authz.test/ignored', cluster: 'authz', timeout: '5s' };
const HTTP = { http_service: { server_uri: SERVER } };
const GRPC = { grpc_service: { envoy_grpc: { cluster_name: 'grpc' }, timeout: '5s' } };
const authz = (config: object) => filter('ext_authz.v3.ExtAuthz', config);
const settings = (config: object) => ({
  'filter-0': typed('ext_authz.v3.ExtAuthzPerRoute', { check_settings: config }),
});
const ofBody = (bytes: number, more: object = {}) => ({
  with_request_body: { max_request_bytes: bytes, ...more },
});
const PARTIAL = { allow_partial_message: true };

const route = (prefix: string, config?: object) => ({
  match: { prefix },
  route: { cluster: 'origin' },
  ...(config === undefined ? {} : { typed_per_filter_config: settings(config) }),
});

const ROUTES = {
  virtual_hosts: [
    {
      name: 'host',
      domains: ['host.test'],
      typed_per_filter_config: settings(ofBody(4, PARTIAL)),
      routes: [route('/own', {}), route('/host')],
    },
    {
      name: 'all',
      domains: ['*'],
      routes: [
        route('/untold', { disable_request_body_buffering: true }),
        route('/wider', ofBody(20, { pack_as_bytes: true })),
        route('/first', ofBody(5, PARTIAL)),
        route('/http', HTTP),
        route('/grpc', GRPC),
        {
          ...route('/off'),
          typed_per_filter_config: { 'filter-0': typed('ext_authz.v3.ExtAuthzPerRoute', { disabled: true }) },
        },
        route('/'),
      ],
    },
  ],
};

/** What both say of a reply of their own. */
const TOLD = {
  local_reply_config: {
    body_format: {
      text_format_source: {
        inline_string: '%LOCAL_REPLY_BODY%: %RESPONSE_CODE_DETAILS% %RESPONSE_FLAGS% %BYTES_RECEIVED%',
      },
    },
  },
};

const services = [
  ['http', HTTP],
  ['grpc', GRPC],
] as const;
const NOT_TOLD = { disallowed_headers: { patterns: [{ prefix: 'x-envoy' }] } };

export const bodyScenes: Scene[] = [
  ...services.flatMap(([name, service]): Scene[] => [
    { name: `${name}-whole`, filters: [authz({ ...service, ...ofBody(10) })], routeConfig: ROUTES },
    { name: `${name}-part`, filters: [authz({ ...service, ...ofBody(10, PARTIAL) })], routeConfig: ROUTES },
    {
      name: `${name}-bytes`,
      filters: [authz({ ...service, ...NOT_TOLD, ...ofBody(10, { ...PARTIAL, pack_as_bytes: true }) })],
      routeConfig: ROUTES,
    },
    { name: `${name}-none`, filters: [authz(service)], routeConfig: ROUTES },
    { name: `${name}-large`, filters: [authz({ ...service, ...ofBody(2_000_000) })], routeConfig: ROUTES },
    {
      name: `${name}-large-part`,
      filters: [authz({ ...service, ...ofBody(2_000_000, PARTIAL) })],
      routeConfig: ROUTES,
    },
    {
      name: `${name}-told`,
      filters: [authz({ ...service, ...ofBody(10) })],
      routeConfig: ROUTES,
      manager: TOLD,
    },
  ]),
  {
    name: 'grpc-listed',
    filters: [authz({ ...GRPC, ...ofBody(10), allowed_headers: { patterns: [{ prefix: 'x-' }] } })],
    routeConfig: ROUTES,
  },
  { name: 'narrow-part', filters: [authz({ ...HTTP, ...ofBody(10, PARTIAL) })], routeConfig: ROUTES },
  { name: 'narrow-whole', filters: [authz({ ...HTTP, ...ofBody(10) })], routeConfig: ROUTES },
  { name: 'unbounded', filters: [authz({ ...HTTP, ...ofBody(2_000_000, PARTIAL) })], routeConfig: ROUTES },
  ...['stream_idle_timeout', 'request_timeout'].map((limit) => ({
    name: limit,
    filters: [authz({ ...HTTP, ...ofBody(10) })],
    routeConfig: ROUTES,
    manager: { [limit]: '0.3s', ...TOLD },
  })),
  ...[':path', ':method'].map((name) => ({
    name: `http-without-${name.slice(1)}`,
    filters: [authz({ ...HTTP, ...ofBody(10), disallowed_headers: { patterns: [{ exact: name }] } })],
    routeConfig: ROUTES,
  })),
  {
    name: 'raw-headers',
    filters: [authz({ ...GRPC, encode_raw_headers: true, ...ofBody(10, PARTIAL) })],
    routeConfig: ROUTES,
  },
  {
    name: 'seen-as-client',
    filters: [
      authz({
        ...HTTP,
        ...ofBody(10),
        allowed_headers: { patterns: [{ prefix: 'x-e' }, { prefix: 'content' }] },
      }),
    ],
    routeConfig: ROUTES,
  },
];

/** By the listener's name. */
export const BUFFER_LIMITS = new Map([
  ['narrow-part', 5],
  ['narrow-whole', 5],
  ['unbounded', 0],
]);

export interface BodyCase {
  name: string;
  scene: string;
  method?: string;
  path: string;
  host?: string;
  headers?: readonly string[];
  /** What is sent after the head, framing included. */
  sent: Buffer;
  /** What follows once the service was asked. */
  rest?: Buffer;
}

const bytes = (text: string) => Buffer.from(text, 'latin1');
const chunks = (...texts: string[]) =>
  bytes(`${texts.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join('')}0\r\n\r\n`);

/** @param missing bytes that are announced and not sent */
function row(scene: string, path: string, text: string, more: Partial<BodyCase> = {}, missing = 0): BodyCase {
  const sent = more.sent ?? bytes(text);
  const length = sent.length + (more.rest?.length ?? 0) + missing;
  const framing = more.sent === undefined ? `content-length: ${length}` : 'transfer-encoding: chunked';
  const headers = [framing, ...(more.headers ?? [])];
  const shown = text.length > 40 ? `${text.length} bytes` : JSON.stringify(text);
  const rest = more.rest === undefined ? '' : ` and then ${more.rest.length} bytes`;
  const name = `${path} ${framing} ${shown}${rest}${more.headers === undefined ? '' : ` ${more.headers}`}`;
  return { name: `${name}${more.method ?? ''}`, scene, path, ...more, sent, headers };
}

const chunked = (scene: string, path: string, ...texts: string[]) =>
  row(scene, path, texts.join('|'), { sent: chunks(...texts) });

const INVALID = 'ab\xff\xc3(c';
const LARGE = 'x'.repeat(1_200_000);

export const bodyCases: BodyCase[] = [
  ...services.flatMap(([service]) => [
    ...['whole', 'part', 'told', 'none'].flatMap((kind) => {
      const scene = `${service}-${kind}`;
      return [
        ...['12345', '1234567890', '12345678901', INVALID].map((text) => row(scene, '/a', text)),
        chunked(scene, '/a', '12345'),
        chunked(scene, '/a', '12345', '67890'),
        chunked(scene, '/a', '12345', '678901'),
        chunked(scene, '/a'),
        row(scene, '/a', '', { method: 'POST' }),
        row(scene, '/a', '123', { method: 'GET' }),
        row(scene, '/a', '123', { method: 'HEAD' }),
        row(scene, '/a', '12345678901', { method: 'HEAD' }),
        row(scene, '/a', '12345678901', { headers: ['content-type: application/grpc'] }),
        row(scene, '/deny', '12345'),
        row(scene, '/deny', '12345678901'),
        row(scene, '/untold', '12345678901'),
        row(scene, '/off', '12345678901'),
        row(scene, '/wider', '12345678901'),
        row(scene, '/wider', INVALID),
        row(scene, '/wider', '123456789012345678901'),
        row(scene, '/first', '12345678901'),
        row(scene, '/first', '123456', { rest: bytes('7890') }),
        row(scene, '/http', INVALID),
        row(scene, '/own', '123456', { host: 'host.test' }),
        row(scene, '/host', '123456', { host: 'host.test' }),
        row(scene, '/a', '123', { headers: ['x-envoy-auth-partial-body: true'] }),
      ];
    }),
    row(`${service}-part`, '/a', '1234567890', { rest: bytes('abc') }),
    row(`${service}-part`, '/a', '123456789012', { rest: Buffer.from(LARGE) }),
    row(`${service}-part`, '/deny', '1234567890', {}, 3),
    row(`${service}-whole`, '/a', '12345678901', {}, 3),
    row(`${service}-part`, '/a', '12345678\xe2\x82\xac9'),
    row(`${service}-bytes`, '/a', INVALID),
    row(`${service}-bytes`, '/http', INVALID),
    row(`${service}-bytes`, '/deny', '12345678901'),
    row(`${service}-large`, '/a', LARGE),
    row(`${service}-large-part`, '/a', LARGE.slice(0, 1_000_000)),
    row(`${service}-large-part`, '/a', LARGE),
  ]),
  ...['grpc-whole', 'http-whole', 'http-bytes', 'http-none'].map((scene) => row(scene, '/grpc', INVALID)),
  ...['http-whole', 'grpc-whole', 'grpc-listed'].flatMap((scene) =>
    ['/http', '/grpc'].map((path) =>
      row(scene, path, '123', { headers: ['authorization: Basic x', 'x-a: b'] }),
    ),
  ),
  ...['narrow-part', 'narrow-whole'].flatMap((scene) =>
    ['12345', '123456'].map((text) => row(scene, '/a', text)),
  ),
  row('unbounded', '/a', LARGE),
  row('stream_idle_timeout', '/a', '123', {}, 3),
  row('request_timeout', '/a', '123', {}, 3),
  ...['path', 'method'].map((name) => row(`http-without-${name}`, '/a', '123')),
  row('raw-headers', '/a', '12345678901', { headers: ['x-a: b'] }),
  row('seen-as-client', '/a', '12345', {
    headers: ['x-envoy-auth-partial-body: true', 'content-type: text/x'],
  }),
];

/** A gRPC question without what each side says in its own way. */
export function grpcView({ check }: Question): object {
  const { attributes } = check as { attributes: { request: { http: Record<string, unknown> } } };
  const { id: _, headers, headerMap, ...http } = attributes.request.http;
  const map = (headerMap as { headers: { key: string; rawValue: string }[] } | undefined)?.headers;
  const isShared = (name: string) => name !== 'x-request-id';
  return {
    ...http,
    headers: Object.entries((headers as Record<string, string> | undefined) ?? {})
      .filter(([name]) => isShared(name))
      .sort(),
    map: map?.filter(({ key }) => isShared(key)),
  };
}

/** A question over HTTP, or a request as the origin got it. */
export function httpView({ method, url, rawHeaders, body }: RecordedRequest): object {
  const lines: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase();
    if (name !== 'connection' && name !== 'x-request-id') lines.push(`${name}: ${rawHeaders[i + 1]}`);
  }
  return { method, url, lines: lines.sort(), body: body.toString('latin1') };
}
