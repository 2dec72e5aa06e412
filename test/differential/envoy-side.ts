import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEnvoy, validateWithEnvoy } from '../oracle/envoy-process.ts';
import { accessLogTo, FLUSH_ARGS, type LogEntry, readAccessLog } from './access-log.ts';
import { bootstrapOf, clustersOf, type DifferentialCase, listenerOf, type Ports } from './case.ts';
import type { Refusal, RunningSide } from './side.ts';

const LISTENER = 'type.googleapis.com/envoy.config.listener.v3.Listener';

/** Whether Envoy can read and takes this configuration, asked alone: one that is no message at all would spoil a batch. */
export function judgeWithEnvoy(one: DifferentialCase, ports: Ports): Refusal | null {
  const { ok, output } = validateWithEnvoy(JSON.stringify(bootstrapOf([one], ports)));
  return ok ? null : { reason: lastLine(output), unsupported: false };
}

function lastLine(output: string): string {
  const lines = output.trim().split('\n');
  return (
    lines.findLast((line) => /error|fail|invalid|unknown|required/i.test(line)) ??
    lines.at(-1) ??
    ''
  ).slice(-300);
}

/** An Envoy that tells of each request what it would log. */
export interface EnvoySide extends RunningSide {
  /** A case's requests in the order of their answers. */
  accessLog(id: string, lines: number): Promise<LogEntry[]>;
}

/**
 * Starts one Envoy for a batch. The listeners come as a discovery file, so that each is judged by itself: a bad one does not keep the
 * others from running.
 * @param judged cases that Envoy is known to take: part of the bootstrap, which is read more leniently than a discovery file
 */
export async function startEnvoySide(
  cases: readonly DifferentialCase[],
  judged: readonly DifferentialCase[],
  ports: Ports,
): Promise<EnvoySide> {
  const folder = mkdtempSync(join(tmpdir(), 'differential-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const file = join(folder, 'listeners.yaml');
  const logOf = (id: string) => join(folder, `${id}.log`);
  const logged = (one: DifferentialCase) => {
    const { manager } = one;
    return listenerOf({ ...one, manager: { ...manager, access_log: accessLogTo(logOf(one.id)) } });
  };
  const resources = cases.map((one) => ({ '@type': LISTENER, ...logged(one) }));
  writeFileSync(file, JSON.stringify({ version_info: '1', resources }));
  const bootstrap = {
    node: { id: 'differential', cluster: 'differential' },
    dynamic_resources: { lds_config: { path_config_source: { path: file }, resource_api_version: 'V3' } },
    static_resources: { listeners: judged.map(logged), clusters: clustersOf(ports) },
  };
  try {
    const envoy = await startEnvoy(JSON.stringify(bootstrap), { readyTimeoutMs: 60_000, args: FLUSH_ARGS });
    const running = new Map(envoy.listeners.map(({ name, port }) => [name, port]));
    const refusals = new Map<string, Refusal>();
    for (const { id } of cases) {
      if (!running.has(id)) refusals.set(id, { reason: reasonOf(envoy.log(), id), unsupported: false });
    }
    return {
      ports: running,
      refusals,
      stats: () => envoy.stats(),
      accessLog: async (id, lines) => (existsSync(logOf(id)) ? readAccessLog(logOf(id), lines) : []),
      stop: () => envoy.stop().finally(remove),
    };
  } catch (error) {
    remove();
    throw error;
  }
}

function reasonOf(log: string, id: string): string {
  const start = log.indexOf(`listener '${id}' config rejected: `);
  if (start < 0) {
    const line = log.split('\n').find((one) => one.includes('update failure'));
    throw new Error(`envoy read none of the listeners: ${line?.slice(0, 2000)}`);
  }
  const text = log.slice(start);
  const end = text.search(/\n\[20/);
  return (end < 0 ? text : text.slice(0, end)).trimEnd().slice(-300);
}
