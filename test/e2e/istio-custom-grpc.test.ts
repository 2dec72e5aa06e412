import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fromJson } from '@bufbuild/protobuf';
import { CheckResponseSchema } from '#schema/envoy/service/auth/v3/external_auth_pb.js';
import {
  answer,
  bytesOf,
  frameOf,
  type GrpcAuthorizer,
  startGrpcAuthorizer,
} from '../fixtures/grpc-authorizer.ts';
import { CustomScene } from './custom-scene.ts';

const PROVIDER = 'envoyExtAuthzGrpc: { service: authz.test, port: 8000, timeout: 5s }';

const header = (value: string) => [{ header: { key: 'x-ext-authz-check-result', value } }];
const YES = fromJson(CheckResponseSchema, { status: {}, okResponse: { headers: header('allowed') } });
const NO = fromJson(CheckResponseSchema, {
  status: { code: 7 },
  deniedResponse: { headers: header('denied'), body: 'denied by the sample' },
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

  const rows: { name: string; path: string; says?: string; want: unknown[] }[] = [
    {
      name: 'a path that no CUSTOM policy names is not asked about',
      path: '/free',
      want: [200, 'origin\n', 0, ''],
    },
    {
      name: 'what the authorizer allows goes on, with its headers',
      path: '/ask/a?b',
      says: 'allow',
      want: [200, 'origin\n', 1, 'allowed'],
    },
    { name: 'what it denies gets its reply', path: '/ask', want: [403, 'denied by the sample', 1, null] },
  ];
  for (const { name, path, says, want } of rows) {
    it(name, async () => {
      for (const proxy of [scene.gate, scene.envoy].filter((one) => one !== null)) {
        authorizer.questions.length = 0;
        const headers: Record<string, string> = says === undefined ? {} : { 'x-ext-authz': says };
        const { status, body, forwarded } = await scene.ask(proxy, path, headers);
        assert.deepEqual([status, body, authorizer.questions.length, forwarded], want);
      }
    });
  }
});
