import { toBinary } from '@bufbuild/protobuf';
import { type Cluster as ClusterConfig, ClusterSchema } from '#schema/envoy/config/cluster/v3/cluster_pb.js';
import type { Logger } from '../base/index.ts';
import { Deadlines } from '../proxy/http/index.ts';
import { uncounted } from '../proxy/listener/index.ts';
import { type Cluster, type ConnectTo, compileCluster } from '../proxy/upstream/index.ts';
import { Findings } from '../resources/index.ts';
import { resolveName } from './resolver.ts';
import type { NameAddresses } from './worker-protocol.ts';

export interface ControlClusterOptions {
  findings: Findings;
  connectTo: readonly ConnectTo[];
  extraRoots: readonly string[];
  logger: Logger;
  /** Asks for a name's addresses, none where there are none. Default: as the machine resolves it. */
  resolve?: typeof resolveName;
}

interface Configured {
  bytes: Buffer;
  cluster: Cluster;
}

/** Clusters of two configurations, before it is sure which of them is run. */
export interface ClusterChange {
  /** Lets go of what is only in the one before. */
  commit(): void;
  /** Lets go of what is only in the new one. */
  undo(): void;
}

/** How long a start waits for names; those that come later are passed on when they come. */
const FIRST_ANSWER_MS = 2000;
const TICK_MS = 250;
/** Clusters that may come later. */
const ADDED_MAX = 100;

/** The control thread's clusters: they carry key fetches, and their names are resolved here for everybody. */
export class ControlClusters {
  readonly byName = new Map<string, Cluster>();
  readonly #configured = new Map<string, Configured>();
  readonly #all = new Set<Cluster>();
  /** Told of every change of a name's addresses. */
  onChange: (update: NameAddresses) => void = () => {};
  readonly #logger: Logger;
  readonly #lookUp: typeof resolveName;
  readonly #compile: (config: ClusterConfig, findings: Findings) => Cluster | null;
  readonly #known = new Map<string, string>();
  readonly #ticker: NodeJS.Timeout;
  readonly #refreshes = new Map<Cluster, NodeJS.Timeout[]>();
  #added = 0;

  constructor(configs: readonly ClusterConfig[], options: ControlClusterOptions) {
    const deadlines = new Deadlines();
    this.#logger = options.logger;
    this.#lookUp = options.resolve ?? resolveName;
    this.#compile = (config, findings) =>
      compileCluster(config, { ...options, findings, stats: uncounted, deadlines, reportFailure: () => {} });
    this.#take(configs, options.findings);
    deadlines.tick(performance.now());
    this.#ticker = setInterval(() => deadlines.tick(performance.now()), TICK_MS).unref();
  }

  /** Takes the clusters of another configuration; one that is configured the same stays as it is. Errors are among the findings. */
  change(configs: readonly ClusterConfig[], findings: Findings): ClusterChange {
    const before = new Map(this.#configured);
    this.#take(configs, findings);
    const after = new Map(configs.flatMap(({ name }) => entryOf(this.#configured, name)));
    return { commit: () => this.#replace(after), undo: () => this.#replace(before) };
  }

  #take(configs: readonly ClusterConfig[], findings: Findings): void {
    for (const config of configs) {
      const bytes = Buffer.from(toBinary(ClusterSchema, config));
      if (this.#configured.get(config.name)?.bytes.equals(bytes) === true) continue;
      const cluster = this.#compile(config, findings);
      if (cluster === null) continue;
      this.#all.add(cluster);
      this.#configured.set(config.name, { bytes, cluster });
      this.byName.set(config.name, cluster);
    }
  }

  /** Lets go of all that is configured otherwise or no more. */
  #replace(wanted: ReadonlyMap<string, Configured>): void {
    const gone = [...this.#configured].filter(([name, entry]) => wanted.get(name) !== entry);
    for (const [name] of gone) {
      this.#configured.delete(name);
      this.byName.delete(name);
    }
    for (const [name, entry] of wanted) {
      this.#configured.set(name, entry);
      this.byName.set(name, entry.cluster);
    }
    const left = new Set(this.byName.values());
    for (const cluster of this.#all) if (!left.has(cluster)) this.#letGo(cluster);
  }

  #letGo(cluster: Cluster): void {
    for (const timer of this.#refreshes.get(cluster) ?? []) clearInterval(timer);
    this.#refreshes.delete(cluster);
    this.#all.delete(cluster);
    cluster.close();
  }

  /** Resolves every name, waits a while for the answers, and keeps them fresh from then on. */
  async resolveAll(): Promise<void> {
    const rounds = [...this.byName.values()]
      .filter((cluster) => !this.#refreshes.has(cluster))
      .flatMap((cluster) => this.#follow(cluster));
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, FIRST_ANSWER_MS);
    });
    if (rounds.length > 0) await Promise.race([Promise.all(rounds), limit]);
    clearTimeout(timer);
  }

  /** What is known of every name by now. */
  addresses(): NameAddresses[] {
    return [...this.byName].flatMap(([cluster, { names }]) =>
      names.map((name) => ({ cluster, name, addresses: this.#addressesOf(cluster, name) })),
    );
  }

  /** Takes one more cluster, for this thread alone; resolves when its names are. */
  async add(config: ClusterConfig): Promise<void> {
    if (this.#added >= ADDED_MAX) return;
    this.#added++;
    const cluster = this.#compile(config, new Findings());
    if (cluster === null) return;
    this.#all.add(cluster);
    this.byName.set(config.name, cluster);
    await Promise.all(this.#follow(cluster));
  }

  close(): void {
    clearInterval(this.#ticker);
    for (const cluster of this.#all) this.#letGo(cluster);
  }

  /** Resolves the cluster's names now and again and again. @returns the first answers */
  #follow(cluster: Cluster): Promise<void>[] {
    const everyMs = Math.max(1000, cluster.settings.refreshMs);
    const { names } = cluster;
    const rounds = names.map((name) => this.#oneAtATime(cluster, name));
    const timers = rounds.map((round) => setInterval(() => void round(), everyMs).unref());
    this.#refreshes.set(cluster, timers);
    for (const name of names) cluster.setAddresses(name, this.#addressesOf(cluster.settings.name, name));
    return rounds.map((round) => round());
  }

  /** A lookup takes one of the process's few threads until it ends, which without an answer is long after the next one is due. */
  #oneAtATime(cluster: Cluster, name: string): () => Promise<void> {
    let running: Promise<void> | null = null;
    return () => {
      running ??= this.#resolve(cluster, name).finally(() => {
        running = null;
      });
      return running;
    };
  }

  async #resolve(cluster: Cluster, name: string): Promise<void> {
    const { name: clusterName, family } = cluster.settings;
    const addresses = await this.#lookUp(name, family);
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

  #addressesOf(cluster: string, name: string): string[] {
    const text = this.#known.get(JSON.stringify([cluster, name])) ?? '';
    return text === '' ? [] : text.split(' ');
  }
}

function entryOf<T>(map: ReadonlyMap<string, T>, name: string): [string, T][] {
  const value = map.get(name);
  return value === undefined ? [] : [[name, value]];
}
