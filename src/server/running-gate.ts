import type { AdminServer } from '../admin/index.ts';
import type { Logger } from '../base/index.ts';
import type { SharedClock } from '../platform/index.ts';
import type { CompiledSnapshot } from '../proxy/rehearsal/index.ts';
import { Findings } from '../resources/index.ts';
import { compileForGate, serialize, warnOfPlainText } from './compile-for-gate.ts';
import type { ControlClusters } from './control-clusters.ts';
import type { Gate, GateListener, GateUpdate } from './gate.ts';
import { applyListenMoves, type ListenMove } from './listen-move.ts';
import type { RefusalRing } from './refusal-ring.ts';
import type { WorkerHost } from './worker-host.ts';

interface GateParts {
  clusters: ControlClusters;
  host: WorkerHost;
  admin: AdminServer | null;
  clock: SharedClock;
  logger: Logger;
  moves: readonly ListenMove[];
  ring: RefusalRing | null;
}

interface Serving {
  compiled: CompiledSnapshot;
  listeners: readonly GateListener[];
}

/** A gate that serves, and can be told to serve something else. */
export class RunningGate implements Gate {
  readonly admin: Gate['admin'];
  readonly #parts: GateParts;
  #serving: Serving;
  #updates: Promise<unknown> = Promise.resolve();

  constructor(serving: Serving, parts: GateParts) {
    this.#serving = serving;
    this.#parts = parts;
    this.admin = parts.admin?.at ?? null;
  }

  get listeners(): readonly GateListener[] {
    return this.#serving.listeners;
  }

  stats(): [name: string, value: number][] {
    return this.#parts.host.stats();
  }

  /** One after the other. */
  update(next: Parameters<Gate['update']>[0]): Promise<GateUpdate> {
    const update = this.#updates.then(() => this.#update(next));
    this.#updates = update.catch(() => undefined);
    return update;
  }

  async #update({ snapshot, provenance }: Parameters<Gate['update']>[0]): Promise<GateUpdate> {
    const { clusters, host, clock, logger } = this.#parts;
    const findings = new Findings(provenance);
    const change = clusters.change(snapshot.clusters, findings);
    const compiled = compileForGate(snapshot, findings, clock);
    if (findings.hasErrors) {
      change.undo();
      return { problem: 'the configuration cannot be run', findings: findings.list };
    }
    await clusters.resolveAll();
    const addresses = clusters.addresses();
    const listenAt = this.#places(compiled);
    const answer = await host.update({ ...serialize(snapshot), listenAt, addresses });
    if (typeof answer === 'string') {
      change.undo();
      return { problem: answer, findings: findings.list };
    }
    change.commit();
    this.#serving = { compiled, listeners: answer };
    this.#parts.ring?.change({ snapshot, provenance, listeners: answer });
    warnOfPlainText(compiled, (message) => logger.warn(message));
    return { problem: null, findings: findings.list };
  }

  /** A listener stays where it is: one that may have any free port keeps the one that it has got. */
  #places({ listeners }: CompiledSnapshot): { address: string; port: number }[] {
    const before = this.#serving.compiled.listeners;
    return listeners.map(({ name, address }) => {
      const index = before.findIndex(
        (one) =>
          one.name === name && one.address.address === address.address && one.address.port === address.port,
      );
      return this.#serving.listeners[index] ?? applyListenMoves(this.#parts.moves, address);
    });
  }

  drain(): Promise<void> {
    return this.#end(() => this.#parts.host.drain());
  }

  close(): Promise<void> {
    return this.#end(() => this.#parts.host.close());
  }

  async #end(how: () => Promise<void>): Promise<void> {
    await how();
    this.#parts.clusters.close();
    await this.#parts.admin?.close();
  }
}
