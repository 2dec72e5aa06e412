import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fromJson } from '@bufbuild/protobuf';
import { CheckResponseSchema } from '#schema/envoy/service/auth/v3/external_auth_pb.js';
import { ejectBootstrap, loadIstio, parseMesh } from '../../src/control/istio/index.ts';
import { type Gate, startGate } from '../../src/server/index.ts';
import {
  answer,
  bytesOf,
  frameOf,
  type GrpcAuthorizer,
  startGrpcAuthorizer,
} from '../fixtures/grpc-authorizer.ts';
import { type EnvoyProcess, findEnvoy, startEnvoy } from '../oracle/envoy-process.ts';
import { type Origin, startOrigin } from '../oracle/origin.ts';

const manifests = (port: number) => `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: authz, namespace: foo }
spec:
  hosts: [authz.test]
  ports: [{ number: 9000, name: grpc, protocol: GRPC }]
  resolution: STATIC
  endpoints: [{ address: 127.0.0.1, ports: { grpc: ${port} } }]
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: ask, namespace: foo }
spec:
  action: CUSTOM
  provider: { name: sample }
  rules: [{ to: [{ operation: { paths: ["/ask*"] } }] }]
`;

const MESH = `extensionProviders:
- name: sample
  envoyExtAuthzGrpc: { service: authz.test, port: 9000, timeout: 5s }
`;

const header = (value: string) => [{ header: { key: 'x-ext-authz-check-result', value } }];
const YES = fromJson(CheckResponseSchema, { status: {}, okResponse: { headers: header('allowed') } });
const NO = fromJson(CheckResponseSchema, {
  status: { code: 7 },
  deniedResponse: { headers: header('denied'), body: 'denied by the sample' },
});

describe('a CUSTOM policy asks an external authorizer over gRPC', () => {
  let origin: Origin;
  let authorizer: GrpcAuthorizer;
  let gate: Gate;
  let envoy: EnvoyProcess | null = null;

  before(async () => {
    origin = await startOrigin();
    authorizer = await startGrpcAuthorizer(({ check }, stream) => {
      answer(stream, frameOf(bytesOf(JSON.stringify(check).includes('"x-ext-authz":"allow"') ? YES : NO)));
    });
    const { mesh } = parseMesh({ name: 'mesh.yaml', text: MESH });
    const files = [{ name: 'istio.yaml', text: manifests(authorizer.port) }];
    const options = {
      upstream: `http://127.0.0.1:${origin.port}`,
      listen: { address: '127.0.0.1', port: 0 },
      mesh: mesh ?? undefined,
    };
    const { snapshot, provenance, findings } = loadIstio(files, options);
    assert.ok(snapshot, findings.list.map(({ message }) => message).join('\n'));
    gate = await startGate({ snapshot, provenance, admin: false });
    const forEnvoy = loadIstio(files, { ...options, forEnvoy: true }).snapshot;
    if (findEnvoy() !== null && forEnvoy !== null) envoy = await startEnvoy(ejectBootstrap(forEnvoy));
  });
  after(async () => {
    await gate?.close();
    await envoy?.stop();
    await origin?.close();
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
      const ports = [gate.listeners[0]?.port, envoy?.listeners[0]?.port].filter((port) => port !== undefined);
      for (const port of ports) {
        origin.requests.length = 0;
        authorizer.questions.length = 0;
        const headers: Record<string, string> = says === undefined ? {} : { 'x-ext-authz': says };
        const reply = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
        const body = await reply.text();
        const [forwarded] = origin.requests;
        const result = forwarded?.headers['x-ext-authz-check-result'] ?? '';
        const got = [
          reply.status,
          body,
          authorizer.questions.length,
          forwarded === undefined ? null : result,
        ];
        assert.deepEqual(got, want);
      }
    });
  }
});
