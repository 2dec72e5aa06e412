import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { loadConfig } from '../../../src/control/config/index.ts';
import { SharedClock } from '../../../src/platform/index.ts';
import { type Gate, startGate } from '../../../src/server/index.ts';
import { findFreePort } from '../../e2e/gate-process.ts';
import { type GrpcAuthorizer, startGrpcAuthorizer } from '../../fixtures/grpc-authorizer.ts';
import { type EnvoyProcess, findEnvoy, startEnvoy } from '../envoy-process.ts';
import { type RawOrigin, startRawOrigin } from '../origin.ts';
import { answerConnection, exchangeWith, portOf } from '../rehearsal/comparison.ts';
import { bootstrapOf } from '../rehearsal/scene.ts';
import { counted, shown } from './compare.ts';
import { grpcCases, grpcScenes, judgeByPath, questionView } from './ext-authz-grpc-cases.ts';
import { http2Cluster } from './scene-parts.ts';

if (findEnvoy() !== null) {
  describe('ext_authz asks and follows a gRPC service as Envoy does', () => {
    let origin: RawOrigin;
    let service: GrpcAuthorizer;
    let envoy: EnvoyProcess;
    let gate: Gate;

    before(async () => {
      origin = await startRawOrigin(answerConnection);
      service = await startGrpcAuthorizer(judgeByPath);
      const closed = await findFreePort();
      const clusters = [http2Cluster('grpc', service.port), http2Cluster('grpc-closed', closed)];
      const bootstrap = bootstrapOf(grpcScenes, origin.port, { closed }, clusters);
      envoy = await startEnvoy(bootstrap);
      const { snapshot, provenance, findings } = loadConfig([{ name: 'scenes.json', text: bootstrap }]);
      assert.ok(snapshot, findings.list.map(({ message }) => message).join('\n'));
      gate = await startGate({ snapshot, provenance, clock: new SharedClock() });
    });

    after(async () => {
      await gate?.close();
      await envoy?.stop();
      await service?.close();
      await origin?.close();
    });

    /** What the service was asked, with the listener's port taken out. */
    const asked = (port: number) =>
      service.questions
        .splice(0)
        .map((question) => JSON.parse(JSON.stringify(questionView(question)).replaceAll(String(port), '1')));

    for (const { name, scene, request } of grpcCases) {
      it(`${scene}: ${name}`, async () => {
        const want = await exchangeWith(portOf(envoy, scene), request, origin.connections);
        const wantAsked = asked(portOf(envoy, scene));
        const port = gate.listeners.find((listener) => listener.name === scene)?.port as number;
        const got = await exchangeWith(port, request, origin.connections);
        assert.deepEqual(got.answer, want.answer);
        assert.deepEqual(shown(got.headers).sort(), shown(want.headers).sort());
        assert.deepEqual(asked(port), wantAsked);
      });
    }

    it('counts as Envoy does', async () => {
      assert.deepEqual(counted(gate.stats()), counted(await envoy.stats()));
    });
  });
}
