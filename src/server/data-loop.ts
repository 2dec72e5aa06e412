import { fromBinary } from '@bufbuild/protobuf';
import { BootstrapSchema } from '#schema/envoy/config/bootstrap/v3/bootstrap_pb.js';
import { ClusterSchema } from '#schema/envoy/config/cluster/v3/cluster_pb.js';
import { ListenerSchema } from '#schema/envoy/config/listener/v3/listener_pb.js';
import type { Logger } from '../base/index.ts';
import { SharedClock } from '../platform/index.ts';
import { DateField, Deadlines, type StreamError } from '../proxy/http/index.ts';
import { Stats } from '../proxy/listener/index.ts';
import {
  compileSnapshot,
  type JwksFetcher,
  type JwksRequest,
  Kept,
  type UpstreamCaller,
} from '../proxy/rehearsal/index.ts';
import {
  type CallRequest,
  type Cluster,
  callGrpcThrough,
  callThrough,
  type FetchOutcome,
  type GrpcOutcome,
  type GrpcRequest,
} from '../proxy/upstream/index.ts';
import { Findings, type Snapshot } from '../resources/index.ts';
import type { GateListener } from './gate.ts';
import { LogFiles } from './log-files.ts';
import { LoopClusters } from './loop-clusters.ts';
import { ListenError, LoopListeners } from './loop-listeners.ts';
import { RefusalTeller } from './refusal-teller.ts';
import type { FromWorker, ToWorker, WorkerResources, WorkerStart } from './worker-protocol.ts';

const TICK_MS = 100;

/** One data loop: compiles the resources, listens, serves. It asks the control thread for what it must not do itself. */
export class DataLoop implements JwksFetcher, UpstreamCaller {
  readonly #start: WorkerStart;
  readonly #post: (message: FromWorker) => void;
  readonly #deadlines = new Deadlines();
  readonly #clock: SharedClock;
  readonly #stats: Stats;
  readonly #date: DateField;
  readonly #listeners = new LoopListeners();
  readonly #logs = new LogFiles((message, error) => this.#logger().warn(message, { reason: error.message }));
  readonly #refusals: RefusalTeller | null;
  #clusters: LoopClusters | null = null;
  #clustersToCome: LoopClusters | null = null;
  /** Of the configuration before: its last requests may still ask for them. */
  #clustersBefore: LoopClusters | null = null;
  #kept: Kept | undefined;
  #updates: Promise<void> = Promise.resolve();
  readonly #fetches = new Map<number, (text: string | null) => void>();
  #nextFetch = 0;
  #ticker: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(start: WorkerStart, post: (message: FromWorker) => void) {
    this.#start = start;
    this.#post = post;
    this.#clock = new SharedClock(start.clock);
    this.#stats = new Stats(start.stats);
    this.#date = new DateField(this.#clock);
    this.#refusals =
      start.explains === null ? null : new RefusalTeller(start.explains.namesReplies, this.#clock, post);
  }

  async start(): Promise<void> {
    this.#tick();
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    this.#updates = this.#begin();
    await this.#updates;
  }

