import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fromJson } from '@bufbuild/protobuf';
import { parseAllDocuments } from 'yaml';
import { MeshConfigSchema } from '#schema/istio/mesh_pb.js';
import { Random } from '../../fuzz/random.ts';
import { generateRequest } from '../../oracle/istio-sets/generate-request.ts';
import { generateSet } from '../../oracle/istio-sets/generate-set.ts';
import type { Manifest } from '../../oracle/istio-sets/manifest.ts';
import { conformanceFolder } from '../conformance-data.ts';
import type { Setting } from './policy-set.ts';
import { checkRefusals, decide, type Scene } from './why-lines.ts';

/** `ISTIO_WHY_SETS=500 ISTIO_SEED=7` plays more generated sets, or others. */
const SETS = Number(process.env['ISTIO_WHY_SETS'] ?? 40);
const SEED = Number(process.env['ISTIO_SEED'] ?? 5);
const REQUESTS = 12;

const tokensFolder = conformanceFolder('istio/jwt');
const recordedFolder = conformanceFolder('istio/recorded');

interface Recorded extends Setting {
  validate: { accepted: boolean }[];
}

/** The documents of a recorded set that istiod admitted. */
function admitted(folder: string, name: string, { validate }: Recorded): Manifest[] {
  const documents = parseAllDocuments(readFileSync(join(folder, name), 'utf8'));
  const manifests = documents.map((one) => one.toJS() as Manifest | null).filter((one) => one !== null);
  assert.equal(manifests.length, validate.length);
  return manifests.filter((_, index) => validate[index]?.accepted === true);
}

function sceneOf({ workload, mesh }: Recorded): Scene {
  const { namespace, labels = {} } = workload;
  return {
    workload: { namespace, labels, kind: 'gateway' },
    mesh: fromJson(MeshConfigSchema, mesh ?? {}),
  };
}

if (tokensFolder !== null) {
  const tokens = JSON.parse(readFileSync(join(tokensFolder, 'tokens.json'), 'utf8')) as Record<
    string,
    string
  >;
  const jwks = readFileSync(join(tokensFolder, 'jwks.json'), 'utf8');
  const requests = (random: Random) =>
    Array.from({ length: REQUESTS }, () => generateRequest(random, tokens));

  describe('every refusal names a line of the manifests, and without that line the verdict is another', () => {
    const random = new Random(SEED);
    const scene = { workload: { namespace: 'foo', labels: { app: 'gate' }, kind: 'gateway' } } as const;
    let refused = 0;
    for (let index = 0; index < SETS; index++) {
      const manifests = generateSet(random, jwks);
      const rows = requests(random);
      it(`set ${index}`, async () => {
        refused += await checkRefusals(manifests, scene, rows);
      });
    }
    it('and there were enough of them', () => assert.ok(refused > 2 * SETS, `${refused}`));
  });

  if (recordedFolder !== null) {
    describe('so do those of the recorded sets', () => {
      const random = new Random(SEED);
      let refused = 0;
      let run = 0;
      const sets = readdirSync(recordedFolder).filter((file) => file.endsWith('-in.yaml'));
      for (const name of sets) {
        const answer = readFileSync(join(recordedFolder, name.replace('-in.yaml', '-out.json')), 'utf8');
        const recorded = JSON.parse(answer) as Recorded;
        const rows = requests(random);
        it(name, async () => {
          const manifests = admitted(recordedFolder, name, recorded);
          const scene = sceneOf(recorded);
          refused += await checkRefusals(manifests, scene, rows);
          if ((await decide(manifests, scene, rows[0] ?? assert.fail())) !== null) run++;
        });
      }
      it('and there were enough of them', () => assert.ok(refused > 300 && run > 75, `${refused} in ${run}`));
    });
  }
}
