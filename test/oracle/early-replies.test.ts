import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RawClient, type RawResponse } from '../e2e/raw-exchange.ts';
import { bootstrapOf, listenerOf } from '../fixtures/envoy-config.ts';
import { startGateOf } from '../fixtures/loaded-gate.ts';
import { findEnvoy, startEnvoy } from './envoy-process.ts';
import { portOf } from './rehearsal/comparison.ts';

const TYPE = 'type.googleapis.com/envoy.extensions.filters';
const append = (key: string) => ({ append: { header: { key, value: 'v' } } });
const onRoute = (key: string) => ({
  '@type': `${TYPE}.http.header_mutation.v3.HeaderMutationPerRoute`,
  mutations: { response_mutations: [append(key)] },
});
const manager = {
  '@type': `${TYPE}.network.http_connection_manager.v3.HttpConnectionManager`,
  stat_prefix: 'early',
  path_with_escaped_slashes_action: 'REJECT_REQUEST',
  common_http_protocol_options: { headers_with_underscores_action: 'REJECT_REQUEST' },
  route_config: {
    virtual_hosts: [
      {
        name: 'all',
        domains: ['*'],
        typed_per_filter_config: { mutation: onRoute('x-route') },
        routes: [
          {
            match: { prefix: '/r/' },
            direct_response: { status: 200 },
            typed_per_filter_config: { mutation: onRoute('x-of-r') },
          },
          { match: { prefix: '/' }, direct_response: { status: 200, body: { inline_string: 'ok' } } },
        ],
      },
    ],
  },
  local_reply_config: {
    mappers: [
      {
        filter: { header_filter: { header: { name: ':method', string_match: { exact: 'HEAD' } } } },
        body_format_override: { text_format: '%REQ(absent)%', omit_empty_values: true },
      },
      {
        filter: { header_filter: { header: { name: ':scheme', present_match: true } } },
        headers_to_add: [{ header: { key: 'x-scheme', value: 'v' } }],
      },
    ],
    body_format: {
      text_format:
        '%RESPONSE_CODE% %PROTOCOL% %REQ(:scheme)% %REQ(:method)% %REQ(:authority)% %PATH(NQ)% %PATH(NQ:PATH)% %REQ(:path)%',
    },
  },
  http_filters: [
    {
      name: 'mutation',
      typed_config: {
        '@type': `${TYPE}.http.header_mutation.v3.HeaderMutation`,
        mutations: { response_mutations: [append('x-filter')] },
      },
    },
    { name: 'router', typed_config: { '@type': `${TYPE}.http.router.v3.Router` } },
  ],
};
/** Pseudo-headers that a reply may be told by; the scheme is another matter: Envoy has none while it has not looked at the request. */
const PSEUDO = [':path', ':method', ':authority', 'host'];
/** Says in its replies whether a request has that header. */
const toldBy = (name: string) => ({
  ...manager,
  local_reply_config: {
    mappers: [
      {
        filter: { header_filter: { header: { name, present_match: true } } },
        headers_to_add: [{ header: { key: 'x-has', value: name } }],
      },
    ],
  },
});
const CONFIG = bootstrapOf([
  listenerOf('early', [{ name: 'hcm', typed_config: manager }]),
  listenerOf('edge', [{ name: 'hcm', typed_config: { ...manager, use_remote_address: true } }]),
  ...PSEUDO.map((name) => listenerOf(name, [{ name: 'hcm', typed_config: toldBy(name) }])),
]);

