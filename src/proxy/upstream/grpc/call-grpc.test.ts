import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { create, toBinary } from '@bufbuild/protobuf';
import { CheckRequestSchema, CheckResponseSchema } from '#schema/envoy/service/auth/v3/external_auth_pb.js';
import {
  answer,
  frameOf,
  type Judge,
  startGrpcAuthorizer,
} from '../../../../test/fixtures/grpc-authorizer.ts';
import { Deadlines } from '../../http/deadlines.ts';
import { Stats } from '../../stats.ts';
import { Cluster } from '../cluster.ts';
import { ClusterStats } from '../cluster-stats.ts';
import { plainTransport } from '../transport.ts';
import { callGrpcThrough } from './call-grpc.ts';
import type { GrpcRequest } from './grpc-request.ts';

const MESSAGE = toBinary(CheckRequestSchema, create(CheckRequestSchema));
const OK = toBinary(CheckResponseSchema, create(CheckResponseSchema, { status: {} }));

function clusterAt(t: TestContext, port: number, http2 = true) {
  const stats = new Stats();
  const settings = {
    name: 'authz',
    endpoints: [{ host: '127.0.0.1', port, isAddress: true, hostName: '' }],
    firstAddressOnly: false,
    family: 'auto' as const,
    loadBalancing: 'round-robin' as const,
    transport: plainTransport,
    http2,
    connectTimeoutMs: 1000,
    idleTimeoutMs: 60_000,
    refreshMs: 5000,
    stats: new ClusterStats('authz', stats, () => undefined),
  };
  const cluster = new Cluster(settings, new Deadlines());
  t.after(() => cluster.close());
  const stat = (name: string) => stats.read().find(([key]) => key === `cluster.authz.${name}`)?.[1];
  return { cluster, stat };
}

const request = (more: Partial<GrpcRequest> = {}): GrpcRequest => ({
  path: '/a.B/C',
  authority: '',
  metadata: [],
  saysWho: false,
  message: MESSAGE,
  timeoutMs: 5000,
  bytesMax: 1000,
  ...more,
});

async function service(t: TestContext, judge: Judge) {
  const started = await startGrpcAuthorizer(judge);
  t.after(() => started.close());
  return { ...clusterAt(t, started.port), ...started };
}

/** A server of bare sockets. */
async function rawServer(t: TestContext, onSocket: (socket: Socket) => void) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return clusterAt(t, (server.address() as { port: number }).port);
}

