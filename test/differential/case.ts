/** A JSON value of a configuration. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** One request, byte for byte as a client writes it. */
export interface PlayedRequest {
  method: string;
  target: string;
  host: string;
  headers: [name: string, value: string][];
  /** With it comes a `content-length`. */
  body?: string;
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

/** One connection manager and what is asked of it; both sides get the very same. */
export interface DifferentialCase {
  /** Name of its listener and its `stat_prefix`. */
  id: string;
  /** Fields of the HttpConnectionManager but `stat_prefix`. */
  manager: JsonObject;
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
}

const TYPE = 'type.googleapis.com';
const MANAGER = `${TYPE}/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`;

function address(port: number): JsonObject {
  return { socket_address: { address: '127.0.0.1', port_value: port } };
}

export function listenerOf({ id, manager }: DifferentialCase): JsonObject {
  const typed = { '@type': MANAGER, stat_prefix: id, ...manager };
  return {
    name: id,
    address: address(0),
    filter_chains: [{ filters: [{ name: 'hcm', typed_config: typed }] }],
  };
}

export function clustersOf({ origin, keys }: Ports): JsonObject[] {
  return [clusterOf('origin', origin), clusterOf('keys', keys)];
}

function clusterOf(name: string, port: number): JsonObject {
  const endpoints = [{ lb_endpoints: [{ endpoint: { address: address(port) } }] }];
  return { name, type: 'STATIC', load_assignment: { cluster_name: name, endpoints } };
}

/** A bootstrap whose listeners are static: the form that both sides read. */
export function bootstrapOf(cases: readonly DifferentialCase[], ports: Ports): JsonObject {
  return { static_resources: { listeners: cases.map(listenerOf), clusters: clustersOf(ports) } };
}
