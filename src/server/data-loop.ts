import { fromBinary } from '@bufbuild/protobuf';
import { BootstrapSchema } from '#schema/envoy/config/bootstrap/v3/bootstrap_pb.js';
import { ClusterSchema } from '#schema/envoy/config/cluster/v3/cluster_pb.js';
import { ListenerSchema } from '#schema/envoy/config/listener/v3/listener_pb.js';
import type { Logger } from '../base/index.ts';
import { SharedClock } from '../platform/index.ts';
import { DateField, Deadlines } from '../proxy/http/index.ts';
import { ListenerServer, Stats } from '../proxy/listener/index.ts';
import {
  type CompiledSnapshot,
  compileSnapshot,
  type JwksFetcher,
  type JwksRequest,
  type UpstreamCaller,
} from '../proxy/rehearsal/index.ts';
import {
  type CallRequest,
  type Cluster,
  callThrough,
  compileCluster,
  type FetchOutcome,
} from '../proxy/upstream/index.ts';
import { Findings, type Snapshot } from '../resources/index.ts';
import type { GateListener } from './gate.ts';
import { describeListenError } from './listen-error.ts';
import type { FromWorker, ToWorker, WorkerStart } from './worker-protocol.ts';

const TICK_MS = 100;

/** One data loop: compiles the resources, listens, serves. It asks the control thread for what it must not do itself. */
export class DataLoop implements JwksFetcher, UpstreamCaller {
  readonly #start: WorkerStart;
  readonly #post: (message: FromWorker) => void;
  readonly #deadlines = new Deadlines();
  readonly #clock: SharedClock;
  readonly #stats: Stats;
  readonly #date: DateField;
  readonly #clusters = new Map<string, Cluster>();
  readonly #servers: ListenerServer[] = [];
  readonly #fetches = new Map<number, (text: string | null) => void>();
  #nextFetch = 0;
  #ticker: NodeJS.Timeout | undefined;

  constructor(start: WorkerStart, post: (message: FromWorker) => void) {
    this.#start = start;
    this.#post = post;
    this.#clock = new SharedClock(start.clock);
    this.#stats = new Stats(start.stats);
    this.#date = new DateField(this.#clock);
  }

  async start(): Promise<void> {
    this.#tick();
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    const findings = new Findings();
    const snapshot = decodeSnapshot(this.#start);
    this.#compileClusters(snapshot, findings);
    const compiled = compileSnapshot(snapshot, {
      findings,
      clock: this.#clock,
      jwks: this,
      upstreams: this,
      stats: this.#stats,
      envoyExact: this.#start.envoyExact,
      logger: this.#logger(),
    });
    const broken = findings.list.find((finding) => finding.severity === 'error');
    if (broken !== undefined) {
      this.#post({ type: 'failed', message: broken.message });
      return;
    }
    await compiled.prepare('configured');
    await this.#listen(compiled, findings);
  }

  fetch(request: JwksRequest): Promise<string | null> {
    const id = this.#nextFetch++;
    this.#post({ type: 'jwks', id, request });
    return new Promise((resolve) => this.#fetches.set(id, resolve));
  }

  call(name: string, request: CallRequest): Promise<FetchOutcome> {
    const cluster = this.#clusters.get(name);
    if (cluster !== undefined) return callThrough(cluster, request);
    return Promise.resolve({ kind: 'failure', code: 'no_cluster', text: `unknown cluster \`${name}\`` });
  }

  onMessage(message: ToWorker): void {
    switch (message.type) {
      case 'addresses': {
        const { cluster, name, addresses } = message.update;
        this.#clusters.get(cluster)?.setAddresses(name, addresses);
        break;
      }
      case 'jwks':
        this.#fetches.get(message.id)?.(message.text);
        this.#fetches.delete(message.id);
        break;
      case 'drain':
        void this.#drain(message.timeoutMs);
        break;
      case 'close':
        this.#close();
    }
  }

  #tick(): void {
    this.#deadlines.tick(performance.now());
    this.#date.refresh();
  }

  #compileClusters(snapshot: Snapshot, findings: Findings): void {
    for (const config of snapshot.clusters) {
      const cluster = compileCluster(config, {
        findings,
        stats: this.#stats,
        deadlines: this.#deadlines,
        connectTo: this.#start.connectTo,
        extraRoots: this.#start.extraRoots,
        reportFailure: (name, address, error) => this.#reportFailure(name, address, error.body),
      });
      if (cluster !== null) this.#clusters.set(config.name, cluster);
    }
    for (const { cluster, name, addresses } of this.#start.addresses) {
      this.#clusters.get(cluster)?.setAddresses(name, addresses);
    }
  }

  async #listen(compiled: CompiledSnapshot, findings: Findings): Promise<void> {
    const parts = {
      clusters: this.#clusters,
      stats: this.#stats,
      clock: this.#clock,
      deadlines: this.#deadlines,
      date: this.#date,
      nodeAddress: this.#start.nodeAddress,
      reportBug: (error: unknown) => this.#reportBug(error),
    };
    const listening: GateListener[] = [];
    for (const [index, listener] of compiled.listeners.entries()) {
      const server = ListenerServer.create(listener, parts, findings);
      if (server === null) {
        this.#post({ type: 'failed', message: findings.list.at(-1)?.message ?? 'a listener has an error' });
        return;
      }
      const at = this.#start.listenAt[index] ?? listener.address;
      try {
        const actual = await server.listen(at);
        this.#servers.push(server);
        listening.push({ name: server.name, ...actual, tls: server.tls });
      } catch (error) {
        this.#post({
          type: 'failed',
          message: describeListenError(error as NodeJS.ErrnoException, at, listener.address),
        });
        return;
      }
    }
    this.#post({ type: 'counters', names: this.#stats.names });
    this.#post({ type: 'listening', listeners: listening });
  }

  /** What is to be said is said by the control thread. */
  #logger(): Logger {
    const to =
      (level: 'info' | 'warn' | 'error') =>
      (message: string, fields: Record<string, unknown> = {}) =>
        this.#post({ type: 'log', level, message, fields });
    return { info: to('info'), warn: to('warn'), error: to('error') };
  }

  #reportBug(error: unknown): void {
    this.#post({
      type: 'log',
      level: 'error',
      message: 'internal error, a connection was cut; please report it',
      fields: { stack: error instanceof Error ? error.stack : String(error) },
    });
  }

  #reportFailure(cluster: string, address: string, text: string): void {
    this.#post({
      type: 'log',
      level: 'warn',
      message: `cannot reach ${address} of cluster \`${cluster}\``,
      fields: { reason: text.replace(/^.*reset reason: /, '') },
    });
  }

  async #drain(timeoutMs: number): Promise<void> {
    const timer = setTimeout(() => this.#close(), timeoutMs);
    await Promise.all(this.#servers.map((server) => server.drain()));
    clearTimeout(timer);
    this.#close();
  }

  #close(): void {
    clearInterval(this.#ticker);
    for (const server of this.#servers.splice(0)) server.close();
    for (const cluster of this.#clusters.values()) cluster.close();
    this.#post({ type: 'closed' });
  }
}

function decodeSnapshot(start: WorkerStart): Snapshot {
  return {
    listeners: start.listeners.map((bytes) => fromBinary(ListenerSchema, bytes)),
    clusters: start.clusters.map((bytes) => fromBinary(ClusterSchema, bytes)),
    bootstrap: fromBinary(BootstrapSchema, start.bootstrap),
  };
}
