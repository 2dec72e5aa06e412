import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import {
  createServer as createTlsServer,
  type SecureContext,
  type TLSSocket,
  Server as TlsServer,
} from 'node:tls';
import { create, toBinary } from '@bufbuild/protobuf';
import { FilterChainSchema } from '#schema/envoy/config/listener/v3/listener_components_pb.js';
import type { Findings } from '../../resources/index.ts';
import {
  type CompiledFilterChain,
  type CompiledListener,
  serverNameSeen,
} from '../compiled/compiled-listener.ts';
import { durationMs } from '../duration.ts';
import type { ConnectionGuard } from '../filters/connection-guard.ts';
import type { ConnectionInfo } from '../filters/filter.ts';
import { type ConnectionKeeper, ServerConnection, type ServiceSlot } from '../http/server-connection.ts';
import { certificateWordsOf } from './certificate-words.ts';
import { createService, type LoopParts } from './create-service.ts';
import { compileDownstreamTls, type DownstreamTls } from './downstream-tls.ts';
import { judgeClientKey, peerIdentityOf } from './peer-identity.ts';

/** Connections of one listener at a time, TLS handshakes among them; more are closed as they come (Envoy's guide for the edge). */
const CONNECTIONS_MAX = 10_000;
const BUFFER_BYTES = 65_536;
const HANDSHAKE_MS = 10_000;
/** Envoy's default for `listener_filters_timeout`. */
const INSPECTION_MS = 15_000;

/** An IP address and a port; 0: any that is free. */
export interface ListenAddress {
  address: string;
  port: number;
}

interface Chain extends ServiceSlot {
  tls: DownstreamTls | null;
  guards: readonly ConnectionGuard[];
  /** All of its configuration but what is done with requests: connections outlive only a change of that. */
  key: string;
}

type ContextTaker = (error: Error | null, context?: SecureContext) => void;

type Chains = ReadonlyMap<CompiledFilterChain, Chain>;

/** A listener on a data loop: its sockets, and the connections that came by them. */
export class ListenerServer implements ConnectionKeeper {
  readonly name: string;
  readonly tls: boolean;
  #compiled: CompiledListener;
  #chains: Chains;
  readonly #server: Server | TlsServer;
  readonly #connections = new Map<ServerConnection, Chain>();
  #drained: (() => void) | null = null;
  #at: ListenAddress | null = null;
  /** TLS connections on their way, by their peer, and the chain whose certificate and roots one has that names no server. */
  readonly #handshakes = new Map<string, Chain | undefined>();
  /**
   * The server that a client named, and the chain whose certificate and roots were taken for it. One that is asked to say hello again can
   * name another (RFC 8446 §4.1.2 forbids it), which is the one that OpenSSL tells in the end.
   */
  readonly #named = new WeakMap<object, { serverName: string; chain: Chain }>();

  private constructor(compiled: CompiledListener, chains: Chains, connectionsMax: number) {
    this.name = compiled.name;
    this.#compiled = compiled;
    this.#chains = chains;
    this.tls = isSecure(chains);
    this.#server = this.tls ? this.#createTlsServer() : this.#createPlainServer();
    this.#server.maxConnections = connectionsMax;
    this.#server.on('drop', () => this.#fallback()?.service.stats.connectionsRefused.increment());
  }

  /** @returns null when the listener has an error, which is then among the findings. */
  static create(compiled: CompiledListener, parts: LoopParts, findings: Findings): ListenerServer | null {
    const chains = createChains(compiled, parts, findings);
    return chains === null
      ? null
      : new ListenerServer(compiled, chains, parts.connectionsMax ?? CONNECTIONS_MAX);
  }

  /** Where it listens; null before it does. */
  get at(): ListenAddress | null {
    return this.#at;
  }

