import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type SecureContext, type TLSSocket } from 'node:tls';
import type { Findings } from '../../resources/index.ts';
import type { CompiledFilterChain, CompiledListener } from '../compiled/compiled-listener.ts';
import type { ConnectionInfo } from '../filters/filter.ts';
import { type ConnectionKeeper, ServerConnection, type ServiceSlot } from '../http/server-connection.ts';
import { createService, type LoopParts } from './create-service.ts';
import { compileDownstreamTls, type DownstreamTls } from './downstream-tls.ts';
import { peerIdentityOf } from './peer-identity.ts';

/** Connections of one listener at a time; more are closed as they come (Envoy's guide for the edge). */
const CONNECTIONS_MAX = 10_000;
const BUFFER_BYTES = 65_536;

export interface ListenAddress {
  address: string;
  port: number;
}

interface Chain extends ServiceSlot {
  tls: DownstreamTls | null;
}

/** A listener on a data loop: its sockets, and the connections that came by them. */
export class ListenerServer implements ConnectionKeeper {
  readonly name: string;
  readonly tls: boolean;
  readonly #compiled: CompiledListener;
  readonly #chains: ReadonlyMap<CompiledFilterChain, Chain>;
  readonly #server: Server;
  readonly #connections = new Set<ServerConnection>();
  #drained: (() => void) | null = null;

  private constructor(compiled: CompiledListener, chains: ReadonlyMap<CompiledFilterChain, Chain>) {
    this.name = compiled.name;
    this.#compiled = compiled;
    this.#chains = chains;
    this.tls = [...chains.values()].some((chain) => chain.tls !== null);
    this.#server = this.tls ? this.#createTlsServer() : this.#createPlainServer();
  }

  /** @returns null when the listener has an error, which is then among the findings. */
  static create(compiled: CompiledListener, parts: LoopParts, findings: Findings): ListenerServer | null {
    const chains = new Map<CompiledFilterChain, Chain>();
    for (const chain of compiled.chains) {
      const tls = compileDownstreamTls(chain.origin, findings);
      if (tls === undefined) return null;
      chains.set(chain, { tls, service: createService(chain.manager, parts) });
    }
    const kinds = new Set([...chains.values()].map((chain) => chain.tls !== null));
    if (kinds.size > 1) {
      findings.report({
        code: 'E301',
        severity: 'error',
        message: 'a listener with both TLS and plain-text filter chains is not supported',
        envoy: 'accepts',
        about: compiled.origin,
      });
      return null;
    }
    return new ListenerServer(compiled, chains);
  }

  /** Starts to listen; rejects with Node's error when the address cannot be had. */
  listen(at: ListenAddress): Promise<ListenAddress> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host: at.address, port: at.port, backlog: 1024 }, () => {
        this.#server.off('error', reject);
        const { address, port } = this.#server.address() as AddressInfo;
        resolve({ address, port });
      });
    });
  }

  /** Takes no more connections and lets those that are there end; resolves when none is left. */
  drain(): Promise<void> {
    this.#server.close();
    return new Promise((resolve) => {
      this.#drained = resolve;
      for (const connection of [...this.#connections]) connection.drain();
      this.#checkDrained();
    });
  }

  close(): void {
    this.#server.close();
    for (const connection of [...this.#connections]) connection.destroy();
  }

  onClosed(connection: ServerConnection): void {
    this.#connections.delete(connection);
    this.#checkDrained();
  }

  #checkDrained(): void {
    if (this.#connections.size === 0) this.#drained?.();
  }

  #createPlainServer(): Server {
    return createServer({ noDelay: true, highWaterMark: this.#bufferBytes() }, (socket) => {
      this.#accept(socket, { serverName: '', tls: false });
    });
  }

  #createTlsServer(): Server {
    const fallback = this.#chainFor('')?.tls ?? [...this.#chains.values()][0]?.tls;
    const server = createTlsServer(
      {
        ...fallback?.options,
        ALPNProtocols: ['http/1.1'],
        requestCert: [...this.#chains.values()].some((chain) => chain.tls?.verifiesClients),
        // Which chain's roots a certificate is held to shows once the chain is known.
        rejectUnauthorized: false,
        SNICallback: (name: string, done: (error: Error | null, context?: SecureContext) => void) => {
          const chain = this.#chainFor(name);
          if (chain?.tls) done(null, chain.tls.context);
          else done(new Error('no filter chain for the server name'));
        },
        handshakeTimeout: 10_000,
        highWaterMark: this.#bufferBytes(),
      },
      (socket) => this.#acceptTls(socket),
    );
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    return server;
  }

  #acceptTls(socket: TLSSocket): void {
    socket.setNoDelay(true);
    const { servername } = socket as TLSSocket & { servername: string | false | undefined };
    this.#accept(socket, { serverName: servername || '', tls: true });
  }

  #bufferBytes(): number {
    const limit = this.#compiled.origin.perConnectionBufferLimitBytes ?? BUFFER_BYTES;
    return Math.max(1, Math.min(limit, BUFFER_BYTES));
  }

  #chainFor(serverName: string): Chain | undefined {
    const chain = this.#compiled.selectChain({ serverName, tls: this.tls }, null);
    return chain === null ? undefined : this.#chains.get(chain);
  }

  #accept(socket: Socket, facts: { serverName: string; tls: boolean }): void {
    const chain = this.#chainFor(facts.serverName);
    const unproven = chain?.tls?.verifiesClients === true && !isProven(socket as TLSSocket, chain.tls);
    if (
      chain === undefined ||
      unproven ||
      this.#connections.size >= CONNECTIONS_MAX ||
      this.#drained !== null
    ) {
      chain?.service.stats.connectionsRefused.increment();
      socket.destroy();
      return;
    }
    const connection = new ServerConnection(socket, describePeer(socket, facts, chain.tls), this, chain);
    this.#connections.add(connection);
  }
}

/** A client that need not show a certificate may show none, but not a bad one. */
function isProven(socket: TLSSocket, { requireClientCertificate }: DownstreamTls): boolean {
  return socket.authorized || (!requireClientCertificate && socket.getPeerX509Certificate() === undefined);
}

function describePeer(
  socket: Socket,
  facts: { serverName: string; tls: boolean },
  tls: DownstreamTls | null,
): ConnectionInfo {
  return {
    remoteAddress: plainAddress(socket.remoteAddress),
    remotePort: socket.remotePort ?? 0,
    localAddress: plainAddress(socket.localAddress),
    localPort: socket.localPort ?? 0,
    ...facts,
    peer: tls?.verifiesClients === true ? peerIdentityOf(socket as TLSSocket) : null,
  };
}

/** An IPv4 address that an IPv6 socket wrote its way. */
function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/, '');
}
