import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ejectBootstrap, loadIstio, parseMesh } from '../../src/control/istio/index.ts';
import { type Gate, startGate } from '../../src/server/index.ts';
import { type EnvoyProcess, findEnvoy, startEnvoy } from '../oracle/envoy-process.ts';
import { type Origin, startOrigin } from '../oracle/origin.ts';

const manifests = (port: number) => `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: authz, namespace: foo }
spec:
  hosts: [authz.test]
  ports: [{ number: 8000, name: http, protocol: HTTP }]
  resolution: STATIC
  endpoints: [{ address: 127.0.0.1, ports: { http: ${port} } }]
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: ask, namespace: foo }
spec:
  action: CUSTOM
  provider: { name: sample }
  rules: [{ to: [{ operation: { paths: ["/ask*"] } }] }]
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: deny, namespace: foo }
spec:
  action: DENY
  rules: [{ to: [{ operation: { paths: ["/ask/never"] } }] }]
`;

const MESH = `extensionProviders:
- name: sample
  envoyExtAuthzHttp:
    service: authz.test
    port: 8000
    pathPrefix: /check
    includeRequestHeadersInCheck: [x-ext-authz]
    headersToUpstreamOnAllow: [x-ext-authz-check-result]
    headersToDownstreamOnDeny: [x-ext-authz-check-result]
    includeRequestBodyInCheck: { maxRequestBytes: 8 }
`;

interface Row {
  name: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
  want: { status: number; body: string; asked: string | null; told?: string; forwarded: string | null };
}

const DENIED = 'denied by the sample';
const ROWS: readonly Row[] = [
  {
    name: 'a path that no CUSTOM policy names is not asked about',
    path: '/free',
    want: { status: 200, body: 'origin\n', asked: null, forwarded: '' },
  },
  {
    name: 'what the authorizer allows goes on, with its headers',
    path: '/ask/a?b',
    headers: { 'x-ext-authz': 'allow' },
    want: { status: 200, body: 'origin\n', asked: '/check/ask/a?b', forwarded: 'allowed' },
  },
  {
    name: 'the authorizer is told of the body, which goes on as it came',
    path: '/ask',
    headers: { 'x-ext-authz': 'allow' },
    body: '12345678',
    want: { status: 200, body: 'origin\n', asked: '/check/ask', told: '12345678', forwarded: 'allowed' },
  },
  {
    name: 'a body that is larger than it may be told is refused',
    path: '/ask',
    headers: { 'x-ext-authz': 'allow' },
    body: '123456789',
    want: { status: 413, body: 'Payload Too Large', asked: null, forwarded: null },
  },
  {
    name: 'a body that no CUSTOM policy is about is not held',
    path: '/free',
    body: '123456789',
    want: { status: 200, body: 'origin\n', asked: null, forwarded: '' },
  },
  {
    name: 'what it denies gets its reply',
    path: '/ask',
    want: { status: 403, body: DENIED, asked: '/check/ask', forwarded: null },
  },
  {
    name: 'DENY comes after it',
    path: '/ask/never',
    headers: { 'x-ext-authz': 'allow' },
    want: { status: 403, body: 'RBAC: access denied', asked: '/check/ask/never', forwarded: null },
  },
];

describe('a CUSTOM policy asks an external authorizer', () => {
  let origin: Origin;
  let authorizer: Origin;
  let gate: Gate;
  let envoy: EnvoyProcess | null = null;

  before(async () => {
    origin = await startOrigin();
    authorizer = await startOrigin(({ headers }, response) => {
      const allows = headers['x-ext-authz'] === 'allow';
      response.writeHead(allows ? 200 : 403, { 'x-ext-authz-check-result': allows ? 'allowed' : 'denied' });
      response.end(allows ? '' : DENIED);
    });
    const { mesh } = parseMesh({ name: 'mesh.yaml', text: MESH });
    const { snapshot, provenance, findings } = loadIstio(
      [{ name: 'istio.yaml', text: manifests(authorizer.port) }],
      {
        upstream: `http://127.0.0.1:${origin.port}`,
        listen: { address: '127.0.0.1', port: 0 },
        mesh: mesh ?? undefined,
      },
    );
    assert.ok(snapshot, findings.list.map(({ message }) => message).join('\n'));
    gate = await startGate({ snapshot, provenance, admin: false });
    if (findEnvoy() !== null) envoy = await startEnvoy(ejectBootstrap(snapshot));
  });
  after(async () => {
    await gate?.close();
    await envoy?.stop();
    await origin?.close();
    await authorizer?.close();
  });

  async function play(port: number, { path, headers = {}, body: sent, want }: Row): Promise<void> {
    origin.requests.length = 0;
    authorizer.requests.length = 0;
    const reply = await fetch(`http://127.0.0.1:${port}${path}`, {
      headers,
      ...(sent === undefined ? {} : { method: 'POST', body: sent }),
    });
    const body = await reply.text();
    const [asked, forwarded] = [authorizer.requests[0], origin.requests[0]];
    const result = forwarded?.headers['x-ext-authz-check-result'] ?? '';
    assert.deepEqual(
      {
        status: reply.status,
        body,
        asked: asked?.url ?? null,
        ...(want.told === undefined ? {} : { told: asked?.body.toString() }),
        forwarded: forwarded === undefined ? null : result,
      },
      want,
    );
    if (forwarded !== undefined) assert.equal(forwarded.body.toString(), sent ?? '');
    if (body === DENIED) assert.equal(reply.headers.get('x-ext-authz-check-result'), 'denied');
  }

  for (const row of ROWS) {
    it(row.name, () => play(gate.listeners[0]?.port ?? 0, row));
    it(`${row.name}, as in Envoy`, async () => {
      if (envoy !== null) await play(envoy.listeners[0]?.port ?? 0, row);
    });
  }
});
