import { after, before, describe } from 'node:test';
import { fromJson } from '@bufbuild/protobuf';
import { CheckResponseSchema } from '#schema/envoy/service/auth/v3/external_auth_pb.js';
import {
  answer,
  bytesOf,
  frameOf,
  type GrpcAuthorizer,
  startGrpcAuthorizer,
} from '../fixtures/grpc-authorizer.ts';
import { CUSTOM_ROWS, CustomScene, DENIED, itPlays } from './custom-scene.ts';

const PROVIDER = 'envoyExtAuthzGrpc: { service: authz.test, port: 8000, timeout: 5s }';

const header = (value: string) => [{ header: { key: 'x-ext-authz-check-result', value } }];
const YES = fromJson(CheckResponseSchema, { status: {}, okResponse: { headers: header('allowed') } });
const NO = fromJson(CheckResponseSchema, {
  status: { code: 7 },
  deniedResponse: { headers: header('denied'), body: DENIED },
});

describe('a CUSTOM policy asks an external authorizer over gRPC', () => {
  let authorizer: GrpcAuthorizer;
  let scene: CustomScene;

  before(async () => {
    authorizer = await startGrpcAuthorizer(({ check }, stream) => {
      answer(stream, frameOf(bytesOf(JSON.stringify(check).includes('"x-ext-authz":"allow"') ? YES : NO)));
    });
    scene = await CustomScene.start({
      authorizerPort: authorizer.port,
      protocol: 'GRPC',
      provider: PROVIDER,
    });
  });
  after(async () => {
    await scene?.close();
    await authorizer?.close();
  });

  const takeAsked = () =>
    authorizer.questions.splice(0).map(({ check }) => {
      const { attributes } = check as { attributes: { request: { http: { path: string } } } };
      return { path: attributes.request.http.path, body: '' };
    });
  itPlays(CUSTOM_ROWS, () => scene, takeAsked);
});