  /**
   * Gets ready to serve another configuration on the same socket.
   * @returns what does so at once: requests from then on, on old connections too, are served by it, while those in flight end as they
   *   began. null: it takes another server, or has an error, which is then among the findings.
   */
  prepareChange(compiled: CompiledListener, parts: LoopParts, findings: Findings): (() => void) | null {
    const chains = createChains(compiled, parts, findings);
    if (chains === null) return null;
    const fits =
      isSecure(chains) === this.tls &&
      verifiesClients(chains) === verifiesClients(this.#chains) &&
      compiled.readsHello === this.#compiled.readsHello &&
      handshakeMs(compiled) === handshakeMs(this.#compiled) &&
      takesIpv6Alone(compiled) === takesIpv6Alone(this.#compiled) &&
      bufferBytes(compiled) === bufferBytes(this.#compiled);
    return fits ? () => this.#change(compiled, chains) : null;
  }

  #change(compiled: CompiledListener, chains: Chains): void {
    const before = new Map([...this.#chains.values()].map((chain) => [chain.key, chain]));
    this.#compiled = compiled;
    this.#chains = new Map(
      [...chains].map(([origin, chain]) => {
        const running = before.get(chain.key);
        if (running === undefined) return [origin, chain];
        running.service = chain.service;
        running.guards = chain.guards;
        return [origin, running];
      }),
    );
    const served = new Set(this.#chains.values());
    for (const [connection, chain] of [...this.#connections]) if (!served.has(chain)) connection.drain();
    const fallback = this.#fallbackTls();
    if (fallback !== undefined && this.#server instanceof TlsServer)
      this.#server.setSecureContext(fallback.options);
  }

  /** Starts to listen; rejects with Node's error when the address cannot be had. */
  listen(at: ListenAddress): Promise<ListenAddress> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      const ipv6Only = takesIpv6Alone(this.#compiled);
      this.#server.listen({ host: at.address, port: at.port, backlog: 1024, ipv6Only }, () => {
        this.#server.off('error', reject);
        const { address, port } = this.#server.address() as AddressInfo;
        this.#at = { address, port };
        resolve(this.#at);
      });
    });
  }

  /** Takes no more connections and lets those that are there end; resolves when none is left. */
  drain(): Promise<void> {
    this.#server.close();
    return new Promise((resolve) => {
      this.#drained = resolve;
      for (const connection of [...this.#connections.keys()]) connection.drain();
      this.#checkDrained();
    });
  }

  close(): void {
    this.#server.close();
    for (const connection of [...this.#connections.keys()]) connection.destroy();
  }

  onClosed(connection: ServerConnection): void {
    this.#connections.delete(connection);
    this.#checkDrained();
  }

  #checkDrained(): void {
    if (this.#connections.size === 0) this.#drained?.();
  }

  #createPlainServer(): Server {
    return createServer({ noDelay: true, highWaterMark: bufferBytes(this.#compiled) }, (socket) => {
      this.#accept(socket, { serverName: '', tls: false });
    });
  }

  /** For clients that name no server. */
  #fallback(): Chain | undefined {
    return this.#chainFor('') ?? [...this.#chains.values()][0];
  }

  #fallbackTls(): DownstreamTls | undefined {
    return this.#fallback()?.tls ?? undefined;
  }

  #createTlsServer(): Server {
    const fallback = this.#fallbackTls();
    const selectContext = (socket: object, name: string, done: ContextTaker) => {
      const chain = this.#chainFor(name);
      if (!chain?.tls) return done(new Error('no filter chain for the server name'));
      this.#named.set(socket, { serverName: name, chain });
      done(null, chain.tls.context);
    };
    const server = createTlsServer(
      {
        ...fallback?.options,
        ALPNProtocols: ['http/1.1'],
        requestCert: verifiesClients(this.#chains),
        // Which chain's roots a certificate is held to shows once the chain is known.
        rejectUnauthorized: false,
        SNICallback(this: object, name: string, done: ContextTaker) {
          selectContext(this, name, done);
        },
        handshakeTimeout: handshakeMs(this.#compiled),
        highWaterMark: bufferBytes(this.#compiled),
      },
      (socket) => this.#acceptTls(socket),
    );
    server.on('connection', (socket: Socket) => {
      const peer = peerOf(socket);
      this.#handshakes.set(peer, this.#fallback());
      socket.once('close', () => this.#handshakes.delete(peer));
    });
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    return server;
  }

  #acceptTls(socket: TLSSocket): void {
    socket.setNoDelay(true);
    const peer = peerOf(socket);
    const { serverName, chain } = this.#named.get(socket) ?? {
      serverName: '',
      chain: this.#handshakes.get(peer),
    };
    this.#handshakes.delete(peer);
    // What a certificate was held to then may not be what it would be held to now.
    if (chain !== this.#chainFor(serverName)) socket.destroy();
    else this.#accept(socket, { serverName, tls: true });
  }

  #chainFor(serverName: string): Chain | undefined {
    const chain = this.#compiled.selectChain({ serverName, tls: this.tls }, null);
    return chain === null ? undefined : this.#chains.get(chain);
  }

  #accept(socket: Socket, facts: { serverName: string; tls: boolean }): void {
    const chain = this.#chainFor(facts.serverName);
    const unproven = chain?.tls?.verifiesClients === true && !isProven(socket as TLSSocket, chain.tls);
    const { remoteAddress } = socket;
    // A client that has reset its connection by now has no address any more, and rules about addresses would let it pass as nobody.
    if (chain === undefined || unproven || remoteAddress === undefined || this.#drained !== null) {
      chain?.service.stats.connectionsRefused.increment();
      socket.destroy();
      return;
    }
    const names = {
      serverName: serverNameSeen(this.#compiled, facts.serverName),
      spelledName: facts.serverName,
    };
    const peer = describePeer(socket, remoteAddress, { ...names, tls: facts.tls }, chain.tls);
    const connection = new ServerConnection(
      socket,
      peer,
      this,
      chain,
      this.tls ? 0 : inspectionMs(this.#compiled),
    );
    this.#connections.set(connection, chain);
  }
}

/** null when a chain has an error, which is then among the findings. */
function createChains(compiled: CompiledListener, parts: LoopParts, findings: Findings): Chains | null {
  const chains = new Map<CompiledFilterChain, Chain>();
  for (const chain of compiled.chains) {
    const tls = compileDownstreamTls(chain.origin, findings);
    if (tls === undefined) return null;
    const { guards, manager } = chain;
    const service = createService(manager, compiled.origin, parts);
    chains.set(chain, { tls, key: keyOf(chain), guards, service });
  }
  const kinds = new Set([...chains.values()].map((chain) => chain.tls !== null));
  if (kinds.size <= 1) return chains;
  findings.report({
    code: 'E301',
    severity: 'error',
    message: 'a listener with both TLS and plain-text filter chains is not supported',
    envoy: 'accepts',
    about: compiled.origin,
  });
  return null;
}

function keyOf({ origin, manager }: CompiledFilterChain): string {
  const { filters, $typeName: _, ...others } = origin;
  const guards = filters.slice(0, -1);
  const bytes = toBinary(FilterChainSchema, create(FilterChainSchema, { ...others, filters: guards }));
  return `${manager.statPrefix} ${Buffer.from(bytes).toString('base64')}`;
}

function isSecure(chains: Chains): boolean {
  return [...chains.values()].some((chain) => chain.tls !== null);
}

function verifiesClients(chains: Chains): boolean {
  return [...chains.values()].some((chain) => chain.tls?.verifiesClients === true);
}

function peerOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}

/** How long listener filters wait for what they look at (Envoy: active_tcp_socket.cc); 0: no limit, or it ends nothing. */
function inspectionMs({ origin }: CompiledListener): number {
  if (origin.listenerFilters.length === 0 || origin.continueOnListenerFiltersTimeout) return 0;
  const said = origin.listenerFiltersTimeout;
  return said === undefined ? INSPECTION_MS : durationMs(said);
}

/** Whether a handshake's first bytes are there is not to be seen: all of it is held to the limits for its parts. */
function handshakeMs({ origin, chains }: CompiledListener): number {
  const { listenerFilters, listenerFiltersTimeout: inspection } = origin;
  const said = [
    ...(listenerFilters.length > 0 ? [inspection] : []),
    ...chains.map((chain) => chain.origin.transportSocketConnectTimeout),
  ];
  const limits = said.map((limit) => (limit === undefined ? 0 : durationMs(limit)));
  return Math.min(HANDSHAKE_MS, ...limits.filter((ms) => ms > 0));
}

/** At `::` are no clients of IPv4 unless that is said (Envoy: listen_socket_impl.cc, `ipv4_compat`). */
function takesIpv6Alone({ origin }: CompiledListener): boolean {
  const place = origin.address?.address;
  return (
    place?.case === 'socketAddress' && place.value.address.includes(':') && !(place.value.ipv4Compat ?? false)
  );
}

function bufferBytes({ origin }: CompiledListener): number {
  return Math.max(1, Math.min(origin.perConnectionBufferLimitBytes ?? BUFFER_BYTES, BUFFER_BYTES));
}

/** A client that need not show a certificate may show none, but not a bad one. */
function isProven(socket: TLSSocket, { requireClientCertificate }: DownstreamTls): boolean {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined || !socket.authorized) {
    return socket.authorized || (!requireClientCertificate && certificate === undefined);
  }
  const said = judgeClientKey(certificate);
  return said === 'taken' || (said === 'not asked for' && !requireClientCertificate);
}

let connections = 0;

function describePeer(
  socket: Socket,
  remoteAddress: string,
  facts: { serverName: string; spelledName: string; tls: boolean },
  tls: DownstreamTls | null,
): ConnectionInfo {
  connections++;
  return {
    id: connections,
    remoteAddress: plainAddress(remoteAddress),
    remotePort: socket.remotePort ?? 0,
    localAddress: plainAddress(socket.localAddress ?? ''),
    localPort: socket.localPort ?? 0,
    ...facts,
    peer: tls?.verifiesClients === true ? peerIdentityOf(socket as TLSSocket) : null,
    certificates: tls === null ? null : certificateWordsOf(socket as TLSSocket, tls.verifiesClients),
  };
}

/** An IPv4 address that an IPv6 socket wrote its way. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/, '');
}
