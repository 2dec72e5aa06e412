import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ManualClock, type Step, TreeRecorder } from '../../../src/base/index.ts';
import { loadIstio } from '../../../src/control/istio/index.ts';
import { buildRequestHead, compileSnapshot, rehearse } from '../../../src/proxy/rehearsal/index.ts';
import type { Provenance } from '../../../src/resources/index.ts';
import { Random } from '../../fuzz/random.ts';
import { generateRequest, type SetRequest } from '../../oracle/istio-sets/generate-request.ts';
import { generateSet } from '../../oracle/istio-sets/generate-set.ts';
import { type Manifest, manifestAt, renderSet } from '../../oracle/istio-sets/manifest.ts';
import { conformanceFolder } from '../conformance-data.ts';

const SETS = 40;
const REQUESTS = 12;
const CLOCK = new ManualClock(Date.parse('2026-01-01T00:00:00Z'));
const WORKLOAD = { namespace: 'foo', labels: { app: 'gate' }, kind: 'gateway' } as const;
const CONNECTION = {
  remoteAddress: '127.0.0.1',
  remotePort: 50_000,
  localAddress: '127.0.0.1',
  localPort: 8080,
  serverName: '',
  tls: false,
};

/** A place in a set that a refusal is explained with. */
interface Named {
  manifest: number;
  /** `spec.rules[0].to[0]`. */
  path: string;
}

async function decide(manifests: readonly Manifest[], { method, host, path, headers }: SetRequest) {
  const rendered = renderSet(manifests);
  const { snapshot, findings, provenance } = loadIstio([{ name: 'istio.yaml', text: rendered.text }], {
    upstream: 'http://127.0.0.1:9000',
    workload: WORKLOAD,
  });
  if (snapshot === null) return null;
  const compiled = compileSnapshot(snapshot, { findings, clock: CLOCK, jwks: null });
  const words = { method, scheme: 'http' as const, authority: host, path, headers: Object.entries(headers) };
  const recorder = new TreeRecorder();
  const request = buildRequestHead(words);
  const { status, body, details } = await rehearse(
    compiled,
    { request, connection: CONNECTION },
    CLOCK,
    recorder,
  );
  const verdict = `${status} ${details} ${body}`;
  return {
    status,
    verdict,
    named: placesOf(recorder.root, provenance, (line) => manifestAt(rendered, line)),
  };
}

/** The places of the steps that refused and of what they looked at; without any, of the routes that were asked. */
function placesOf(root: Step, provenance: Provenance, manifestOf: (line: number) => number): Named[] {
  const all = stepsOf(root);
  const denying = all.filter(({ verdict, kind }) => verdict === 'deny' && kind !== 'listener');
  const steps =
    denying.length > 0
      ? denying.flatMap(stepsOf)
      : all.filter(({ kind }) => kind === 'virtual host' || kind === 'route');
  return steps.flatMap(({ origin }) => {
    const at = origin === undefined ? undefined : provenance.find(origin);
    if (origin === undefined || at === undefined) return [];
    return [{ manifest: manifestOf(at.line), path: provenance.path(origin) ?? '' }];
  });
}

function stepsOf(step: Step): Step[] {
  return [step, ...step.steps.flatMap(stepsOf)];
}

/** The set with the named place deleted, or edited so that it stands in nobody's way. */
function edits(manifests: readonly Manifest[], { manifest: index, path }: Named): Manifest[][] {
  const manifest = manifests[index] as Manifest;
  const without = manifests.filter((_, other) => other !== index);
  const replaced = (spec: Record<string, unknown>) => manifests.with(index, { ...manifest, spec });
  const [, field, place] = /^spec\.(\w+)\[(\d+)\]/.exec(path) ?? [];
  const list = field?.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const items = list === undefined ? undefined : (manifest.spec[list] as unknown[] | undefined);
  const shorter = items?.filter((_, other) => other !== Number(place));
  return [
    ...(list !== undefined && shorter !== undefined && shorter.length > 0
      ? [replaced({ ...manifest.spec, [list]: shorter })]
      : []),
    without,
    ...(list === 'jwtRules' && items !== undefined
      ? ISSUERS.map((issuer) => {
          const rule = { ...(items[Number(place)] as object), issuer };
          return replaced({ ...manifest.spec, jwtRules: items.with(Number(place), rule) });
        })
      : []),
    ...(manifest.kind === 'AuthorizationPolicy' ? [replaced({ ...manifest.spec, rules: [{}] })] : []),
    ...(manifest.kind === 'VirtualService'
      ? [replaced({ ...manifest.spec, hosts: ['*'], http: [OPEN_ROUTE] })]
      : []),
    ...(manifest.kind === 'Gateway' ? [replaced({ ...manifest.spec, servers: [OPEN_SERVER] })] : []),
  ];
}

const ISSUERS = [1, 2, 3].map((number) => `test-issuer-${number}@istio.io`);
const OPEN_ROUTE = { route: [{ destination: { host: 'app' } }] };
const OPEN_SERVER = { port: { number: 8080, name: 'http', protocol: 'HTTP' }, hosts: ['*'] };

async function isDecisive(manifests: readonly Manifest[], place: Named, row: SetRequest, verdict: string) {
  for (const edited of edits(manifests, place)) {
    const after = await decide(edited, row);
    if (after !== null && after.verdict !== verdict) return true;
  }
  return false;
}

/** Two rules that refuse a token for the same reason: it takes the lines of both. */
async function areDecisive(
  manifests: readonly Manifest[],
  places: readonly Named[],
  row: SetRequest,
  verdict: string,
) {
  const named = new Set(places.map(({ manifest }) => manifest));
  const after = await decide(
    manifests.filter((_, index) => !named.has(index)),
    row,
  );
  return named.size === 2 && after !== null && after.verdict !== verdict;
}

const folder = conformanceFolder('istio/jwt');

if (folder !== null) {
  const tokens = JSON.parse(readFileSync(join(folder, 'tokens.json'), 'utf8')) as Record<string, string>;
  const jwks = readFileSync(join(folder, 'jwks.json'), 'utf8');
  describe('every refusal names a line of the manifests, and without that line the verdict is another', () => {
    const random = new Random(5);
    let refused = 0;
    for (let index = 0; index < SETS; index++) {
      const manifests = generateSet(random, jwks);
      const rows = Array.from({ length: REQUESTS }, () => generateRequest(random, tokens));
      it(`set ${index}`, async () => {
        for (const row of rows) {
          const { status, verdict, named } = (await decide(manifests, row)) ?? assert.fail();
          if (status === null || status < 400 || verdict.includes('direct_response')) continue;
          refused++;
          const about = `${verdict}\n${JSON.stringify(row)}\n${renderSet(manifests).text}`;
          assert.ok(named.length > 0, about);
          const unique = new Map(named.map((one) => [`${one.manifest} ${one.path}`, one]));
          let decisive = false;
          for (const place of unique.values()) decisive ||= await isDecisive(manifests, place, row, verdict);
          decisive ||= await areDecisive(manifests, named, row, verdict);
          assert.ok(decisive, `${JSON.stringify([...unique.keys()])} ${about}`);
        }
      });
    }
    it('and there were enough of them', () => assert.ok(refused > 100, `${refused}`));
  });
}
