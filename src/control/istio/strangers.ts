import type { Findings, Position } from '../../resources/index.ts';
import { entryOf, nearMiss, type SourceNode, scalarAt } from '../config/index.ts';
import { ISTIO_CODES } from './codes.ts';
import type { Workload } from './workload.ts';

/** A document that is none of jotgate's business, or not yet. */
export interface Stranger {
  kind: string;
  name: string;
  at: Position;
  node: SourceNode;
}

export function strangerOf(node: SourceNode): Stranger {
  const metadata = entryOf(node, 'metadata')?.value;
  return {
    kind: scalarAt(node, 'kind') ?? 'document',
    name: (metadata === undefined ? undefined : scalarAt(metadata, 'name')) ?? '',
    at: node.at,
    node,
  };
}

/** Kinds that put something of their own into the proxy, by the field with their selector's labels. */
const MEDDLING: Readonly<Record<string, readonly string[]>> = {
  EnvoyFilter: ['workloadSelector', 'labels'],
  WasmPlugin: ['selector', 'matchLabels'],
  TrafficExtension: ['selector', 'matchLabels'],
};

/** Kinds that change nothing of what a gateway lets in. */
const HARMLESS = new Set(['Telemetry', 'ProxyConfig', 'WorkloadGroup', 'Sidecar', 'IstioOperator']);

/**
 * Documents of other kinds are no error. What would change the proxy's decisions in a mesh is warned of all the same, and so is what
 * was meant to be one of Istio's kinds and is none (W416).
 * @param kinds the kinds that are read, with their API groups
 */
export function judgeStrangers(
  strangers: readonly Stranger[],
  kinds: ReadonlyMap<string, string>,
  scope: { workload: Workload; rootNamespace: string },
  findings: Findings,
): void {
  for (const stranger of strangers) {
    const { kind, node } = stranger;
    const apiVersion = scalarAt(node, 'apiVersion') ?? '';
    const ours = /(?:^|\.)istio\.io(?:\/|$)/.test(apiVersion) || (apiVersion === '' && kinds.has(kind));
    if (!ours || HARMLESS.has(kind)) continue;
    if (!Object.hasOwn(MEDDLING, kind)) reportUnknown(stranger, apiVersion, kinds, findings);
    else if (mayApply(stranger, scope)) reportMeddling(stranger, findings);
  }
}

/** Labels that nobody has told of the workload may be the right ones. */
function mayApply(
  { kind, node }: Stranger,
  { workload, rootNamespace }: { workload: Workload; rootNamespace: string },
): boolean {
  const namespace = textIn(node, ['metadata', 'namespace']) ?? 'default';
  if (namespace !== workload.namespace && namespace !== rootNamespace) return false;
  const labels = within(node, ['spec', ...(MEDDLING[kind] ?? [])]);
  if (labels?.kind !== 'map') return true;
  return labels.entries.every(({ key, value }) => {
    const own = workload.labels[key];
    return own === undefined || (value.kind === 'scalar' && value.text === own);
  });
}

function reportMeddling({ kind, name, node, at }: Stranger, findings: Findings): void {
  findings.add({
    code: ISTIO_CODES.notApplied,
    severity: 'warning',
    message: `the ${kind} \`${name}\` is not applied: in a mesh it may change who gets in`,
    hint: 'what it does has to be checked in the mesh itself',
    envoy: 'accepts',
    at: entryOf(node, 'kind')?.value.at ?? at,
    path: 'kind',
  });
}

function reportUnknown(
  { kind, name, node, at }: Stranger,
  apiVersion: string,
  kinds: ReadonlyMap<string, string>,
  findings: Findings,
): void {
  const meant = kinds.has(kind) ? kind : nearMiss(kind, kinds.keys());
  const field = meant === kind ? 'apiVersion' : 'kind';
  const hint = field === 'kind' ? `did you mean \`${meant}\`?` : `write \`${kinds.get(kind)}/v1\``;
  findings.add({
    code: ISTIO_CODES.notApplied,
    severity: 'warning',
    message: `the ${kind} \`${name}\` is not applied: jotgate knows no such kind in \`${apiVersion}\``,
    hint: meant === undefined ? undefined : hint,
    envoy: meant === undefined ? 'accepts' : 'refuses',
    at: entryOf(node, field)?.value.at ?? at,
    path: field,
  });
}

function within(node: SourceNode, path: readonly string[]): SourceNode | undefined {
  return path.reduce<SourceNode | undefined>(
    (inside, key) => (inside === undefined ? undefined : entryOf(inside, key)?.value),
    node,
  );
}

function textIn(node: SourceNode, path: readonly string[]): string | undefined {
  const found = within(node, path);
  return found?.kind === 'scalar' ? found.text : undefined;
}
