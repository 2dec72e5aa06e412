import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { type Origin, startOrigin } from '../oracle/origin.ts';
import { CUSTOM_ROWS, type CustomRow, CustomScene, DENIED, itPlays } from './custom-scene.ts';

const PREFIX = '/check';
const PROVIDER = `envoyExtAuthzHttp: {
  service: authz.test, port: 8000, pathPrefix: ${PREFIX}, includeRequestHeadersInCheck: [x-ext-authz],
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

/** A service that is asked over HTTP is told of bodies too. */
const ROWS: readonly CustomRow[] = [
  {
    name: 'the authorizer is told of the body, which goes on as it came',
    path: '/ask',
    headers: { 'x-ext-authz': 'allow' },
    body: '12345678',
    want: { status: 200, body: 'origin\n', asked: '/ask', told: '12345678', forwarded: 'allowed' },
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
    name: 'DENY comes after it',
    path: '/ask/never',
    headers: { 'x-ext-authz': 'allow' },
    want: { status: 403, body: 'RBAC: access denied', asked: '/ask/never', forwarded: null },
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

  const takeAsked = () =>
    authorizer.requests.splice(0).map(({ url, body }) => {
      assert.equal(url.slice(0, PREFIX.length), PREFIX);
      return { path: url.slice(PREFIX.length), body: body.toString() };
    });
  itPlays([...CUSTOM_ROWS, ...ROWS], () => scene, takeAsked);
});
