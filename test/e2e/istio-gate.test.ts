import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { loadIstio } from '../../src/control/istio/index.ts';
import { type Gate, startGate } from '../../src/server/index.ts';
import { conformanceFolder } from '../conformance/conformance-data.ts';
import { decisionGroups } from '../conformance/istio/decision-groups.ts';
import { sendDecision } from '../conformance/istio/send-decision.ts';
import { type Origin, startOrigin } from '../oracle/origin.ts';

const folder = conformanceFolder('istio/jwt');

async function startIstioGate(manifests: string, upstreamPort: number): Promise<Gate> {
  const { snapshot, provenance } = loadIstio([{ name: 'istio.yaml', text: manifests }], {
    upstream: `http://127.0.0.1:${upstreamPort}`,
    listen: { address: '127.0.0.1', port: 0 },
  });
  assert.ok(snapshot);
  return startGate({ snapshot, provenance });
}

if (folder !== null) {
  for (const { name, manifests, cases } of decisionGroups(folder)) {
    describe(`the gate on Istio manifests: ${name}`, () => {
      let origin: Origin;
      let gate: Gate;
      before(async () => {
        origin = await startOrigin();
        gate = await startIstioGate(manifests, origin.port);
      });
      after(async () => {
        await gate?.close();
        await origin?.close();
      });
      for (const row of cases) {
        it(row.name, () => sendDecision(gate.listeners[0]?.port ?? 0, origin, row));
      }
    });
  }
}
