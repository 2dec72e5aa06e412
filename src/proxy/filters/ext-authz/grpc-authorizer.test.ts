import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromBinary, fromJson, type JsonObject, toBinary } from '@bufbuild/protobuf';
import type { ExtAuthz } from '#schema/envoy/extensions/filters/http/ext_authz/v3/ext_authz_pb.js';
import {
  type CheckRequest,
  CheckRequestSchema,
  CheckResponseSchema,
} from '#schema/envoy/service/auth/v3/external_auth_pb.js';
import { goodFilter } from '../../../../test/fixtures/compile-filter.ts';
import { type StreamWords, TestStream } from '../../../../test/fixtures/filter-stream.ts';
import { routeSaying } from '../../../../test/fixtures/route-words.ts';
import { TreeRecorder } from '../../../base/index.ts';
import { HeaderList } from '../../http/header-list.ts';
import type { GrpcOutcome, GrpcRequest } from '../../upstream/grpc/grpc-request.ts';
import type { UpstreamCaller } from '../filter.ts';
import { extAuthzFactory } from './factory.ts';

const config = (more: JsonObject = {}, service: JsonObject = {}): JsonObject => ({
  grpc_service: { envoy_grpc: { cluster_name: 'authz' }, ...service },
  ...more,
});

const saying = (answer: JsonObject): GrpcOutcome => ({
  kind: 'reply',
  message: Buffer.from(toBinary(CheckResponseSchema, fromJson(CheckResponseSchema, answer))),
});
const YES = saying({ status: {} });
const TOO_LONG: GrpcOutcome = { kind: 'failure', code: 'too_large', text: 'too long' };
const LATE: GrpcOutcome = { kind: 'failure', code: 'timeout', text: 'no answer in time' };

interface Given extends StreamWords {
  levels?: JsonObject[];
  /** In a namespace called `told`. */
  metadata?: [string, string][];
}

async function ask(filterConfig: JsonObject, outcome: GrpcOutcome, given: Given = {}) {
  const asked: [cluster: string, request: GrpcRequest][] = [];
  const upstreams: UpstreamCaller = {
    call: () => Promise.reject(new TypeError('nobody is to be asked over HTTP')),
    callGrpc: async (cluster, request) => {
      asked.push([cluster, request]);
      return outcome;
    },
  };
  const { filter, context, counters } = goodFilter(extAuthzFactory, filterConfig, null, { upstreams });
  const { levels = [], metadata = [], ...words } = given;
  const route = routeSaying(extAuthzFactory, levels, context, undefined, filter.origin as ExtAuthz);
  const stream = new TestStream({ route, ...words });
  for (const [key, value] of metadata) stream.metadata.set('told', key, value);
  const reply = await filter.decodeHeaders(stream);
  const headers = new HeaderList();
  filter.encodeHeaders?.(stream, { status: 200, headers });
  const [cluster, request] = asked[0] ?? ['', null];
  const check = request === null ? null : fromBinary(CheckRequestSchema, request.message);
  return { reply, stream, cluster, request, check, client: linesOf(headers), counters: counters() };
}

const linesOf = ({ names, values }: HeaderList) => names.map((name, index) => `${name}: ${values[index]}`);
const httpOf = (check: CheckRequest | null) => check?.attributes?.request?.http;

