import { after, before, describe, it } from 'node:test';
import { findFreePort } from '../../e2e/gate-process.ts';
import { type GrpcAuthorizer, startGrpcAuthorizer } from '../../fixtures/grpc-authorizer.ts';
import { findEnvoy } from '../envoy-process.ts';
import { GateBesideEnvoy } from '../gate-beside-envoy.ts';
import { startRawOrigin } from '../origin.ts';
import { answerConnection } from '../rehearsal/comparison.ts';
import { bootstrapOf } from '../rehearsal/scene.ts';
import { grpcCases, grpcScenes, judgeByPath, questionView } from './ext-authz-grpc-cases.ts';
import { http2Cluster } from './scene-parts.ts';

if (findEnvoy() !== null) {
  describe('ext_authz asks and follows a gRPC service as Envoy does', () => {
    let service: GrpcAuthorizer;
    let both: GateBesideEnvoy;

    before(async () => {
      const origin = await startRawOrigin(answerConnection);
      service = await startGrpcAuthorizer(judgeByPath);
      const closed = await findFreePort();
      const clusters = [http2Cluster('grpc', service.port), http2Cluster('grpc-closed', closed)];
      both = await GateBesideEnvoy.start(bootstrapOf(grpcScenes, origin.port, { closed }, clusters), origin);
    });

    after(async () => {
      await both?.close();
      await service?.close();
    });

    /** What the service was asked, with the listener's port taken out. */
    const asked = (port: number) =>
      service.questions
        .splice(0)
        .map((question) => JSON.parse(JSON.stringify(questionView(question)).replaceAll(String(port), '1')));

    for (const { name, scene, request } of grpcCases) {
      it(`${scene}: ${name}`, async () => {
        await both.compare(scene, request, asked);
      });
    }

    it('counts as Envoy does', () => both.compareCounters());
  });
}
