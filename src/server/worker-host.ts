import { setTimeout as delay } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import type { Logger } from '../base/index.ts';
import { Stats } from '../proxy/listener/index.ts';
import type { JwksFetcher } from '../proxy/rehearsal/index.ts';
import { type GateListener, GateStartError } from './gate.ts';
import type { RefusedRequest } from './refusal-ring.ts';
import { takeWorker } from './worker/index.ts';
import type { FromWorker, NameAddresses, ToWorker, WorkerResources, WorkerStart } from './worker-protocol.ts';

const DRAIN_MS = 10_000;
/** A worker that dies so often, each time sooner than this after its start, is not replaced for ever. */
const RESTARTS_MAX = 5;
const STEADY_MS = 60_000;
/** Before one that could not start is replaced in its turn; twice as long each time. */
const RETRY_MS = 100;
/** Room for counters beside those of the clusters and listeners at the start: an update brings more; beyond half a megabyte they are not counted. */
const COUNTERS_TO_COME = 65_536;

/** Runs the data worker: starts it, answers it, replaces it when it dies. */
export class WorkerHost {
  #start: Omit<WorkerStart, 'stats' | 'addresses'>;
  readonly #jwks: JwksFetcher;
  readonly #logger: Logger;
  #worker: Worker | null = null;
  #stats: SharedArrayBuffer;
  #names: ReadonlyMap<string, number> = new Map();
  #listenAt: readonly { address: string; port: number }[];
  readonly #addresses: () => readonly NameAddresses[];
  #ending = false;
  #isListening = false;
  #restarts = 0;
  #startedMs = 0;
  /** It has listened once: what dies before that is not replaced, its start has failed. */
  #hasListened = false;
  /** Is told what the worker refuses. */
  onRefused: ((refused: RefusedRequest) => void) | null = null;
  /** It has closed, or died: for all that wait for its end. */
  readonly #closed = Promise.withResolvers<void>();
  #onUpdated: ((answer: GateListener[] | string) => void) | null = null;

  /** @param addresses of all clusters' names, as they are now */
  constructor(
    start: Omit<WorkerStart, 'stats' | 'addresses'>,
    jwks: JwksFetcher,
    logger: Logger,
    addresses: () => readonly NameAddresses[],
  ) {
    this.#start = start;
    this.#jwks = jwks;
    this.#logger = logger;
    this.#listenAt = start.listenAt;
    this.#addresses = addresses;
    this.#stats = this.#newStats();
  }

  /** @throws GateStartError when the worker cannot listen. */
  async start(): Promise<GateListener[]> {
    const listeners = await this.#spawn();
    this.#hasListened = true;
    this.#listenAt = listeners.map(({ address, port }) => ({ address, port }));
    return listeners;
  }

  /**
   * Has the worker run other resources from now on; one update at a time.
   * @returns its listeners, or why it runs on as before
   */
  async update(resources: WorkerResources): Promise<GateListener[] | string> {
    if (this.#worker === null || this.#ending) return 'the gate does not run';
    const answer = await new Promise<GateListener[] | string>((resolve) => {
      this.#onUpdated = resolve;
      this.post({ type: 'update', resources });
    });
    this.#onUpdated = null;
    if (typeof answer === 'string') return answer;
    this.#start = { ...this.#start, ...resources };
    this.#listenAt = answer.map(({ address, port }) => ({ address, port }));
    return answer;
  }

  /** Requests can be served: not while a worker that has died is being replaced. */
  get running(): boolean {
    return this.#isListening && !this.#ending;
  }

  post(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  stats(): [name: string, value: number][] {
    return new Stats(this.#stats, new Map(this.#names)).read();
  }

  drain(): Promise<void> {
    return this.#end({ type: 'drain', timeoutMs: DRAIN_MS });
  }

  close(): Promise<void> {
    return this.#end({ type: 'close' });
  }

  #newStats(): SharedArrayBuffer {
    const counters = COUNTERS_TO_COME + 32 * this.#start.clusters.length + 128 * this.#start.listeners.length;
    return new SharedArrayBuffer(8 * counters);
  }

  #spawn(): Promise<GateListener[]> {
    this.#stats = this.#newStats();
    this.#startedMs = performance.now();
    const start: WorkerStart = {
      ...this.#start,
      listenAt: this.#listenAt,
      addresses: this.#addresses(),
      stats: this.#stats,
    };
    const worker = takeWorker();
    this.#worker = worker;
    worker.postMessage(start);
    return new Promise((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        if (message.type === 'jwks') void this.#fetchFor(worker, message);
        else this.#onMessage(message, resolve, reject);
      });
      let reason = 'it ended without a word';
      worker.on('error', (error: unknown) => {
        reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
        this.#logger.error('the data worker has died', { reason });
      });
      worker.on('exit', () => {
        reject(new GateStartError(`the data worker died before it listened: ${reason}`));
        this.#onExit(worker);
      });
    });
  }

  #onMessage(
    message: Exclude<FromWorker, { type: 'jwks' }>,
    resolve: (listeners: GateListener[]) => void,
    reject: (error: Error) => void,
  ): void {
    switch (message.type) {
      case 'listening':
        this.#isListening = true;
        resolve(message.listeners);
        break;
      case 'failed':
        reject(new GateStartError(message.message));
        break;
      case 'updated':
        this.#isListening = true;
        this.#onUpdated?.(message.listeners);
        break;
      case 'not updated':
        this.#onUpdated?.(message.message);
        break;
      case 'counters':
        this.#names = new Map(message.names.map((name, index) => [name, index]));
        break;
      case 'log':
        this.#logger[message.level](message.message, message.fields);
        break;
      case 'refused':
        this.onRefused?.(message.refused);
        break;
      case 'closed':
        this.#closed.resolve();
    }
  }

  /** The answer goes to who asked: a worker in its place counts its own questions from nought, too. */
  async #fetchFor(worker: Worker, { id, request }: Extract<FromWorker, { type: 'jwks' }>): Promise<void> {
    const answer: ToWorker = { type: 'jwks', id, text: await this.#jwks.fetch(request) };
    worker.postMessage(answer);
  }

  #onExit(worker: Worker): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    this.#isListening = false;
    this.#onUpdated?.('the data worker died meanwhile');
    if (this.#ending) this.#closed.resolve();
    if (this.#hasListened) this.#restart();
  }

  #restart(): void {
    if (this.#ending) return;
    if (performance.now() - this.#startedMs > STEADY_MS) this.#restarts = 0;
    if (++this.#restarts > RESTARTS_MAX) {
      this.#logger.error('the data worker died too often and is not replaced');
      return;
    }
    this.#logger.warn('the data worker is replaced');
    void this.#replace();
  }

  /** One that cannot start, as where its port was taken meanwhile, ends, and is replaced in its turn. */
  async #replace(): Promise<void> {
    let worker: Worker | null = null;
    try {
      const started = this.#spawn();
      worker = this.#worker;
      await started;
    } catch (error) {
      this.#logger.error((error as Error).message);
      await delay(RETRY_MS * 2 ** this.#restarts, undefined, { ref: false });
      if (worker === null) this.#restart();
      else if (this.#worker === worker && !this.#isListening) await worker.terminate();
    }
  }

  async #end(message: ToWorker): Promise<void> {
    const worker = this.#worker;
    this.#ending = true;
    if (worker === null) return;
    worker.postMessage(message);
    await this.#closed.promise;
    this.#worker = null;
    await worker.terminate();
  }
}
