import assert from 'node:assert/strict';
import type { MeshConfig } from '#schema/istio/mesh_pb.js';
import { ManualClock, type Step, TreeRecorder } from '../../../src/base/index.ts';
import { loadIstio, type Workload } from '../../../src/control/istio/index.ts';
import { buildRequestHead, compileSnapshot, rehearse } from '../../../src/proxy/rehearsal/index.ts';
import type { Provenance } from '../../../src/resources/index.ts';
import type { SetRequest } from '../../oracle/istio-sets/generate-request.ts';
import { type Manifest, manifestAt, renderSet } from '../../oracle/istio-sets/manifest.ts';

const CLOCK = new ManualClock(Date.parse('2026-01-01T00:00:00Z'));
const CONNECTION = {
  remoteAddress: '127.0.0.1',
  remotePort: 50_000,
  localAddress: '127.0.0.1',
  localPort: 8080,
  serverName: '',
  tls: false,
};

/** Whose policies are judged by. */
export interface Scene {
  workload: Workload;
  mesh?: MeshConfig | undefined;
}

/** A place in a set that a refusal is explained with. */
interface Named {
  manifest: number;
  /** `spec.rules[0].to[0]`. */
  path: string;
}

interface Decision {
  status: number | null;
  /** All that a client or a log could tell two refusals apart by. */
  verdict: string;
  named: Named[];
}

/** null: the set cannot be run. */
export async function decide(
  manifests: readonly Manifest[],
  scene: Scene,
  { method, host, path, headers }: SetRequest,
): Promise<Decision | null> {
  const rendered = renderSet(manifests);
  const { snapshot, findings, provenance } = loadIstio([{ name: 'istio.yaml', text: rendered.text }], {
    upstream: 'http://127.0.0.1:9000',
    // A set may have nothing for it once a manifest is deleted.
    allowUnknownWorkload: true,
    ...scene,
  });
  if (snapshot === null) return null;
  const compiled = compileSnapshot(snapshot, { findings, clock: CLOCK, jwks: null });
  if (compiled.listeners.length < snapshot.listeners.length) return null;
  const words = { method, scheme: 'http' as const, authority: host, path, headers: Object.entries(headers) };
  const recorder = new TreeRecorder();
  const request = buildRequestHead(words);
  const { status, body, details } = await rehearse(
    compiled,
    { request, connection: CONNECTION },
    CLOCK,
    recorder,
  );
  return {
    status,
    verdict: `${status} ${details} ${body}`,
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
      ? RULE_EDITS.map((edit) => {
          const rule = { ...(items[Number(place)] as object), ...edit };
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

const RULE_EDITS = [
  ...[1, 2, 3].map((number) => ({ issuer: `test-issuer-${number}@istio.io` })),
  { audiences: [] },
];
const OPEN_ROUTE = { route: [{ destination: { host: 'app' } }] };
const OPEN_SERVER = { port: { number: 8080, name: 'http', protocol: 'HTTP' }, hosts: ['*'] };

/** Whether one of the named places decides, or all of them together where several refuse for the same reason. */
async function isExplained(
  manifests: readonly Manifest[],
  scene: Scene,
  row: SetRequest,
  { verdict, named }: Decision,
): Promise<boolean> {
  const unique = new Map(named.map((one) => [`${one.manifest} ${one.path}`, one]));
  for (const place of unique.values()) {
    for (const edited of edits(manifests, place)) {
      const after = await decide(edited, scene, row);
      if (after !== null && after.verdict !== verdict) return true;
    }
  }
  const all = new Set(named.map(({ manifest }) => manifest));
  const others = manifests.filter((_, index) => !all.has(index));
  const after = all.size > 1 ? await decide(others, scene, row) : null;
  return after !== null && after.verdict !== verdict;
}

/**
 * Asserts that every refusal of these requests names a line of the manifests, and that deleting or editing what stands there changes
 * the verdict.
 * @returns how many were refused
 */
export async function checkRefusals(
  manifests: readonly Manifest[],
  scene: Scene,
  rows: readonly SetRequest[],
): Promise<number> {
  let refused = 0;
  for (const row of rows) {
    const decision = await decide(manifests, scene, row);
    if (decision === null) return refused;
    const { status, verdict, named } = decision;
    if (status === null || status < 400 || verdict.includes('direct_response')) continue;
    refused++;
    const about = `${verdict}\n${JSON.stringify(row)}\n${renderSet(manifests).text}`;
    assert.ok(named.length > 0, about);
    assert.ok(await isExplained(manifests, scene, row, decision), `${JSON.stringify(named)} ${about}`);
  }
  return refused;
}
