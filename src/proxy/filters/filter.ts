import type { DescMessage, Message } from '@bufbuild/protobuf';
import type { Clock, Logger, Recorder } from '../../base/index.ts';
import type { CryptoPort } from '../../core/jwt/index.ts';
import type { PackedMessage } from '../../core/match/index.ts';
import type { Takings } from '../../core/ratelimit/index.ts';
import type { Findings } from '../../resources/index.ts';
import type { Chance } from '../chance.ts';
import type { HeadLimits } from '../http/head-parser.ts';
import type { HeaderList } from '../http/header-list.ts';
import type { RequestHead } from '../http/request-head.ts';
import type { KeptScope } from '../kept.ts';
import type { SelectedRoute } from '../route/selected-route.ts';
import type { StatsScope } from '../stats.ts';
import type { CallRequest, FetchOutcome } from '../upstream/fetch-text.ts';
import type { GrpcOutcome, GrpcRequest } from '../upstream/grpc/grpc-request.ts';

/** What the connection under a stream is, as matchers see it. */
export interface ConnectionInfo {
  /** Counts the connections of a data loop; absent: not a connection of a running gate. */
  id?: number;
  remoteAddress: string;
  remotePort: number;
  localAddress: string;
  localPort: number;
  /** Server name of the TLS hello in small letters, empty without one or where nobody looks for it. */
  serverName: string;
  /** The same as the client spells it, whoever looks. */
  spelledName?: string;
  tls: boolean;
  /** Of a client that has shown a certificate, and only of one that was verified. */
  peer?: PeerIdentity | null;
  /** Under TLS on a running gate. */
  certificates?: CertificateWords | null;
}

/** What the handshake of a connection and its certificates say. */
export interface CertificateWords {
  /** `TLSv1.3`. */
  readonly tlsVersion: string;
  /** The names in the gate's own. */
  readonly local: PeerIdentity | null;
  /** The client's that was verified, in PEM; empty: none. */
  readonly peerPem: string;
  /** SHA-256 of its DER, in lower-case hexadecimal; empty: none. */
  readonly peerDigest: string;
}

/** The names in a certificate. */
export interface PeerIdentity {
  uriNames: readonly string[];
  dnsNames: readonly string[];
  emails?: readonly string[];
  /** As Envoy spells them: IPv6 with its zeros left out. */
  ipAddresses?: readonly string[];
  /** As RFC 2253 spells it: `CN=a,O=b`. */
  subject: string;
}

/** A JSON value as protobuf's Struct holds it. */
export type MetadataValue =
  | null
  | boolean
  | number
  | string
  | MetadataValue[]
  | { [key: string]: MetadataValue };

/** Dynamic metadata of one stream: namespace → key → value. The same key is replaced whole by a later writer (envoy.md §3.7). */
export class DynamicMetadata {
  readonly #namespaces = new Map<string, Map<string, MetadataValue>>();
  #typed: Map<string, PackedMessage> | undefined;

  /** Messages by namespace; undefined: none. */
  get typed(): ReadonlyMap<string, PackedMessage> | undefined {
    return this.#typed;
  }

  setTyped(namespace: string, message: PackedMessage): void {
    this.#typed ??= new Map();
    this.#typed.set(namespace, message);
  }

  get(namespace: string): ReadonlyMap<string, MetadataValue> | undefined {
    return this.#namespaces.get(namespace);
  }

  keys(): Iterable<string> {
    return this.#namespaces.keys();
  }

  set(namespace: string, key: string, value: MetadataValue): void {
    this.open(namespace).set(key, value);
  }

  /** Makes a namespace be there, if only empty. */
  open(namespace: string): Map<string, MetadataValue> {
    let entries = this.#namespaces.get(namespace);
    if (entries === undefined) {
      entries = new Map();
      this.#namespaces.set(namespace, entries);
    }
    return entries;
  }
}

