import type { Cluster as ClusterConfig } from '#schema/envoy/config/cluster/v3/cluster_pb.js';
import type { Logger } from '../base/index.ts';
import { Deadlines } from '../proxy/http/index.ts';
import { Stats } from '../proxy/listener/index.ts';
import { type Cluster, type ConnectTo, compileCluster } from '../proxy/upstream/index.ts';
import type { Findings } from '../resources/index.ts';
import { resolveName } from './resolver.ts';
import type { NameAddresses } from './worker-protocol.ts';

export interface ControlClusterOptions {
  findings: Findings;
  connectTo: readonly ConnectTo[];
  extraRoots: readonly string[];
  logger: Logger;
}

/** How long a start waits for names; those that come later are passed on when they come. */
const FIRST_ANSWER_MS = 2000;
const TICK_MS = 250;
/** Clusters that may come later. */
const ADDED_MAX = 100;

/** The control thread's clusters: they carry key fetches, and their names are resolved here for everybody. */
export class ControlClusters {
  readonly byName = new Map<string, Cluster>();
  /** Told of every change of a name's addresses. */
  onChange: (update: NameAddresses) => void = () => {};
  readonly #logger: Logger;
  readonly #compile: (config: ClusterConfig) => Cluster | null;
  readonly #known = new Map<string, string>();
  readonly #timers: NodeJS.Timeout[] = [];
  #added = 0;

  constructor(configs: readonly ClusterConfig[], options: ControlClusterOptions) {
    const deadlines = new Deadlines();
    const stats = new Stats(new SharedArrayBuffer(8 * (1024 + 32 * (configs.length + ADDED_MAX))));
    this.#logger = options.logger;
    this.#compile = (config) =>
      compileCluster(config, { ...options, stats, deadlines, reportFailure: () => {} });
    for (const config of configs) {
      const cluster = this.#compile(config);
      if (cluster !== null) this.byName.set(config.name, cluster);
    }
    deadlines.tick(performance.now());
    this.#every(TICK_MS, () => deadlines.tick(performance.now()));
  }

  /** Resolves every name, waits a while for the answers, and keeps them fresh from then on. */
  async resolveAll(): Promise<NameAddresses[]> {
    const rounds: Promise<void>[] = [];
    for (const cluster of this.byName.values()) {
      for (const name of cluster.names) {
        rounds.push(this.#resolve(cluster, name));
        this.#every(Math.max(1000, cluster.settings.refreshMs), () => void this.#resolve(cluster, name));
      }
    }
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, FIRST_ANSWER_MS);
    });
    if (rounds.length > 0) await Promise.race([Promise.all(rounds), limit]);
    clearTimeout(timer);
    return [...this.byName].flatMap(([cluster, { names }]) =>
      names.map((name) => ({ cluster, name, addresses: this.#addresses(cluster, name) })),
    );
  }

  /** Takes one more cluster, for this thread alone; resolves when its names are. */
  async add(config: ClusterConfig): Promise<void> {
    if (this.#added >= ADDED_MAX) return;
    this.#added++;
    const cluster = this.#compile(config);
    if (cluster === null) return;
    this.byName.set(config.name, cluster);
    for (const name of cluster.names) {
      await this.#resolve(cluster, name);
      this.#every(Math.max(1000, cluster.settings.refreshMs), () => void this.#resolve(cluster, name));
    }
  }

  close(): void {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    for (const cluster of this.byName.values()) cluster.close();
  }

  #every(ms: number, act: () => void): void {
    this.#timers.push(setInterval(act, ms).unref());
  }

  async #resolve(cluster: Cluster, name: string): Promise<void> {
    const { name: clusterName, family } = cluster.settings;
    const addresses = await resolveName(name, family);
    const key = JSON.stringify([clusterName, name]);
    const text = addresses.join(' ');
    if (this.#known.get(key) === text) return;
    if (addresses.length === 0 && this.#known.has(key)) return;
    this.#known.set(key, text);
    if (addresses.length === 0) {
      this.#logger.warn(`cannot resolve \`${name}\` of cluster \`${clusterName}\``, {
        hint: `send it elsewhere with --connect-to ${name}:PORT:ADDR:PORT`,
      });
      return;
    }
    cluster.setAddresses(name, addresses);
    this.onChange({ cluster: clusterName, name, addresses });
  }

  #addresses(cluster: string, name: string): string[] {
    const text = this.#known.get(JSON.stringify([cluster, name])) ?? '';
    return text === '' ? [] : text.split(' ');
  }
}
