import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { ejectBootstrap, loadIstio } from '../../src/control/istio/index.ts';
import { DevelopmentAuthority } from '../../src/platform/certificates.ts';
import { type Gate, startGate } from '../../src/server/index.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { type EnvoyProcess, findEnvoy, startEnvoy } from '../oracle/envoy-process.ts';
import { exchange } from './raw-exchange.ts';

const manifests = (port: number, roots: string) => `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: gw, namespace: edge }
spec:
  selector: { app: gate }
  servers: [{ port: { number: 8080, name: http, protocol: HTTP }, hosts: ["*"] }]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: vs, namespace: edge }
spec: { hosts: ["*"], gateways: [gw], http: [{ route: [{ destination: { host: ext.test } }] }] }
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: ext, namespace: edge }
spec:
  hosts: [ext.test]
  ports: [{ number: 443, name: https, protocol: HTTPS }]
  resolution: STATIC
  endpoints: [{ address: 127.0.0.1, ports: { https: ${port} } }]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ext, namespace: edge }
spec: { host: ext.test, trafficPolicy: { tls: { mode: SIMPLE, caCertificates: ${roots} } } }
`;

describe('a service that a DestinationRule has TLS for is asked for by its own name, whatever the client calls it', () => {
  const { path: folder } = temporaryFolder();
  let service: Server;
  let gate: Gate;
  let envoy: EnvoyProcess | null = null;
  before(async () => {
    const authority = await DevelopmentAuthority.create('ours');
    const own = await authority.issue({ names: ['ext.test'] });
    service = createServer({ cert: own.certificate, key: own.privateKey }, ({ socket, headers }, reply) => {
      reply.end(`${(socket as TLSSocket & { servername: string }).servername} ${headers.host}`);
    });
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    const roots = join(folder, 'ca.pem');
    writeFileSync(roots, authority.certificate);
    const text = manifests((service.address() as AddressInfo).port, roots);
    const { snapshot, provenance, findings } = loadIstio([{ name: 'istio.yaml', text }], {
      listen: { address: '127.0.0.1', port: 0 },
    });
    assert.deepEqual(findings.list, []);
    assert.ok(snapshot);
    gate = await startGate({ snapshot, provenance, admin: false });
    if (findEnvoy() !== null) envoy = await startEnvoy(ejectBootstrap(snapshot));
  });
  after(async () => {
    await gate?.close();
    await envoy?.stop();
    service?.closeAllConnections();
    service?.close();
  });

  const bodyFrom = async (port: number) =>
    (await exchange(port, 'GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n'))?.body;
  it('by the gate', async () => {
    assert.equal(await bodyFrom(gate.listeners[0]?.port ?? 0), 'ext.test shop.example');
  });
  it('by an Envoy on the ejected file', async () => {
    if (envoy !== null)
      assert.match((await bodyFrom(envoy.listeners[0]?.port ?? 0)) ?? '', /ext\.test shop\.example/);
  });
});
