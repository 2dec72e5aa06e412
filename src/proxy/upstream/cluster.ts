import type { Deadlines } from '../http/deadlines.ts';
import { STREAM_ERROR, type StreamError } from '../http/stream-error.ts';
import type { ClusterStats } from './cluster-stats.ts';
import type { Transport } from './transport.ts';
import type { UpstreamConnection } from './upstream-connection.ts';
import { UpstreamHost } from './upstream-host.ts';

/** Which host's turn it is (`lb_policy`). */
export type LoadBalancing = 'round-robin' | 'least-request' | 'random';

/** Which addresses of a name count (`dns_lookup_family`). */
export type AddressFamily = 'auto' | 'v4' | 'v6' | 'v4-preferred' | 'all';

/** One endpoint as configured, `--connect-to` applied. */
export interface Endpoint {
  /** A name or an address. */
  host: string;
  port: number;
  isAddress: boolean;
  /** What `auto_host_rewrite` puts in: the endpoint's `hostname`, else the name that DNS is asked for; empty: none. */
  hostName: string;
}

/** A compiled cluster. Times in ms; 0: no limit. */
export interface ClusterSettings {
  name: string;
  endpoints: readonly Endpoint[];
  /** LOGICAL_DNS: only the first address of the first endpoint's name is used. */
  firstAddressOnly: boolean;
  family: AddressFamily;
  loadBalancing: LoadBalancing;
  transport: Transport;
  /** Its servers speak HTTP/2, as gRPC calls need it. Requests are sent on by HTTP/1.1 whatever this says. */
  http2: boolean;
  connectTimeoutMs: number;
  idleTimeoutMs: number;
  refreshMs: number;
  stats: ClusterStats;
}

/** A compiled cluster on one data loop: hosts, their pools, and the choice among them. */
export class Cluster {
  readonly settings: ClusterSettings;
  readonly #deadlines: Deadlines;
  readonly #resolved = new Map<string, readonly string[]>();
  #hosts: UpstreamHost[] = [];
  #next = 0;

  constructor(settings: ClusterSettings, deadlines: Deadlines) {
    this.settings = settings;
    this.#deadlines = deadlines;
    this.#rebuild();
  }

  get stats(): ClusterStats {
    return this.settings.stats;
  }

  /** Names that have to be resolved before the cluster can be used. */
  get names(): string[] {
    return [...new Set(this.settings.endpoints.filter((one) => !one.isAddress).map((one) => one.host))];
  }

  /** Takes a name's addresses as they are now. An empty list leaves the last known ones, as in Envoy. */
  setAddresses(name: string, addresses: readonly string[]): void {
    if (addresses.length === 0) return;
    this.#resolved.set(name, this.settings.firstAddressOnly ? addresses.slice(0, 1) : addresses);
    this.#rebuild();
  }

  /** A connection to the host whose turn it is. */
  acquire(): UpstreamConnection | StreamError {
    return this.pick()?.acquire() ?? STREAM_ERROR.noHealthyUpstream;
  }

  /** The host whose turn it is, for one request; undefined: there is none. */
  pick(): UpstreamHost | undefined {
    this.stats.requests.increment();
    const host = this.#pick();
    if (host === undefined) this.stats.noHealthyHost.increment();
    return host;
  }

  close(): void {
    for (const host of this.#hosts) host.retire();
  }

  #pick(): UpstreamHost | undefined {
    const hosts = this.#hosts;
    if (hosts.length <= 1) return hosts[0];
    const turn = hosts[this.#next++ % hosts.length];
    switch (this.settings.loadBalancing) {
      case 'round-robin':
        return turn;
      case 'random':
        return hosts[Math.floor(Math.random() * hosts.length)];
      case 'least-request': {
        const other = hosts[Math.floor(Math.random() * hosts.length)] as UpstreamHost;
        return turn !== undefined && turn.active <= other.active ? turn : other;
      }
    }
  }

  #rebuild(): void {
    const before = new Map(this.#hosts.map((host) => [keyOf(host.address, host.port, host.hostName), host]));
    const after: UpstreamHost[] = [];
    for (const { host, port, isAddress, hostName } of this.settings.endpoints) {
      for (const address of isAddress ? [host] : (this.#resolved.get(host) ?? [])) {
        const key = keyOf(address, port, hostName);
        after.push(before.get(key) ?? this.#createHost(address, port, hostName));
        before.delete(key);
      }
    }
    for (const gone of before.values()) gone.retire();
    this.#hosts = after;
    this.stats.members.set(after.length);
  }

  #createHost(address: string, port: number, hostName: string): UpstreamHost {
    const { transport, stats, connectTimeoutMs, idleTimeoutMs } = this.settings;
    return new UpstreamHost(address, port, hostName, {
      transport,
      deadlines: this.#deadlines,
      stats,
      connectTimeoutMs,
      idleTimeoutMs,
    });
  }
}

const keyOf = (address: string, port: number, hostName: string) => `${address}|${port}|${hostName}`;
