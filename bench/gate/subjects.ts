import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEnvoy } from '../../test/oracle/envoy-process.ts';
import { type GateJob, renderEnvoyConfig, renderHaproxyConfig } from './configs.ts';
import { type PinnedProcess, startPinned } from './pinned-process.ts';

/** A program that does the gate's job. */
export interface Subject {
  readonly id: string;
  readonly title: string;
  /** Starts it on `core`; it listens at `job.port` when this resolves. */
  start(job: GateJob, core: number, folder: string): Promise<RunningSubject>;
}

export interface RunningSubject extends PinnedProcess {
  /** By its own counters, how many tokens it took from memory; null where it does not say. */
  memoHits(): Promise<number | null>;
}

const unknown = async () => null;

/**
 * jotgate on the very file that Envoy gets. `command` starts it; `{config}` stands for the file.
 * @param id another than `jotgate` for another build of it
 */
export function jotgateSubject(command: readonly string[], id = 'jotgate'): Subject {
  return {
    id,
    title: id,
    async start(job, core, folder) {
      const config = join(folder, `${id}.yaml`);
      writeFileSync(config, renderEnvoyConfig(job, false));
      const words = command.map((word) => word.replace('{config}', config));
      const gate = await startPinned(core, words, job.port);
      return { ...gate, memoHits: () => jotgateMemoHits(job.adminPort) };
    },
  };
}

async function jotgateMemoHits(adminPort: number): Promise<number> {
  const reply = await fetch(`http://127.0.0.1:${adminPort}/stats?filter=memo_hit`);
  const hits = /memo_hit: (\d+)/.exec(await reply.text())?.[1];
  if (hits === undefined) throw new Error('jotgate does not count memo hits');
  return Number(hits);
}

function envoySubject(id: string, title: string, tokenCache: boolean): Subject {
  return {
    id,
    title,
    async start(job, core) {
      const prefix = ['taskset', '-c', String(core)];
      const envoy = await startEnvoy(renderEnvoyConfig(job, tokenCache), { prefix });
      return { pid: envoy.pid, stop: envoy.stop, memoHits: () => envoyCacheHits(envoy.stats()) };
    },
  };
}

async function envoyCacheHits(stats: Promise<ReadonlyMap<string, number>>): Promise<number | null> {
  return (await stats).get('http.ingress_http.jwt_authn.jwt_cache_hit') ?? null;
}

export const envoyWithCache = envoySubject('envoy-cache', 'Envoy 1.40, `jwt_cache_config`', true);
export const envoyAsItComes = envoySubject('envoy', 'Envoy 1.40, as it comes', false);

export const haproxy: Subject = {
  id: 'haproxy',
  title: 'HAProxy 2.6, `jwt_verify`',
  async start(job, core, folder) {
    const config = join(folder, 'haproxy.cfg');
    writeFileSync(config, renderHaproxyConfig(job));
    return { ...(await startPinned(core, ['haproxy', '-db', '-f', config], job.port)), memoHits: unknown };
  },
};
