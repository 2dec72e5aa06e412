import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { rootCertificates } from 'node:tls';
import { ejectBootstrap, loadIstio } from '../../src/control/istio/index.ts';
import { conformanceFolder } from '../conformance/conformance-data.ts';
import { decisionGroups } from '../conformance/istio/decision-groups.ts';
import { sendDecision } from '../conformance/istio/send-decision.ts';
import { type EnvoyProcess, findEnvoy, startEnvoy, validateWithEnvoy } from './envoy-process.ts';
import { type Origin, startOrigin } from './origin.ts';

/** What Envoy is given: what `eject` prints of the snapshot that jotgate would run. */
function bootstrapOf(manifests: string, upstreamPort: number): string {
  const { snapshot } = loadIstio([{ name: 'istio.yaml', text: manifests }], {
    upstream: `http://127.0.0.1:${upstreamPort}`,
    listen: { address: '127.0.0.1', port: 0 },
  });
  assert.ok(snapshot);
  return ejectBootstrap(snapshot);
}

const folder = conformanceFolder('istio/jwt');

const REMOTE_KEYS = `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: { name: jwt, namespace: foo }
spec:
  jwtRules:
  - { issuer: a, jwksUri: "https://keys.example.test/jwks", timeout: 1m }
  - { issuer: b, jwksUri: "https://[::1]:8443/jwks" }
  - { issuer: c, jwksUri: "http://127.0.0.1:8080/jwks" }
`;

if (findEnvoy() !== null) {
  it('a real Envoy takes the clusters that keys are fetched through', () => {
    const roots = `inline_string: ${JSON.stringify(rootCertificates[0])}`;
    const bootstrap = bootstrapOf(REMOTE_KEYS, 80).replaceAll(/filename: .*ca-certificates.crt/g, roots);
    const { ok, output } = validateWithEnvoy(bootstrap);
    assert.ok(ok, output);
  });
}

if (folder !== null && findEnvoy() !== null) {
  for (const { name, manifests, cases } of decisionGroups(folder)) {
    describe(`a real Envoy on what was translated: ${name}`, () => {
      let origin: Origin;
      let envoy: EnvoyProcess;
      before(async () => {
        origin = await startOrigin();
        envoy = await startEnvoy(bootstrapOf(manifests, origin.port));
      });
      after(async () => {
        await envoy?.stop();
        await origin?.close();
      });
      for (const row of cases) {
        it(row.name, () => sendDecision(envoy.listeners[0]?.port ?? 0, origin, row));
      }
    });
  }
}
