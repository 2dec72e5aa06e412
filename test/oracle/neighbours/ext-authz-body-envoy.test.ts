import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { CheckResponseSchema } from '#schema/envoy/service/auth/v3/external_auth_pb.js';
import { SharedClock } from '../../../src/platform/index.ts';
import type { Gate } from '../../../src/server/index.ts';
import { RawClient } from '../../e2e/raw-exchange.ts';
import {
  answer,
  bytesOf,
  frameOf,
  type GrpcAuthorizer,
  startGrpcAuthorizer,
} from '../../fixtures/grpc-authorizer.ts';
import { startGateOf } from '../../fixtures/loaded-gate.ts';
import { type EnvoyProcess, findEnvoy, startEnvoy } from '../envoy-process.ts';
import { type Origin, startOrigin } from '../origin.ts';
import { portOf } from '../rehearsal/comparison.ts';
import { bootstrapOf } from '../rehearsal/scene.ts';
import { counted, shown } from './compare.ts';
import {
  type BodyCase,
  BUFFER_LIMITS,
  bodyCases,
  bodyScenes,
  grpcView,
  httpView,
} from './ext-authz-body-cases.ts';
import { http2Cluster } from './scene-parts.ts';

const OK = 0;
const PERMISSION_DENIED = 7;

function limited(text: string): string {
  const bootstrap = JSON.parse(text);
  for (const listener of bootstrap.static_resources.listeners) {
    const limit = BUFFER_LIMITS.get(listener.name);
    if (limit !== undefined) listener.per_connection_buffer_limit_bytes = limit;
  }
  return JSON.stringify(bootstrap);
}

if (findEnvoy() !== null) {
  describe('ext_authz tells its service of bodies as Envoy does', () => {
    let origin: Origin;
    let service: Origin;
    let grpc: GrpcAuthorizer;
    let envoy: EnvoyProcess;
    let gate: Gate;
    let whenAsked: (() => void) | null = null;

    before(async () => {
      origin = await startOrigin();
      service = await startOrigin(({ url }, response) => {
        whenAsked?.();
        response.writeHead(url === '/deny' ? 403 : 200).end('said');
      });
      grpc = await startGrpcAuthorizer(({ check }, stream) => {
        whenAsked?.();
        const code = JSON.stringify(check).includes('"path":"/deny"') ? PERMISSION_DENIED : OK;
        answer(stream, frameOf(bytesOf(create(CheckResponseSchema, { status: { code } }))));
      });
      const clusters = [http2Cluster('grpc', grpc.port)];
      const bootstrap = limited(bootstrapOf(bodyScenes, origin.port, { authz: service.port }, clusters));
      envoy = await startEnvoy(bootstrap);
      gate = await startGateOf(bootstrap, { clock: new SharedClock() });
    });

    after(async () => {
      await gate?.close();
      await envoy?.stop();
      await Promise.all([service?.close(), grpc?.close(), origin?.close()]);
    });

    async function play(
      port: number,
      { method = 'POST', path, host = 'a.test', headers = [], sent, rest }: BodyCase,
    ) {
      const asked = new Promise<void>((resolve) => {
        whenAsked = resolve;
      });
      const client = new RawClient(port);
      const head = [`${method} ${path} HTTP/1.1`, `host: ${host}`, ...headers].join('\r\n');
      client.send(Buffer.concat([Buffer.from(`${head}\r\n\r\n`), sent]));
      if (rest !== undefined) {
        await asked;
        client.send(rest);
      }
      const response = await client.response(method);
      client.close();
      assert.ok(response, 'the connection was closed');
      return {
        status: response.status,
        body: response.body,
        headers: shown(response.headers).sort(),
        closes: response.headers.filter(([name]) => name === 'connection'),
        asked: service.requests.splice(0).map(httpView),
        askedByGrpc: grpc.questions.splice(0).map(grpcView),
        forwarded: origin.requests.splice(0).map(httpView),
      };
    }

    for (const row of bodyCases) {
      it(`${row.scene}: ${row.name}`, async () => {
        const want = await play(portOf(envoy, row.scene), row);
        const port = gate.listeners.find(({ name }) => name === row.scene)?.port as number;
        assert.deepEqual(await play(port, row), want);
      });
    }

    it('counts as Envoy does', async () => {
      assert.deepEqual(counted(gate.stats()), counted(await envoy.stats()));
    });
  });
}