  async #begin(): Promise<void> {
    try {
      this.#post({ type: 'listening', listeners: await this.#run(this.#start) });
    } catch (error) {
      this.#post({ type: 'failed', message: this.#describe(error) });
    }
  }

  /** One after the other, and after the start; what cannot be run changes nothing. */
  #update(resources: WorkerResources): void {
    this.#updates = this.#updates.then(async () => {
      try {
        this.#post({ type: 'updated', listeners: await this.#run(resources) });
      } catch (error) {
        this.#post({ type: 'not updated', message: this.#describe(error) });
      }
    });
  }

  /** @throws ListenError */
  async #run(resources: WorkerResources): Promise<GateListener[]> {
    const findings = new Findings();
    const clusters = this.#compileClusters(resources, findings);
    this.#clustersToCome = clusters;
    try {
      const listeners = await this.#serve(resources, clusters, findings);
      this.#clusters?.close(clusters);
      this.#clustersBefore = this.#clusters;
      this.#clusters = clusters;
      return listeners;
    } catch (error) {
      clusters.close(this.#clusters);
      throw error;
    } finally {
      this.#clustersToCome = null;
      this.#post({ type: 'counters', names: this.#stats.names });
    }
  }

  /** Compiles all, has what must be at hand at hand, and only then serves it. */
  async #serve(
    resources: WorkerResources,
    clusters: LoopClusters,
    findings: Findings,
  ): Promise<GateListener[]> {
    const kept = new Kept(this.#kept);
    const compiled = compileSnapshot(decodeSnapshot(resources), {
      findings,
      clock: this.#clock,
      jwks: this,
      upstreams: this,
      stats: this.#stats,
      envoyExact: this.#start.envoyExact,
      logger: this.#logger(),
      kept,
    });
    const broken = findings.list.find((finding) => finding.severity === 'error');
    if (broken !== undefined) throw new ListenError(broken.message);
    await compiled.prepare('configured');
    const parts = {
      clusters: clusters.byName,
      stats: this.#stats,
      clock: this.#clock,
      deadlines: this.#deadlines,
      date: this.#date,
      nodeAddress: this.#start.nodeAddress,
      refusals: this.#refusals,
      openLog: (path: string) => this.#logs.open(path),
      reportBug: (error: unknown) => this.#reportBug(error),
    };
    const listeners = await this.#listeners.serve(compiled, resources.listenAt, parts, findings);
    this.#kept = kept;
    return listeners;
  }

  fetch(request: JwksRequest): Promise<string | null> {
    const id = this.#nextFetch++;
    this.#post({ type: 'jwks', id, request });
    return new Promise((resolve) => this.#fetches.set(id, resolve));
  }

  knowsCluster(name: string): boolean {
    return this.#clusterOf(name) !== undefined || this.#clustersToCome?.byName.has(name) === true;
  }

  call(name: string, request: CallRequest): Promise<FetchOutcome> {
    const cluster = this.#clusterOf(name);
    if (cluster !== undefined) return callThrough(cluster, request);
    return Promise.resolve({ kind: 'failure', code: 'no_cluster', text: `unknown cluster \`${name}\`` });
  }

  /** The gate says who it is, as Envoy does in such calls. */
  callGrpc(name: string, request: GrpcRequest): Promise<GrpcOutcome> {
    const cluster = this.#clusterOf(name);
    const own = request.saysWho ? [['x-forwarded-for', this.#start.nodeAddress] as const] : [];
    const metadata = [...request.metadata, ...own];
    if (cluster !== undefined) return callGrpcThrough(cluster, { ...request, metadata });
    return Promise.resolve({ kind: 'failure', code: 'failed', text: `unknown cluster \`${name}\`` });
  }

  #clusterOf(name: string): Cluster | undefined {
    return this.#clusters?.byName.get(name) ?? this.#clustersBefore?.byName.get(name);
  }

  onMessage(message: ToWorker): void {
    switch (message.type) {
      case 'update':
        this.#update(message.resources);
        break;
      case 'addresses':
        this.#clusters?.setAddresses(message.update);
        this.#clustersToCome?.setAddresses(message.update);
        break;
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

  #compileClusters(resources: WorkerResources, findings: Findings): LoopClusters {
    const context = {
      findings,
      stats: this.#stats,
      deadlines: this.#deadlines,
      connectTo: this.#start.connectTo,
      extraRoots: this.#start.extraRoots,
      reportFailure: (name: string, address: string, error: StreamError) =>
        this.#reportFailure(name, address, error.body),
    };
    const clusters = LoopClusters.compile(resources.clusters, context, this.#clusters);
    for (const update of resources.addresses) clusters.setAddresses(update);
    return clusters;
  }

  #describe(error: unknown): string {
    if (error instanceof ListenError) return error.message;
    this.#reportBug(error);
    return error instanceof Error ? error.message : String(error);
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
    const timer = setTimeout(() => this.#listeners.close(), timeoutMs);
    await this.#listeners.drain();
    clearTimeout(timer);
    this.#close();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#ticker);
    this.#listeners.close();
    this.#clusters?.close(null);
    void this.#logs.close().then(() => this.#post({ type: 'closed' }));
  }
}

function decodeSnapshot(start: WorkerResources): Snapshot {
  return {
    listeners: start.listeners.map((bytes) => fromBinary(ListenerSchema, bytes)),
    clusters: start.clusters.map((bytes) => fromBinary(ClusterSchema, bytes)),
    bootstrap: fromBinary(BootstrapSchema, start.bootstrap),
  };
}