describe('a gRPC call', () => {
  it('says what gRPC wants said, and what it was given', async (t) => {
    const { cluster, questions } = await service(t, (_, stream) => answer(stream, frameOf(OK)));
    const metadata = [
      ['x-a', '1'],
      ['x-a', '2'],
    ] as const;
    const outcome = await callGrpcThrough(cluster, request({ authority: 'authz.test', metadata }));
    assert.equal(outcome.kind, 'reply');
    assert.deepEqual(questions[0]?.headers, {
      ':method': 'POST',
      ':scheme': 'http',
      ':authority': 'authz.test',
      ':path': '/a.B/C',
      te: 'trailers',
      'grpc-timeout': '5000m',
      'content-type': 'application/grpc',
      'x-a': '1, 2',
    });
  });

  it('shares one connection with others, and opens another when that has ended', async (t) => {
    const { cluster, sessions, stat } = await service(t, (_, stream) => answer(stream, frameOf(OK)));
    const calls = await Promise.all([1, 2, 3].map(() => callGrpcThrough(cluster, request())));
    assert.deepEqual([calls.map(({ kind }) => kind), sessions.length], [['reply', 'reply', 'reply'], 1]);
    const gone = new Promise((resolve) => sessions[0]?.once('close', resolve));
    sessions[0]?.destroy();
    await gone;
    await callGrpcThrough(cluster, request());
    assert.equal((await callGrpcThrough(cluster, request())).kind, 'reply');
    assert.equal(sessions.length, 2);
    assert.deepEqual([stat('upstream_cx_total'), stat('upstream_cx_active')], [2, 1]);
  });

  it('ends its connection where the address is gone, for it was a late one', async (t) => {
    const { cluster, sessions, stat } = await service(t, (_, stream) => answer(stream, frameOf(OK)));
    cluster.close();
    for (let calls = 1; calls <= 2; calls++) {
      assert.equal((await callGrpcThrough(cluster, request())).kind, 'reply');
      assert.equal(sessions.length, calls);
      const session = sessions.at(-1);
      if (session?.destroyed === false) await new Promise((resolve) => session.once('close', resolve));
    }
    assert.equal(stat('upstream_cx_total'), 2);
  });

  it('ends when its time is over, and the service learns of it', async (t) => {
    const closed = Promise.withResolvers<void>();
    const { cluster, stat } = await service(t, (_, stream) => stream.on('close', () => closed.resolve()));
    const outcome = await callGrpcThrough(cluster, request({ timeoutMs: 30 }));
    assert.deepEqual(outcome, { kind: 'failure', code: 'timeout', text: 'no answer in time' });
    await closed.promise;
    assert.equal(stat('upstream_rq_timeout'), 1);
  });

  it('ends when nobody waits any more', async (t) => {
    const asked = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    const { cluster } = await service(t, (_, stream) => {
      stream.on('close', () => closed.resolve());
      asked.resolve();
    });
    const abort = new AbortController();
    const call = callGrpcThrough(cluster, request({ timeoutMs: 0, signal: abort.signal }));
    await asked.promise;
    abort.abort();
    assert.equal((await call).kind, 'failure');
    await closed.promise;
  });

  it('takes no answer that is longer than it may be, however it comes', async (t) => {
    const { cluster } = await service(t, (_, stream) => answer(stream, frameOf(Buffer.alloc(5_000_000))));
    const outcome = await callGrpcThrough(cluster, request());
    assert.equal(outcome.kind === 'failure' && outcome.code, 'too_large');
  });

  it('fails where nobody listens', async (t) => {
    const { cluster, stat } = clusterAt(t, 9);
    assert.equal((await callGrpcThrough(cluster, request())).kind, 'failure');
    assert.equal(stat('upstream_cx_connect_fail'), 1);
  });

  it('is not made to a cluster that speaks HTTP/1.1', async (t) => {
    const { cluster } = clusterAt(t, 9, false);
    const outcome = await callGrpcThrough(cluster, request());
    assert.match(outcome.kind === 'failure' ? outcome.text : '', /HTTP\/1\.1/);
  });

  it('fails with a field that HTTP/2 does not carry', async (t) => {
    const { cluster } = await service(t, (_, stream) => answer(stream, frameOf(OK)));
    const outcome = await callGrpcThrough(cluster, request({ metadata: [['connection', 'x']] }));
    assert.equal(outcome.kind, 'failure');
  });

  const noise: { name: string; onSocket: (socket: Socket) => void }[] = [
    { name: 'HTTP/1.1', onSocket: (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n') },
    {
      name: 'frames of unknown kinds and lengths',
      onSocket: (socket) => socket.write(Buffer.alloc(20_000, 0xff)),
    },
    { name: 'the end', onSocket: (socket) => socket.end() },
    { name: 'a reset', onSocket: (socket) => socket.resetAndDestroy() },
  ];
  for (const { name, onSocket } of noise) {
    it(`fails on a server that answers with ${name}`, async (t) => {
      const { cluster } = await rawServer(t, onSocket);
      assert.equal((await callGrpcThrough(cluster, request())).kind, 'failure');
    });
  }

  it('fails in time on a server that says nothing at all', async (t) => {
    const { cluster } = await rawServer(t, () => undefined);
    const outcome = await callGrpcThrough(cluster, request({ timeoutMs: 30 }));
    assert.equal(outcome.kind === 'failure' && outcome.code, 'timeout');
  });
});
