import { type ListenAddress, ListenerServer, type LoopParts } from '../proxy/listener/index.ts';
import type { CompiledListener, CompiledSnapshot } from '../proxy/rehearsal/index.ts';
import type { Findings } from '../resources/index.ts';
import type { GateListener } from './gate.ts';
import { describeListenError } from './listen-error.ts';

/** Why listeners do not run: one sentence. */
export class ListenError extends Error {}

/** The listeners that a data loop serves. */
export class LoopListeners {
  #servers: ListenerServer[] = [];
  /** No longer in the configuration, and not yet without connections. */
  readonly #leaving = new Set<ListenerServer>();

  /**
   * Serves another configuration. Where a listener stays at its address its socket and connections stay; what fails leaves all as it was.
   * @param listenAt where each listener listens, in the snapshot's order
   * @throws ListenError
   */
  async serve(
    { listeners }: CompiledSnapshot,
    listenAt: readonly ListenAddress[],
    parts: LoopParts,
    findings: Findings,
  ): Promise<GateListener[]> {
    const changes: (() => void)[] = [];
    const next: ListenerServer[] = [];
    const opened: { server: ListenerServer; compiled: CompiledListener; at: ListenAddress }[] = [];
    for (const [index, compiled] of listeners.entries()) {
      const at = listenAt[index] ?? compiled.address;
      const running = this.#servers.find((server) => isAt(server, at) && !next.includes(server));
      const change = running?.prepareChange(compiled, parts, findings) ?? null;
      if (running !== undefined && change !== null) {
        changes.push(change);
        next.push(running);
        continue;
      }
      const server = ListenerServer.create(compiled, parts, findings);
      if (server === null) throw new ListenError(findings.list.at(-1)?.message ?? 'a listener has an error');
      opened.push({ server, compiled, at });
      next.push(server);
    }
    await this.#open(opened);
    for (const change of changes) change();
    for (const gone of this.#servers.filter((server) => !next.includes(server))) this.#leave(gone);
    this.#servers = next;
    return next.map(({ name, tls, at }) => ({ name, tls, address: at?.address ?? '', port: at?.port ?? 0 }));
  }

  async #open(
    opened: readonly { server: ListenerServer; compiled: CompiledListener; at: ListenAddress }[],
  ): Promise<void> {
    const listening: ListenerServer[] = [];
    const before = (at: ListenAddress) => this.#servers.filter((one) => isAt(one, at));
    // A server that has to be another one cannot share the address with the one before: that one goes when nothing else can fail.
    const ordered = opened.toSorted((a, b) => before(a.at).length - before(b.at).length);
    for (const { server, compiled, at } of ordered) {
      for (const one of before(at)) this.#leave(one);
      try {
        await server.listen(at);
        listening.push(server);
      } catch (error) {
        for (const one of listening) one.close();
        throw new ListenError(describeListenError(error as NodeJS.ErrnoException, at, compiled.address));
      }
    }
  }

  #leave(server: ListenerServer): void {
    if (this.#leaving.has(server)) return;
    this.#leaving.add(server);
    void server.drain().then(() => this.#leaving.delete(server));
  }

  async drain(): Promise<void> {
    for (const server of this.#servers) this.#leaving.add(server);
    await Promise.all([...this.#leaving].map((server) => server.drain()));
  }

  close(): void {
    for (const server of [...this.#servers.splice(0), ...this.#leaving]) server.close();
    this.#leaving.clear();
  }
}

function isAt({ at }: ListenerServer, { address, port }: ListenAddress): boolean {
  return at !== null && at.address === address && at.port === port;
}