/** One exchange as its filters see it. */
export interface FilterStream {
  readonly request: RequestHead;
  readonly connection: ConnectionInfo;
  /** Chosen before the first filter runs; null when no route matches. */
  readonly route: SelectedRoute | null;
  /**
   * The operation that the client is told, where requests are traced; empty: none, whatever a service says; undefined: as it says; null: as
   * it says on every route, for the request named one.
   */
  toldOperation?: string | null | undefined;
  /** Has the route chosen again once somebody looks at it, from the request as it is then (Envoy: conn_manager_impl.cc). */
  clearRouteCache(): void;
  /** Made on first use. */
  readonly metadata: DynamicMetadata;
  /** The metadata if any was written, without making it. */
  readonly metadataIfAny: DynamicMetadata | null;
  /** Texts that filters have left under their names, as byte strings; null: none. */
  filterStateIfAny: Map<string, string> | null;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly recorder: Recorder | null;
  /** True once the exchange has ended, so that a late answer is dropped. */
  readonly closed: boolean;
  /** Ends when the exchange does; made on demand. */
  signal(): AbortSignal;
  /** null: the request has none, or nobody knows of it. */
  readonly body: RequestBody | null;
  /** In a rehearsal: bytes of a body that the listener would hold; 0: no limit. */
  readonly bodyBytesMax?: number;
  /** In a rehearsal: keeps what is taken of limits, to be given back. */
  readonly takings?: Takings | undefined;
}

/** A request's body for filters that look at it before it goes on. Nothing is held for those that do not ask. */
export interface RequestBody {
  /**
   * Waits until there is as much as is wanted, or all. A body that is too large is refused for the filter (413): Envoy does so whatever
   * the filter would have said.
   * @returns null: the exchange has ended
   */
  gather(want: BodyWant): Promise<GatheredBody | null>;
}

/** How much of a body a filter wants to look at. */
export interface BodyWant {
  /** Bytes; more than 0. */
  bytesMax: number;
  /** The first bytes of a larger body will do; else a larger one is refused. */
  partial: boolean;
}

/** What has come of a body when a filter gets to look at it. */
export interface GatheredBody {
  /** At most as many as were wanted. */
  bytes: Buffer;
  /** Bytes that have come so far. */
  size: number;
}

/** A reply of the gate's own. The body is text/plain unless `headers` says otherwise. */
export interface LocalReply {
  status: number;
  body: string;
  /** Lower-case names. The length is the connection's business, and a date and a server where none is named. */
  headers: readonly (readonly [name: string, value: string])[];
  /** `%RESPONSE_CODE_DETAILS%`. */
  details: string;
  /** What a gRPC client is told; default: what stands for the status. */
  grpcStatus?: number;
  /** Changes the head once the route's own changes are in it. */
  changeHead?: (headers: HeaderList) => void;
  /** Writes the metadata that Envoy writes once the reply is put together: the filters on its way out see it, local reply rules do not. */
  beforeFilters?: () => void;
  /** Sent as it stands: the route's header changes and the words for gRPC clients are for refusals, not for it. */
  asIs?: true;
}

/** undefined: go on with the next filter. */
export type FilterResult = LocalReply | undefined;

/**
 * A compiled filter, shared by all streams. The loop owns control flow: a filter only answers. It returns a promise only when it
 * has to wait; a decision that needs nothing from outside is synchronous.
 */
export interface HttpFilter {
  /** For people: `jwt_authn`, `rbac`, … */
  readonly kind: string;
  /** The configuration message it was compiled from. */
  readonly origin: object;
  /**
   * Fetches what the filter wants at hand before the first request; resolves when that is there or has failed.
   * @param need `configured`: what the configuration says is fetched ahead; `all`: whatever a request could need
   */
  prepare?(need: 'configured' | 'all'): Promise<void>;
  /** Whether it runs on a stream whose first route this is; always when absent. */
  isOnFor?(route: SelectedRoute | null): boolean;
  decodeHeaders(stream: FilterStream): FilterResult | Promise<FilterResult>;
  /**
   * Looks at, and may change, the head of the response on its way to the client: the origin's or a reply of the gate's own, whichever
   * filter made it. Called from the last filter to the first, those that were not reached in decoding too, as in Envoy.
   */
  encodeHeaders?(stream: FilterStream, response: ResponseHead): void;
}

