import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { create, fromJson, type JsonObject } from '@bufbuild/protobuf';
import { BootstrapSchema } from '#schema/envoy/config/bootstrap/v3/bootstrap_pb.js';
import { MeshConfigSchema } from '#schema/istio/mesh_pb.js';
import { ejectBootstrap, loadIstio } from '../../src/control/istio/index.ts';
import { systemClock } from '../../src/platform/index.ts';
import { compileSnapshot } from '../../src/proxy/rehearsal/index.ts';
import type { Snapshot } from '../../src/resources/index.ts';
import { conformanceFolder } from '../conformance/conformance-data.ts';
import { answerOf, type Setting } from '../conformance/istio/policy-set.ts';
import { findEnvoy, validateWithEnvoy } from './envoy-process.ts';

interface PolicySet extends Setting {
  name: string;
  text: string;
}

function recordedSets(folder: string): PolicySet[] {
  const names = readdirSync(folder).filter((file) => file.endsWith('-in.yaml'));
  return names.map((name) => ({
    ...(JSON.parse(readFileSync(join(folder, name.replace('-in.yaml', '-out.json')), 'utf8')) as Setting),
    name,
    text: readFileSync(join(folder, name), 'utf8'),
  }));
}

function goldenSets(folder: string): PolicySet[] {
  const workload = { namespace: 'foo', labels: { app: 'httpbin', version: 'v1' } };
  return ['http', 'tcp'].flatMap((kind) => {
    const names = readdirSync(join(folder, kind)).filter((file) => file.endsWith('-in.yaml'));
    return names.map((name) => ({ name, workload, text: readFileSync(join(folder, kind, name), 'utf8') }));
  });
}

/** What `eject` prints of a set as for a gateway; null, and why, where it prints nothing. */
function ejected({ name, text, workload, mesh }: PolicySet, index: number): Snapshot | string {
  const { namespace, labels = {} } = workload;
  const { snapshot, findings } = loadIstio([{ name, text }], {
    upstreamWithoutGateway: 'http://127.0.0.1:9000',
    workload: { namespace, labels, kind: 'gateway' },
    allowUnknownWorkload: true,
    mesh: fromJson(MeshConfigSchema, mesh ?? {}),
    listen: { address: '127.0.0.1', port: 10_000 + index },
    forEnvoy: true,
  });
  const errors = () => findings.list.filter(({ severity }) => severity === 'error');
  if (snapshot === null) return errors()[0]?.code ?? '';
  compileSnapshot(snapshot, { findings, clock: systemClock, jwks: null });
  const refusal = errors().find(({ envoy }) => envoy === 'refuses');
  for (const listener of snapshot.listeners) listener.name = `${name} ${listener.name}`;
  return refusal === undefined ? snapshot : refusal.code;
}

/** A key set without a key; refused by Istio's schema or its webhook; attached to what is no gateway; keys at no host. */
const NOTHING_PRINTED = ['E213', 'E401', 'E402', 'E405', 'E409'];

const HCM =
  'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const ROUTER = {
  name: 'router',
  typedConfig: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
};

/** A listener with the filters that a set becomes for its own workload, those of the network before those of HTTP. */
function listenerOf(set: PolicySet): JsonObject {
  const { http, network } = answerOf(set.name, set.text, set).translate as Record<string, JsonObject[]>;
  const manager = {
    '@type': HCM,
    statPrefix: 'x',
    httpFilters: [...(http ?? []), ROUTER],
    routeConfig: {
      virtualHosts: [
        {
          name: 'all',
          domains: ['*'],
          routes: [{ match: { prefix: '/' }, directResponse: { status: 200 } }],
        },
      ],
    },
  };
  return {
    name: set.name,
    address: { socketAddress: { address: '127.0.0.1', portValue: 0 } },
    filterChains: [{ filters: [...(network ?? []), { name: 'hcm', typedConfig: manager }] }],
  };
}

/** istiod pushes a key set without keys as it stands, and Envoy refuses it. */
function hasNoKey(listener: JsonObject): boolean {
  return /"inlineString":"\{\\"keys\\": ?\[\]\}"/.test(JSON.stringify(listener));
}

/** Every cluster that the listeners name is there, where they are asked over gRPC Envoy wants it to be. */
function clustersFor(listeners: readonly JsonObject[]): JsonObject[] {
  const names = JSON.stringify(listeners).matchAll(/"cluster(?:Name)?":"([^"]+)"/g);
  return [...new Set([...names].map(([, name]) => name ?? ''))].map((name) => ({ name }));
}

const recorded = conformanceFolder('istio/recorded');
const goldens = conformanceFolder('istio/authz');

if (recorded !== null && goldens !== null && findEnvoy() !== null) {
  const sets = [...recordedSets(recorded), ...goldenSets(goldens)];

  it('a real Envoy takes what `eject` prints of every recorded set and golden that admission takes', () => {
    const all = sets.map(ejected);
    const snapshots = all.filter((one) => typeof one !== 'string');
    assert.deepEqual([...new Set(all.filter((one) => typeof one === 'string'))].sort(), NOTHING_PRINTED);
    assert.ok(snapshots.length > 60, `${snapshots.length} of ${sets.length}`);
    const clusters = new Map(
      snapshots.flatMap((one) => one.clusters.map((cluster) => [cluster.name, cluster])),
    );
    const listeners = snapshots.flatMap((one) => one.listeners);
    const staticResources = { listeners, clusters: [...clusters.values()] };
    const bootstrap = create(BootstrapSchema, { staticResources });
    const { ok, output } = validateWithEnvoy(
      ejectBootstrap({ listeners, clusters: staticResources.clusters, bootstrap }),
    );
    assert.ok(ok, output.slice(-2000));
  });

  it('and the filters that every one of them becomes, for its own kind of workload', () => {
    const listeners = sets.map(listenerOf).filter((listener) => !hasNoKey(listener));
    assert.ok(listeners.length > 140, `${listeners.length}`);
    const staticResources = { listeners, clusters: clustersFor(listeners) };
    const { ok, output } = validateWithEnvoy(JSON.stringify({ staticResources }));
    assert.ok(ok, output.slice(-2000));
  });
}
