import type { Clock } from '../../src/base/index.ts';
import { loadConfig } from '../../src/control/config/index.ts';
import { SharedClock } from '../../src/platform/index.ts';
import { type CompiledSnapshot, compileSnapshot, type JwksFetcher } from '../../src/proxy/rehearsal/index.ts';
import { type Finding, Findings, type Snapshot } from '../../src/resources/index.ts';
import { startGate } from '../../src/server/index.ts';
import { bootstrapOf, type DifferentialCase, type KeyDocument, type Ports } from './case.ts';
import type { Refusal, RunningSide } from './side.ts';

/** A case as jotgate has compiled it, or why it has not. */
export type CompiledCase =
  | { snapshot: Snapshot; compiled: CompiledSnapshot }
  | { snapshot: null; refusal: Refusal };

export function compileCase(one: DifferentialCase, ports: Ports, clock: Clock): CompiledCase {
  const text = JSON.stringify(bootstrapOf([one], ports));
  const { snapshot, findings, provenance } = loadConfig([{ name: 'case.yaml', text }]);
  if (snapshot === null) return { snapshot: null, refusal: refusalOf(findings.list) };
  const found = new Findings(provenance);
  const compiled = compileSnapshot(snapshot, {
    findings: found,
    clock,
    jwks: keysOf(one.keys),
    envoyExact: true,
  });
  const errors = [...findings.list, ...found.list].filter(isError);
  return errors.length > 0 ? { snapshot: null, refusal: refusalOf(errors) } : { snapshot, compiled };
}

const isError = ({ severity, code }: Finding) => severity === 'error' && !code.startsWith('L');

function refusalOf(list: readonly Finding[]): Refusal {
  const errors = list.filter(isError);
  return {
    reason: errors.map(({ code, message }) => `${code} ${message}`).join('; '),
    unsupported: errors.length > 0 && errors.every(({ envoy }) => envoy === 'accepts'),
  };
}

/** The key server's documents without the server. */
export function keysOf(documents: Record<string, KeyDocument>): JwksFetcher {
  return {
    fetch: async ({ uri, cluster }) => {
      const document = documents[new URL(uri).pathname];
      return cluster === 'keys' && document?.status === 200 && document.body !== '' ? document.body : null;
    },
  };
}

/** Starts one gate for a batch of cases that have been compiled. */
export async function startGateSide(
  cases: readonly DifferentialCase[],
  compiled: ReadonlyMap<string, CompiledCase>,
  clock: SharedClock = new SharedClock(),
): Promise<RunningSide> {
  const refusals = new Map<string, Refusal>();
  const snapshots: Snapshot[] = [];
  for (const { id } of cases) {
    const one = compiled.get(id);
    if (one === undefined) continue;
    if (one.snapshot === null) refusals.set(id, one.refusal);
    else snapshots.push(one.snapshot);
  }
  const [first] = snapshots;
  if (first === undefined)
    return { ports: new Map(), refusals, stats: async () => new Map(), stop: async () => {} };
  const clusters = new Map(snapshots.flatMap(({ clusters: all }) => all.map((one) => [one.name, one])));
  const snapshot = {
    ...first,
    clusters: [...clusters.values()],
    listeners: snapshots.flatMap(({ listeners }) => listeners),
  };
  const gate = await startGate({ snapshot, admin: false, envoyExact: true, clock });
  return {
    ports: new Map(gate.listeners.map(({ name, port }) => [name, port])),
    refusals,
    stats: async () => new Map(gate.stats()),
    stop: () => gate.close(),
  };
}
