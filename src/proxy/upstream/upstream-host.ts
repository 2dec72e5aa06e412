import type { Deadlines } from '../http/deadlines.ts';
import type { StreamError } from '../http/stream-error.ts';
import type { ClusterStats } from './cluster-stats.ts';
import { Http2Host } from './grpc/http2-session.ts';
import type { Transport } from './transport.ts';
import { type ConnectionOwner, UpstreamConnection } from './upstream-connection.ts';

/** What a host has of its cluster. Times in ms. */
export interface HostSettings {
  transport: Transport;
  deadlines: Deadlines;
  stats: ClusterStats;
  connectTimeoutMs: number;
  idleTimeoutMs: number;
}

/** One address of a cluster, and its idle connections: the one used last is used next. */
export class UpstreamHost implements ConnectionOwner {
  readonly address: string;
  readonly port: number;
  /** Empty: none. */
  readonly hostName: string;
  /** Connections that work for an exchange, or will. */
  active = 0;
  readonly #settings: HostSettings;
  readonly #idle: UpstreamConnection[] = [];
  #http2: Http2Host | null = null;
  #retired = false;

  constructor(address: string, port: number, hostName: string, settings: HostSettings) {
    this.address = address;
    this.port = port;
    this.hostName = hostName;
    this.#settings = settings;
  }

  get idleTimeoutMs(): number {
    return this.#settings.idleTimeoutMs;
  }

  /** The address as gRPC calls see it; made on first use. */
  get http2(): Http2Host {
    if (this.#http2 === null) {
      this.#http2 = new Http2Host(this.address, this.port, this.#settings);
      if (this.#retired) this.#http2.retire();
    }
    return this.#http2;
  }

  /** A connection for one exchange, from the pool or new. */
  acquire(): UpstreamConnection {
    this.active++;
    return this.#idle.pop() ?? this.#open();
  }

  onIdle(connection: UpstreamConnection): void {
    if (this.#retired) {
      connection.destroy();
      return;
    }
    this.active--;
    this.#idle.push(connection);
  }

  onConnected(): void {
    this.#settings.stats.connectionsActive.add(1);
  }

  onConnectFailed(_connection: UpstreamConnection, error: StreamError): void {
    const { stats } = this.#settings;
    if (error.code === 'connect_timeout') stats.connectTimeouts.increment();
    stats.connectFailures.increment();
    stats.reportFailure(`${this.address}:${this.port}`, error);
  }

  onClosed(connection: UpstreamConnection): void {
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
    else this.active--;
    if (connection.ready) this.#settings.stats.connectionsActive.add(-1);
  }

  /** The address is gone: idle connections close now, working ones when they are done. */
  retire(): void {
    this.#retired = true;
    this.#http2?.retire();
    for (const connection of this.#idle.slice()) connection.destroy();
  }

  #open(): UpstreamConnection {
    const { transport, deadlines, stats, connectTimeoutMs } = this.#settings;
    stats.connections.increment();
    const opening = transport.connect(this.address, this.port);
    const connection = new UpstreamConnection(opening.socket, this, deadlines, connectTimeoutMs);
    opening.attach(connection);
    return connection;
  }
}