describe('ext_authz asks a gRPC service', () => {
  it('for two tenths of a second, under the name of its cluster, with the whole request', async () => {
    const { cluster, request, check } = await ask(config(), YES, {
      path: '/a?b',
      headers: [
        ['x-a', '1'],
        ['x-a', '2'],
        ['x-bytes', 'café'],
        ['x-envoy-auth-partial-body', 'true'],
      ],
      connection: { peer: { uriNames: ['spiffe://a'], dnsNames: ['b'], subject: 'CN=c' } },
    });
    assert.deepEqual(
      [cluster, request?.authority, request?.path, request?.timeoutMs],
      ['authz', '', '/envoy.service.auth.v3.Authorization/Check', 200],
    );
    const http = httpOf(check);
    assert.deepEqual(http?.headers, {
      ':authority': 'host.test',
      ':method': 'GET',
      ':path': '/a?b',
      ':scheme': 'http',
      'x-a': '1,2',
      'x-bytes': 'café',
    });
    assert.deepEqual([http?.path, http?.host, http?.protocol], ['/a?b', 'host.test', 'HTTP/1.1']);
    assert.equal(check?.attributes?.source?.principal, 'spiffe://a');
    assert.deepEqual(request?.metadata, [
      ['x-envoy-internal', 'true'],
      ['x-envoy-expected-rq-timeout-ms', '200'],
    ]);
  });

  it('with what the lists let be told, line by line where it is asked for', async () => {
    const lists = {
      allowed_headers: { patterns: [{ prefix: 'x-' }] },
      disallowed_headers: { patterns: [{ exact: 'x-no' }] },
      encode_raw_headers: true,
    };
    const { check } = await ask(config(lists), YES, {
      headers: [
        ['x-a', '1'],
        ['x-a', 'é'],
        ['x-no', '1'],
        ['other', '1'],
      ],
    });
    const told = httpOf(check)?.headerMap?.headers.map(({ key, rawValue }) => [key, ...rawValue]);
    assert.deepEqual(told, [
      ['x-a', 0x31],
      ['x-a', 0xc3, 0xa9],
    ]);
  });

  const orders: { name: string; given: StreamWords; want: string }[] = [
    { name: 'where it comes last', given: {}, want: ':authority :path :method :scheme' },
    {
      name: 'before the path where the target said it',
      given: { targetScheme: 'http' },
      want: ':authority :scheme :path :method',
    },
  ];
  for (const { name, given, want } of orders) {
    it(`with the scheme, line by line, ${name}`, async () => {
      const { check } = await ask(config({ encode_raw_headers: true }), YES, given);
      assert.equal(
        httpOf(check)
          ?.headerMap?.headers.map(({ key }) => key)
          .join(' '),
        want,
      );
    });
  }

  it('with the certificate, the name of the hello and the metadata that are asked for', async () => {
    const more = {
      include_peer_certificate: true,
      include_tls_session: true,
      metadata_context_namespaces: ['told', 'absent'],
    };
    const { check } = await ask(config(more), YES, {
      metadata: [['sub', 'alice']],
      connection: {
        serverName: '',
        spelledName: 'SNI.test',
        certificates: {
          tlsVersion: 'TLSv1.3',
          local: { uriNames: ['spiffe://gate'], dnsNames: ['gate.test'], subject: 'CN=gate' },
          peerPem: '-----BEGIN ',
          peerDigest: '',
        },
      },
    });
    const { source, destination, tlsSession, metadataContext } = check?.attributes ?? {};
    assert.deepEqual(
      [source?.certificate, destination?.principal, tlsSession?.sni, metadataContext?.filterMetadata],
      ['-----BEGIN%20', 'spiffe://gate', 'SNI.test', { told: { sub: 'alice' } }],
    );
  });

  it('with what all levels of the routes add, and another one where the nearest says so', async () => {
    const levels = [
      {
        check_settings: {
          context_extensions: { a: 'route' },
          grpc_service: { envoy_grpc: { cluster_name: 'other' }, timeout: '1s' },
        },
      },
      { check_settings: { context_extensions: { a: 'host', b: 'host' } } },
    ];
    const { cluster, request, check } = await ask(config(), YES, { levels });
    assert.deepEqual([cluster, request?.timeoutMs], ['other', 1000]);
    assert.deepEqual(check?.attributes?.contextExtensions, { a: 'route', b: 'host' });
    assert.equal((await ask(config(), YES, { levels: levels.toReversed() })).cluster, 'authz');
  });

  it('with metadata of bytes in base64', async () => {
    const initial = [
      { key: 'x-bin', value: '%REQ(x-a)%' },
      { key: 'X-Y-BIN', value: 'AA' },
      { key: 'bin', value: 'AA' },
    ];
    const { request } = await ask(config({}, { initial_metadata: initial }), YES, {
      headers: [['x-a', 'é']],
    });
    assert.deepEqual(request?.metadata.slice(0, 3), [
      ['x-bin', 'w6k='],
      ['x-y-bin', 'QUE='],
      ['bin', 'AA'],
    ]);
  });

  it('as long as it likes where its time is less than a millisecond', async () => {
    const { request } = await ask(config({}, { timeout: '0.000999999s' }), YES);
    assert.equal(request?.timeoutMs, 0);
  });

  it('in a rehearsal not at all, and says so', () => {
    const { filter, context } = goodFilter(extAuthzFactory, config());
    const recorder = new TreeRecorder();
    const stream = new TestStream({ route: routeSaying(extAuthzFactory, [], context), recorder });
    assert.equal(filter.decodeHeaders(stream), undefined);
    const [step] = recorder.root.steps;
    assert.deepEqual([step?.kind, step?.text, step?.verdict], ['service', 'cluster authz', 'unknown']);
  });
});

