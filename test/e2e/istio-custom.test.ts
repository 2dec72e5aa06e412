import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Origin, startOrigin } from '../oracle/origin.ts';
import { CustomScene } from './custom-scene.ts';

const PROVIDER = `envoyExtAuthzHttp: {
  service: authz.test, port: 8000, pathPrefix: /check, includeRequestHeadersInCheck: [x-ext-authz],
  headersToUpstreamOnAllow: [x-ext-authz-check-result], headersToDownstreamOnDeny: [x-ext-authz-check-result],
  includeRequestBodyInCheck: { maxRequestBytes: 8 } }`;

const DENY = `---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: deny, namespace: foo }
spec:
  action: DENY
  rules: [{ to: [{ operation: { paths: ["/ask/never"] } }] }]
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
  let authorizer: Origin;
  let scene: CustomScene;

  before(async () => {
    authorizer = await startOrigin(({ headers }, response) => {
      const allows = headers['x-ext-authz'] === 'allow';
      response.writeHead(allows ? 200 : 403, { 'x-ext-authz-check-result': allows ? 'allowed' : 'denied' });
      response.end(allows ? '' : DENIED);
    });
    const authorizerPort = authorizer.port;
    scene = await CustomScene.start({ authorizerPort, protocol: 'HTTP', provider: PROVIDER, more: DENY });
  });
  after(async () => {
    await scene?.close();
    await authorizer?.close();
  });

  async function play(proxy: CustomScene['gate' | 'envoy'], { path, headers = {}, body: sent, want }: Row) {
    if (proxy === null) return;
    authorizer.requests.length = 0;
    const { status, body, result, forwarded, forwardedBody } = await scene.ask(proxy, path, headers, sent);
    const [asked] = authorizer.requests;
    const told = want.told === undefined ? {} : { told: asked?.body.toString() };
    assert.deepEqual({ status, body, asked: asked?.url ?? null, ...told, forwarded }, want);
    if (forwarded !== null) assert.equal(forwardedBody, sent ?? '');
    if (body === DENIED) assert.equal(result, 'denied');
  }

  for (const row of ROWS) {
    it(row.name, () => play(scene.gate, row));
    it(`${row.name}, as in Envoy`, () => play(scene.envoy, row));
  }
});
