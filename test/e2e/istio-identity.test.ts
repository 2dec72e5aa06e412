import assert from 'node:assert/strict';
import { request } from 'node:https';
import { after, before, describe, it } from 'node:test';
import { ejectBootstrap, loadIstio } from '../../src/control/istio/index.ts';
import { type CertifiedKey, DevelopmentAuthority } from '../../src/platform/certificates.ts';
import { type Gate, startGate } from '../../src/server/index.ts';
import { type EnvoyProcess, findEnvoy, startEnvoy } from '../oracle/envoy-process.ts';
import { type Origin, startOrigin } from '../oracle/origin.ts';
import { createSelfSigned } from './certificates.ts';

const authority = await DevelopmentAuthority.create('ours');
const server = await authority.issue({ names: ['mutual.test', 'optional.test'] });
const identity = (uri: string) => createSelfSigned(`client of ${uri}`, [{ type: 'url', value: uri }]);
const clients = {
  a: await identity('spiffe://cluster.local/ns/foo/sa/a'),
  b: await identity('spiffe://cluster.local/ns/bar/sa/b'),
  other: await identity('spiffe://other.test/ns/foo/sa/a'),
  named: await createSelfSigned('cluster.local/ns/foo/sa/a'),
  stranger: await createSelfSigned('stranger', [
    { type: 'url', value: 'spiffe://cluster.local/ns/foo/sa/a' },
  ]),
};
type Client = keyof typeof clients;
const trusted = (['a', 'b', 'other', 'named'] as const).map((name) => clients[name].certificate).join('\n');
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** By path, so that one gate has them all. */
const SOURCES: Record<string, string> = {
  principals: 'principals: ["cluster.local/ns/foo/sa/a"]',
  'principals-prefix': 'principals: ["cluster.local/ns/foo/*"]',
  'principals-any': 'principals: ["*"]',
  namespaces: 'namespaces: [foo]',
  'service-accounts': 'serviceAccounts: [a]',
  'trust-domains': 'trustDomains: [other.test]',
  'not-principals': 'notPrincipals: ["cluster.local/ns/foo/sa/a"]',
  'not-namespaces': 'notNamespaces: [foo]',
};
const rules = Object.entries(SOURCES).map(
  ([path, source]) =>
    `  - { from: [{ source: { ${source} } }], to: [{ operation: { paths: [/${path}] } }] }\n`,
);

const manifests = `apiVersion: v1
kind: Secret
metadata: { name: edge-cert, namespace: foo }
type: kubernetes.io/tls
data:
  tls.crt: ${base64(server.certificate)}
  tls.key: ${base64(server.privateKey)}
---
apiVersion: v1
kind: Secret
metadata: { name: edge-cert-cacert, namespace: foo }
stringData: { ca.crt: ${JSON.stringify(trusted)} }
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: gw, namespace: edge }
spec:
  selector: { app: gate }
  servers:
  - port: { number: 8443, name: mutual, protocol: HTTPS }
    hosts: [mutual.test]
    tls: { mode: MUTUAL, credentialName: edge-cert, minProtocolVersion: TLSV1_2 }
  - port: { number: 8443, name: optional, protocol: HTTPS }
    hosts: [optional.test]
    tls: { mode: OPTIONAL_MUTUAL, credentialName: kubernetes://edge-cert }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: vs, namespace: edge }
spec: { hosts: ["*"], gateways: [gw], http: [{ route: [{ destination: { host: app } }] }] }
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: who, namespace: foo }
spec:
  selector: { matchLabels: { app: gate } }
  rules:
${rules.join('')}`;

interface Row {
  path: string;
  /** Who gets in; all others are refused by RBAC. */
  in: readonly (Client | 'nobody')[];
}

const ROWS: readonly Row[] = [
  { path: 'principals', in: ['a'] },
  { path: 'principals-prefix', in: ['a'] },
  { path: 'principals-any', in: ['a', 'b', 'other', 'named'] },
  // The name may be of any type and have anything in front: `named` has it as a DNS name.
  { path: 'namespaces', in: ['a', 'other', 'named'] },
  { path: 'service-accounts', in: ['a', 'other'] },
  { path: 'trust-domains', in: ['other'] },
  { path: 'not-principals', in: ['b', 'other', 'named', 'nobody'] },
  { path: 'not-namespaces', in: ['b', 'nobody'] },
];

describe('a mesh identity is the URI name of a verified certificate', () => {
  let origin: Origin;
  let gate: Gate;
  let envoy: EnvoyProcess | null = null;

  before(async () => {
    origin = await startOrigin();
    const { snapshot, provenance, findings, passedOver } = loadIstio(
      [{ name: 'istio.yaml', text: manifests }],
      {
        upstream: `http://127.0.0.1:${origin.port}`,
        listen: { address: '127.0.0.1', port: 0 },
      },
    );
    assert.deepEqual(findings.list, []);
    assert.deepEqual(passedOver, []);
    assert.ok(snapshot);
    gate = await startGate({ snapshot, provenance, admin: false });
    if (findEnvoy() !== null) envoy = await startEnvoy(ejectBootstrap(snapshot));
  });
  after(async () => {
    await gate?.close();
    await envoy?.stop();
    await origin?.close();
  });

  function ask(
    port: number,
    host: string,
    path: string,
    client: CertifiedKey | null,
  ): Promise<number | null> {
    const own = client === null ? {} : { cert: client.certificate, key: client.privateKey };
    return new Promise((resolve) => {
      const options = {
        ...{ host: '127.0.0.1', port, path, servername: host, ca: authority.certificate },
        ...{ agent: false as const, headers: { host }, ...own },
      };
      const outgoing = request(options, (reply) => {
        reply.resume().on('end', () => resolve(reply.statusCode ?? null));
      });
      outgoing.on('error', () => resolve(null)).end();
    });
  }

  async function check(port: number, { path, in: allowed }: Row): Promise<void> {
    for (const name of ['a', 'b', 'other', 'named', 'nobody'] as const) {
      const client = name === 'nobody' ? null : clients[name];
      const want = allowed.includes(name) ? 200 : 403;
      const mutual = name === 'nobody' ? null : want;
      assert.equal(await ask(port, 'optional.test', `/${path}`, client), want, `${name} at optional.test`);
      assert.equal(await ask(port, 'mutual.test', `/${path}`, client), mutual, `${name} at mutual.test`);
    }
    for (const host of ['optional.test', 'mutual.test']) {
      assert.equal(await ask(port, host, `/${path}`, clients.stranger), null, `a stranger at ${host}`);
    }
  }

  for (const row of ROWS) {
    it(`${row.path}: ${SOURCES[row.path]}`, () => check(gate.listeners[0]?.port ?? 0, row));
    it(`${row.path}: ${SOURCES[row.path]}, as in Envoy`, async () => {
      if (envoy !== null) await check(envoy.listeners[0]?.port ?? 0, row);
    });
  }
});