const head = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`;
const upgrade = ['connection: upgrade', 'upgrade: websocket'];

/** Requests that are answered before any filter has seen them, and which filters' words the answers carry. */
const table: { name: string; request: string; status: number; own: string[] }[] = [
  { name: 'a fragment', request: head('GET /a#b HTTP/1.1', 'host: a'), status: 400, own: ['x-filter'] },
  {
    name: 'an escaped slash',
    request: head('GET /a%2fb HTTP/1.1', 'host: a'),
    status: 400,
    own: ['x-filter'],
  },
  {
    name: 'a name with an underscore',
    request: head('GET /a HTTP/1.1', 'host: a', 'a_b: 1'),
    status: 400,
    own: ['x-filter'],
  },
  {
    name: 'a name with a blank',
    request: head('GET /a HTTP/1.1', 'host: a', 'a b: 1'),
    status: 400,
    own: ['x-filter'],
  },
  { name: 'no host', request: head('GET /a HTTP/1.1', 'x: 1'), status: 400, own: ['x-filter'] },
  { name: 'HTTP/1.0', request: head('GET /a HTTP/1.0'), status: 426, own: ['x-filter'] },
  {
    name: 'two framings',
    request: head('POST /a HTTP/1.1', 'host: a', 'content-length: 3', 'transfer-encoding: chunked'),
    status: 400,
    own: ['x-filter'],
  },
  { name: 'HEAD of HTTP/1.0', request: head('HEAD /a HTTP/1.0'), status: 426, own: ['x-filter'] },
  { name: 'HEAD without a host', request: head('HEAD /a HTTP/1.1', 'x: 1'), status: 400, own: ['x-filter'] },
  {
    name: 'the whole server',
    request: head('OPTIONS * HTTP/1.1', 'host: a'),
    status: 404,
    own: ['x-filter'],
  },
  {
    name: 'a target that names its scheme, with a fragment',
    request: head('GET http://a/a#b HTTP/1.1', 'host: a'),
    status: 400,
    own: ['x-filter', 'x-scheme'],
  },
  {
    name: 'a target of another transport, with a fragment',
    request: head('GET https://a/a#b HTTP/1.1', 'host: a'),
    status: 400,
    own: ['x-filter', 'x-scheme'],
  },
  {
    name: 'a target that names its scheme, with an escaped slash',
    request: head('GET http://a/a%2fb HTTP/1.1', 'host: a'),
    status: 400,
    own: ['x-filter', 'x-scheme'],
  },
  {
    name: 'an authority that is there and empty',
    request: head('GET /a%2fb HTTP/1.1', 'host:'),
    status: 400,
    own: ['x-filter'],
  },
  {
    name: 'a path with bytes beyond ASCII',
    request: head('GET /\u00e9 HTTP/1.1', 'host: a'),
    status: 400,
    own: ['x-filter'],
  },
  {
    name: 'a head that is too long',
    request: head('GET /a HTTP/1.1', 'host: a', `x: ${'a'.repeat(70_000)}`),
    status: 431,
    own: ['x-filter'],
  },
  {
    name: 'a fragment, and a name with an underscore',
    request: head('GET /a#b HTTP/1.1', 'host: a', 'a_b: 1'),
    status: 400,
    own: ['x-filter'],
  },
  {
    name: 'an escaped slash, where the scheme lets a route be chosen',
    request: head('GET /r%2fb HTTP/1.1', 'host: a', 'x-forwarded-proto: http'),
    status: 400,
    own: ['x-filter', 'x-of-r', 'x-route'],
  },
  {
    name: 'an upgrade',
    request: head('GET /a HTTP/1.1', 'host: a', ...upgrade),
    status: 403,
    own: ['x-filter', 'x-route', 'x-scheme'],
  },
  {
    name: 'an upgrade of a path that is refused',
    request: head('GET /a%2fb HTTP/1.1', 'host: a', ...upgrade),
    status: 400,
    own: ['x-filter'],
  },
];

async function ask(port: number, request: string): Promise<RawResponse | null> {
  const client = new RawClient(port);
  client.send(request);
  try {
    return await client.response(request.slice(0, request.indexOf(' ')));
  } finally {
    client.close();
  }
}

/** Without what differs by nature. */
function shown(response: RawResponse | null) {
  assert(response !== null);
  const headers = response.headers.filter(([name]) => !['server', 'date'].includes(name));
  return { ...response, headers: headers.map(([name, value]) => `${name}: ${value}`).sort() };
}

describe('a reply that is made before the filters are asked', () => {
  it('passes them on its way out', async () => {
    const gate = await startGateOf(CONFIG, { admin: false });
    try {
      for (const { name, request, status, own } of table) {
        const reply = shown(await ask(gate.listeners[0]?.port as number, request));
        const words = reply.headers.filter((line) => line.startsWith('x-'));
        assert.deepEqual(
          { status: reply.status, words },
          { status, words: own.map((one) => `${one}: v`) },
          name,
        );
      }
    } finally {
      await gate.close();
    }
  });

  it('is Envoy’s', { skip: findEnvoy() === null && 'no envoy' }, async () => {
    const [gate, envoy] = await Promise.all([startGateOf(CONFIG, { admin: false }), startEnvoy(CONFIG)]);
    try {
      for (const { name, request } of table) {
        for (const { name: listener, port } of gate.listeners) {
          const got = shown(await ask(port, request));
          const wanted = shown(await ask(portOf(envoy, listener), request));
          assert.deepEqual(got, wanted, `${name}, ${listener}`);
        }
      }
    } finally {
      await Promise.all([gate.close(), envoy.stop()]);
    }
  });
});
