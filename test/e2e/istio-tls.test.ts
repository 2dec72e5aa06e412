import assert from 'node:assert/strict';
import { request } from 'node:https';
import { after, before, describe, it } from 'node:test';
import { ejectBootstrap, loadIstio } from '../../src/control/istio/index.ts';
import { type CertifiedKey, DevelopmentAuthority } from '../../src/platform/certificates.ts';
import { type Gate, startGate } from '../../src/server/index.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { type EnvoyProcess, findEnvoy, startEnvoy } from '../oracle/envoy-process.ts';
import { type Origin, startOrigin } from '../oracle/origin.ts';
import { createSelfSigned } from './certificates.ts';

const { fileOf: write } = temporaryFolder();
const authority = await DevelopmentAuthority.create('ours');
const server = await authority.issue({ names: ['a.test', 'b.test'] });
const client = await createSelfSigned('client.test');
const stranger = await createSelfSigned('client.test');

const files = `serverCertificate: ${write('s.pem', server.certificate)}, privateKey: ${write('s.key', server.privateKey)}`;
const roots = write('ca.pem', client.certificate);

const manifests = `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: gw, namespace: edge }
spec:
  selector: { app: gate }
  servers:
  - port: { number: 8443, name: simple, protocol: HTTPS }
    hosts: [a.test]
    tls: { mode: SIMPLE, ${files} }
  - port: { number: 8443, name: mutual, protocol: HTTPS }
    hosts: [b.test]
    tls: { mode: MUTUAL, ${files}, caCertificates: ${roots} }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: vs, namespace: edge }
spec:
  hosts: ["*"]
  gateways: [gw]
  http:
  - match: [{ scheme: { exact: https } }]
    route: [{ destination: { host: app } }]
`;

interface Row {
  name: string;
  host: string;
  certificate: CertifiedKey | null;
  /** null: no reply at all. */
  want: number | null;
}

const ROWS: readonly Row[] = [
  { name: 'SIMPLE asks for no certificate', host: 'a.test', certificate: null, want: 200 },
  { name: 'MUTUAL lets no client without one in', host: 'b.test', certificate: null, want: null },
  { name: 'MUTUAL takes one that its roots vouch for', host: 'b.test', certificate: client, want: 200 },
  { name: 'MUTUAL takes no stranger', host: 'b.test', certificate: stranger, want: null },
  { name: 'a name that no server has', host: 'c.test', certificate: null, want: null },
];

describe("a Gateway's HTTPS servers", () => {
  let origin: Origin;
  let gate: Gate;
  let envoy: EnvoyProcess | null = null;

  before(async () => {
    origin = await startOrigin();
    const { snapshot, provenance, findings } = loadIstio([{ name: 'istio.yaml', text: manifests }], {
      upstream: `http://127.0.0.1:${origin.port}`,
      listen: { address: '127.0.0.1', port: 0 },
    });
    assert.ok(snapshot, findings.list.map(({ message }) => message).join('\n'));
    gate = await startGate({ snapshot, provenance, admin: false });
    if (findEnvoy() !== null) envoy = await startEnvoy(ejectBootstrap(snapshot));
  });
  after(async () => {
    await gate?.close();
    await envoy?.stop();
    await origin?.close();
  });

  function ask(port: number, { host, certificate }: Row): Promise<number | null> {
    const identity =
      certificate === null ? {} : { cert: certificate.certificate, key: certificate.privateKey };
    return new Promise((resolve) => {
      const options = {
        host: '127.0.0.1',
        port,
        servername: host,
        ca: authority.certificate,
        agent: false as const,
        headers: { host },
        ...identity,
      };
      const outgoing = request(options, (reply) => {
        reply.resume().on('end', () => resolve(reply.statusCode ?? null));
      });
      outgoing.on('error', () => resolve(null)).end();
    });
  }

  for (const row of ROWS) {
    it(row.name, async () => assert.equal(await ask(gate.listeners[0]?.port ?? 0, row), row.want));
    it(`${row.name}, as in Envoy`, async () => {
      if (envoy !== null) assert.equal(await ask(envoy.listeners[0]?.port ?? 0, row), row.want);
    });
  }
});