describe('ext_authz follows a gRPC service', () => {
  const header = (key: string, value: string, more: JsonObject = {}) => ({ header: { key, value }, ...more });

  it('in what it changes of an admitted request, but for where messages end', async () => {
    const ok = {
      headers: [
        header('X-Set', 'new', { append_action: 'ADD_IF_ABSENT' }),
        header('x-app', 'more', { append: true }),
        header('x-none', 'more', { append: true }),
        header('content-length', '99'),
        header('transfer-encoding', 'chunked'),
      ],
      headers_to_remove: ['X-Rm', 'content-length'],
      query_parameters_to_set: [{ key: 'q', value: '9' }],
    };
    const { reply, stream } = await ask(config(), saying({ status: {}, ok_response: ok }), {
      path: '/a?z=1&q=2',
      headers: [
        ['x-set', 'old'],
        ['x-app', 'one'],
        ['x-app', 'two'],
        ['x-rm', '1'],
        ['content-length', '4'],
      ],
    });
    assert.equal(reply, undefined);
    assert.deepEqual(linesOf(stream.request.headers), [
      'x-app: one,more',
      'x-app: two',
      'content-length: 4',
      'x-set: new',
    ]);
    assert.equal(stream.request.path, '/a?q=9&z=1');
  });

  it('in what it tells the client, but for lines that could be taken for two', async () => {
    const ok = {
      response_headers_to_add: [
        header('x-a', '1'),
        header('x-b', '1\r\nx-c: 2'),
        header('content-length', '1'),
      ],
    };
    assert.deepEqual((await ask(config(), saying({ ok_response: ok }))).client, ['x-a: 1']);
    const denied = { headers: [header('x-a', '1'), header(':status', '200'), header('a b', '1')], body: 'é' };
    const { reply, counters } = await ask(config(), saying({ status: { code: 7 }, denied_response: denied }));
    assert.deepEqual(reply, {
      status: 403,
      headers: [['x-a', '1']],
      body: '\xc3\xa9',
      details: 'ext_authz_denied',
    });
    assert.deepEqual(counters, { 'ext_authz.denied': 1 });
  });

  const refusals: { name: string; given: GrpcOutcome; lax?: boolean; want: [number, string] | null }[] = [
    {
      name: 'a refusal without words is 403',
      given: saying({ status: { code: 16 } }),
      want: [403, 'denied'],
    },
    {
      name: 'a status that ends no exchange is 403',
      given: saying({ status: { code: 7 }, denied_response: { status: { code: 100 } } }),
      want: [403, 'denied'],
    },
    {
      name: 'a failure in its own words',
      given: saying({ status: { code: 7 }, error_response: { status: { code: 429 } } }),
      want: [429, 'error'],
    },
    {
      name: 'a failure in none',
      given: saying({ status: { code: 7 }, error_response: {} }),
      want: [503, 'error'],
    },
    { name: 'no answer', given: LATE, want: [503, 'error'] },
    { name: 'no answer, where failures are let in', given: LATE, lax: true, want: null },
    {
      name: 'what is no CheckResponse',
      given: { kind: 'reply', message: Buffer.from([7, 255]) },
      want: [503, 'error'],
    },
    {
      name: 'a refusal, where failures are let in',
      given: saying({ status: { code: 7 } }),
      lax: true,
      want: [403, 'denied'],
    },
    {
      name: 'an answer that is too long, where failures are let in',
      given: TOO_LONG,
      lax: true,
      want: [500, 'invalid'],
    },
  ];
  for (const { name, given, lax = false, want } of refusals) {
    it(`${name}: ${want === null ? 'goes on' : want[0]}`, async () => {
      const filter = config({ status_on_error: { code: 503 }, failure_mode_allow: lax });
      const { reply } = await ask(filter, given);
      assert.deepEqual(
        reply === undefined ? null : [reply.status, reply.details],
        want === null ? null : [want[0], `ext_authz_${want[1]}`],
      );
    });
  }

  it('an answer longer than the configuration takes is a failure like others', async () => {
    const target = { envoy_grpc: { cluster_name: 'authz', max_receive_message_length: 10 } };
    const { reply, request } = await ask(config({ failure_mode_allow: true }, target), TOO_LONG);
    assert.deepEqual([reply, request?.bytesMax], [undefined, 10]);
  });

  it('no length at all is no bound but the gate’s own, and its answer may say no', async () => {
    const target = { envoy_grpc: { cluster_name: 'authz', max_receive_message_length: 0 } };
    const { reply, request } = await ask(config({ failure_mode_allow: true }, target), TOO_LONG);
    assert.deepEqual([reply?.status, request?.bytesMax], [500, 4 * 1024 * 1024]);
  });

  it('keeps its metadata, of refusals too', async () => {
    const metadata = async (answer: JsonObject) =>
      (await ask(config(), saying(answer))).stream.metadataOf('envoy.filters.http.ext_authz');
    assert.deepEqual(await metadata({ dynamic_metadata: { a: { b: [1] } } }), {
      a: { b: [1] },
      ext_authz_duration: 0,
    });
    assert.deepEqual(await metadata({ status: { code: 7 }, dynamic_metadata: { a: 1 } }), { a: 1 });
  });
});
