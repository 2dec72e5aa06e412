// CPU of translating a mesh's policies: 1,000 policies for 100 workloads, and again after one of them has changed.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { create } from '@bufbuild/protobuf';
import { MeshConfigSchema } from '#schema/istio/mesh_pb.js';
import { istiodJwks } from '../src/control/istio/authn/istiod-jwks.ts';
import { readDocuments } from '../src/control/istio/documents.ts';
import { Lineage } from '../src/control/istio/lineage.ts';
import { Services } from '../src/control/istio/services.ts';
import {
  type IstioObjects,
  type PolicyFilters,
  PolicyTranslator,
} from '../src/control/istio/translate-policies.ts';
import { DEFAULT_FEATURES, type Workload } from '../src/control/istio/workload.ts';
import { Findings, Provenance } from '../src/resources/index.ts';

const POLICIES = 1000;
const WORKLOADS = 100;
const NAMESPACES = 20;
const ROUNDS = 7;

const provenance = new Provenance();

/** A tenth of the policies are the whole mesh's, four tenths a namespace's, the rest one workload's. */
function policyText(index: number, value: string): string {
  const kind = index % 10;
  const workload = index % WORKLOADS;
  const namespace = kind === 0 ? 'istio-system' : `ns-${workload % NAMESPACES}`;
  return `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: p-${index}, namespace: ${namespace} }
spec:
  ${kind > 4 ? `selector: { matchLabels: { app: app-${workload} } }` : ''}
  action: ${index % 4 === 0 ? 'DENY' : 'ALLOW'}
  rules:
  - from:
    - source: { requestPrincipals: ["https://issuer.example/user-${index}", "*"], notIpBlocks: [10.0.0.0/8] }
    to:
    - operation: { methods: [GET, POST], paths: ["/${value}/*", "/exact"], hosts: ["*.example.com"] }
    when:
    - { key: "request.auth.claims[groups]", values: [group-${index}, admin] }
`;
}

function read(texts: readonly string[]): IstioObjects {
  const source = { name: 'policies.yaml', text: texts.join('---\n') };
  return readDocuments([source], { findings: new Findings(provenance), provenance }).objects;
}

const workloads = Array.from({ length: WORKLOADS }, (_, index): Workload => {
  const namespace = `ns-${index % NAMESPACES}`;
  return { namespace, labels: { app: `app-${index}` }, kind: 'sidecar' };
});

function translatorOf(objects: IstioObjects): PolicyTranslator {
  return new PolicyTranslator(objects, {
    mesh: create(MeshConfigSchema),
    features: DEFAULT_FEATURES,
    jwks: istiodJwks({ mode: 'istiod', services: new Services([]), fetch: () => null }),
    lineage: new Lineage(provenance),
    onProblem: () => undefined,
  });
}

/** Filters as bytes, as a fleet would be sent them. */
function bytesOf({ http, network }: PolicyFilters): number {
  const configs = [...http, ...network].map(({ configType }) => configType);
  return configs.reduce(
    (sum, config) => sum + (config.case === 'typedConfig' ? config.value.value.length : 0),
    0,
  );
}

function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** What the step before has left over is not the next one's cost. */
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] as number;

const texts = Array.from({ length: POLICIES }, (_, index) => policyText(index, `path-${index}`));
const objects = read(texts);
const all: number[] = [];
const serialised: number[] = [];
const changed: Record<string, number[]> = { 'one workload': [], 'one namespace': [], 'the mesh': [] };
for (let round = 0; round < ROUNDS; round++) {
  let translator = translatorOf(objects);
  all.push(
    cpuMs(() => {
      translator = translatorOf(objects);
      for (const workload of workloads) translator.translate(workload);
    }),
  );
  serialised.push(
    cpuMs(() => {
      for (const workload of workloads) bytesOf(translator.translate(workload));
    }),
  );
  if (round === 0) collectGarbage();
  for (const [index, samples] of [5, 1, 0].map((at, place) => [at, Object.values(changed)[place]] as const)) {
    samples?.push(
      cpuMs(() => {
        const [policy] = read([policyText(index, `changed-${round}`)]).authorizationPolicies;
        const authorizationPolicies =
          policy === undefined ? [] : objects.authorizationPolicies.with(index, policy);
        translator.update({ ...objects, authorizationPolicies });
        for (const workload of workloads) translator.translate(workload);
      }),
    );
  }
}
process.stdout.write(
  `node ${process.version}, ${POLICIES} policies, ${WORKLOADS} workloads, CPU in ms: first, median of ${ROUNDS}\n`,
);
process.stdout.write(`everything: ${all[0]?.toFixed(0)}, ${median([...all]).toFixed(0)}\n`);
process.stdout.write(`their bytes: ${serialised[0]?.toFixed(0)}, ${median([...serialised]).toFixed(0)}\n`);
for (const [name, samples] of Object.entries(changed)) {
  process.stdout.write(
    `after a change of a policy for ${name}: ${samples[0]?.toFixed(0)}, ${median([...samples]).toFixed(0)}\n`,
  );
}