/** The head of a response, before the connection adds its own fields. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: HeaderList;
}

/** Filters' own way to clusters, for services that they have to ask. Never rejects. */
export interface UpstreamCaller {
  call(cluster: string, request: CallRequest): Promise<FetchOutcome>;
  callGrpc(cluster: string, request: GrpcRequest): Promise<GrpcOutcome>;
}

/** The remote key sets' way to the network. Answers null for any failure; never rejects. */
export interface JwksFetcher {
  fetch(request: JwksRequest): Promise<string | null>;
  /** Whether there is such a cluster, without which a fetch fails at once; taken for granted when absent. */
  knowsCluster?(cluster: string): boolean;
  /** Whether the keys of this provider can be had at all; every provider's when absent. For tools that hold some keys only. */
  covers?(provider: string): boolean;
  /**
   * Keys that the configuration has in a file of another machine, which nobody has read; null: they are not known. Where it is absent
   * such a file is an error. For tools that explain what another machine runs.
   */
  unread?(provider: string, file: string): string | null;
}

/** A request for a remote key set. */
export interface JwksRequest {
  /** Name of the provider that asks. */
  provider: string;
  uri: string;
  cluster: string;
  /** 0: no limit. */
  timeoutMs: number;
  /** Retries after the first try. */
  retries: number;
  /** Back-off before the first retry and the most it grows to. */
  backOffMs: { base: number; max: number };
  /** How long one try may take; absent: as long as the whole. */
  tryTimeoutMs?: number | undefined;
}

/** What a factory may use. Everything is decided here, once; nothing of it is looked up per request. */
export interface FactoryContext {
  /** The chain entry's `name`, by which the routes' `typed_per_filter_config` speaks of the filter (see `routeConfigOf`). */
  name: string;
  /** `http.<stat_prefix>.` of the connection manager. */
  stats: StatsScope;
  /** For the few filters whose counters have no connection manager's prefix. */
  rootStats: StatsScope;
  clock: Clock;
  /** null: no network. Remote keys are then unknown: a request that needs them is refused, a recorded one is judged without them. */
  jwks: JwksFetcher | null;
  /** null: no network. Who would have to be asked is not, and a recorded request is judged without. */
  upstreams: UpstreamCaller | null;
  crypto: CryptoPort;
  findings: Findings;
  /** Nothing beyond what Envoy does, not even where it only helps. */
  envoyExact: boolean;
  /** Of the running gate; silent elsewhere. */
  logger: Logger;
  /** How long a request's head may be, for filters that make it longer. Default: `DEFAULT_LIMITS`. */
  headLimits?: HeadLimits;
  /** What this connection manager's filters were compiled to before; absent where nothing was. */
  kept?: KeptScope | undefined;
}

/** Turns one filter's configuration into a compiled filter, or reports located errors and answers null. */
export interface HttpFilterFactory {
  /** Full message name of its configuration: the key that a chain entry is found by, whatever the entry's `name` is. */
  readonly schema: DescMessage;
  compile(config: Message, context: FactoryContext): HttpFilter | null;
  /** Clusters whose answers the filter keeps; absent: none. */
  clustersOf?(config: Message): readonly string[];
  /** What routes may say to the filter in `typed_per_filter_config`; absent: nothing. */
  readonly perRoute?: RouteConfigFactory;
}

/** Turns what one level of the route configuration says to a filter into what the filter looks at; null after an error. */
export interface RouteConfigFactory {
  readonly schema: DescMessage;
  /** @param own what the filter's entry in the chain says; null where no entry has the name */
  compile(config: Message, context: FactoryContext, own: Message | null): object | null;
}
