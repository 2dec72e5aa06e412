import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { BootstrapSchema } from '#schema/envoy/config/bootstrap/v3/bootstrap_pb.js';
import { ejectBootstrap, loadIstio } from '../../src/control/istio/index.ts';
import { Provenance, type Snapshot } from '../../src/resources/index.ts';
import { type Gate, startGate } from '../../src/server/index.ts';
import { conformanceFolder } from '../conformance/conformance-data.ts';
import { Random } from '../fuzz/random.ts';
import { type EnvoyProcess, findEnvoy, startEnvoy } from './envoy-process.ts';
import { generateRequest } from './istio-sets/generate-request.ts';
import { generateSet } from './istio-sets/generate-set.ts';
import { renderSet } from './istio-sets/manifest.ts';
import { closeAgent, sendTo } from './istio-sets/send.ts';
import { type Origin, startOrigin } from './origin.ts';

/** `ISTIO_SETS=600 ISTIO_SEED=7` plays more of them, or others. Fifty at a time share an Envoy and a gate, a listener each. */
const SETS = Number(process.env['ISTIO_SETS'] ?? 50);
const SEED = Number(process.env['ISTIO_SEED'] ?? 1);
const BATCH = 50;
const REQUESTS = 20;

const folder = conformanceFolder('istio/jwt');

function snapshotOf(text: string, name: string, upstreamPort: number): Snapshot {
  const { snapshot, findings } = loadIstio([{ name: 'istio.yaml', text }], {
    upstream: `http://127.0.0.1:${upstreamPort}`,
    workload: { namespace: 'foo', labels: { app: 'gate' }, kind: 'gateway' },
    allowUnknownWorkload: true,
    listen: { address: '127.0.0.1', port: 0 },
  });
  assert.ok(snapshot, `${text}\n${findings.list.map(({ message }) => message).join('\n')}`);
  for (const listener of snapshot.listeners) listener.name = name;
  return snapshot;
}

function joined(snapshots: readonly Snapshot[]): Snapshot {
  const listeners = snapshots.flatMap((one) => one.listeners);
  const byName = new Map(snapshots.flatMap((one) => one.clusters.map((cluster) => [cluster.name, cluster])));
  const clusters = [...byName.values()];
  const bootstrap = create(BootstrapSchema, { staticResources: { listeners, clusters } });
  return { listeners, clusters, bootstrap };
}

if (folder !== null && findEnvoy() !== null) {
  const tokens = JSON.parse(readFileSync(join(folder, 'tokens.json'), 'utf8')) as Record<string, string>;
  const jwks = readFileSync(join(folder, 'jwks.json'), 'utf8');
  after(closeAgent);
  for (let first = 0; first < SETS; first += BATCH) {
    const random = new Random(SEED * 1_000_003 + first);
    const texts = Array.from(
      { length: Math.min(BATCH, SETS - first) },
      () => renderSet(generateSet(random, jwks)).text,
    );
    describe(`the gate on Istio YAML and an Envoy on what it is ejected as, seed ${SEED}, sets from ${first}`, () => {
      let origin: Origin;
      let envoy: EnvoyProcess;
      let gate: Gate;
      const statuses = new Set<number>();
      before(async () => {
        origin = await startOrigin();
        const snapshot = joined(texts.map((text, index) => snapshotOf(text, `set-${index}`, origin.port)));
        envoy = await startEnvoy(ejectBootstrap(snapshot));
        gate = await startGate({ snapshot, provenance: new Provenance(), admin: false });
      });
      after(async () => {
        await gate?.close();
        await envoy?.stop();
        await origin?.close();
      });
      for (const [index, text] of texts.entries()) {
        it(`decide alike, set ${first + index}`, async () => {
          const portIn = (list: readonly { name: string; port: number }[]) =>
            list.find(({ name }) => name === `set-${index}`)?.port ?? 0;
          for (let count = 0; count < REQUESTS; count++) {
            const row = generateRequest(random, tokens);
            const theirs = await sendTo(portIn(envoy.listeners), origin, row);
            statuses.add(theirs.status);
            const ours = await sendTo(portIn(gate.listeners), origin, row);
            assert.deepEqual(ours, theirs, `${JSON.stringify(row)}\n${text}`);
          }
        });
      }
      if (texts.length < BATCH) return;
      it('and every kind of answer is among them', () => {
        for (const status of [200, 401, 403, 404]) assert.ok(statuses.has(status), `${status}`);
      });
    });
  }
}
