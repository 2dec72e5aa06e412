import { transportSocketOf } from './certificates.ts';

/** A JSON value of a configuration. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** Who a client of a TLS listener is. */
export interface PlayedClient {
  /** Name of its certificate in `CLIENTS`; null: it has none. */
  certificate: string | null;
  /** Empty: it asks for no name. */
  serverName: string;
}

/** One request, byte for byte as a client writes it. */
export interface PlayedRequest {
  method: string;
  target: string;
  host: string;
  headers: [name: string, value: string][];
  /** With it comes a `content-length`. */
  body?: string;
  /** The body comes in chunks instead. */
  isChunked?: boolean;
  /** What its first line says instead of `1.1`. */
  version?: string;
  /** Where the listener has TLS. */
  client?: PlayedClient;
  /** The tokens in it. */
  tokens?: PlacedToken[];
}

export interface PlacedToken {
  token: string;
  /** How it is spelled where it is. */
  spelled: string;
}

/** What the key server answers under a path. */
export interface KeyDocument {
  status: number;
  body: string;
  /** The body's bytes in base64, where they are no UTF-8. */
  base64?: string;
  /** How long the server waits before it answers. */
  delayMs?: number;
}

/** A listener's TLS. */
export interface TlsPlan {
  /** Clients' certificates are asked for and verified. */
  asks: boolean;
  /** Nobody gets in without one. */
  requires: boolean;
  /** With a TLS inspector, which tells which server a client names. */
  inspects: boolean;
}

/** One connection manager and what is asked of it; both sides get the very same. */
export interface DifferentialCase {
  /** Name of its listener and its `stat_prefix`. */
  id: string;
  /** Fields of the HttpConnectionManager but `stat_prefix`. */
  manager: JsonObject;
  /** Absent: in clear text. */
  tls?: TlsPlan;
  /** Network filters before the connection manager. */
  guards?: JsonObject[];
  keys: Record<string, KeyDocument>;
  requests: PlayedRequest[];
}

/** What a client and the origin saw of a request. */
export interface Answer {
  status: number;
  body: string;
  /** `name: value`, sorted; what differs by nature is left out. */
  headers: string[];
  /** null: the origin was not reached. */
  origin: OriginView | null;
}

export interface OriginView {
  method: string;
  target: string;
  host: string;
  /** As `headers`. */
  fields: string[];
}

export interface Ports {
  origin: number;
  keys: number;
  /** An authorizer over gRPC. */
  grpc: number;
}

const TYPE = 'type.googleapis.com';
const MANAGER = `${TYPE}/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`;

const INSPECTOR: JsonObject = {
  name: 'inspector',
  typed_config: { '@type': `${TYPE}/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector` },
};

function address(port: number): JsonObject {
  return { socket_address: { address: '127.0.0.1', port_value: port } };
}

export function listenerOf({ id, manager, tls, guards = [] }: DifferentialCase): JsonObject {
  const typed = { '@type': MANAGER, stat_prefix: id, ...manager };
  const chain: JsonObject = {
    ...(tls === undefined ? {} : { transport_socket: transportSocketOf(tls) }),
    filters: [...guards, { name: 'hcm', typed_config: typed }],
  };
  const inspector: JsonObject = tls?.inspects === true ? { listener_filters: [INSPECTOR] } : {};
  return { name: id, address: address(0), ...inspector, filter_chains: [chain] };
}

const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

export function clustersOf({ origin, keys, grpc }: Ports): JsonObject[] {
  const http2 = { '@type': `${TYPE}/${HTTP_OPTIONS}`, explicit_http_config: { http2_protocol_options: {} } };
  return [
    clusterOf('origin', origin),
    clusterOf('keys', keys),
    { ...clusterOf('grpc', grpc), typed_extension_protocol_options: { [HTTP_OPTIONS]: http2 } },
  ];
}

function clusterOf(name: string, port: number): JsonObject {
  const endpoints = [{ lb_endpoints: [{ endpoint: { address: address(port) } }] }];
  return { name, type: 'STATIC', load_assignment: { cluster_name: name, endpoints } };
}

/** A bootstrap whose listeners are static: the form that both sides read. */
export function bootstrapOf(cases: readonly DifferentialCase[], ports: Ports): JsonObject {
  const listeners = cases.map(listenerOf);
  // A cluster that speaks HTTP/2 is one for gRPC services alone: only where one is named.
  const isAsked = JSON.stringify(listeners).includes('grpc_service');
  const clusters = clustersOf(ports).filter(({ name }) => name !== 'grpc' || isAsked);
  return { static_resources: { listeners, clusters } };
}
