import type { MetadataValue } from '../filter.ts';

/** A header line: a lower-case name, one character per byte. */
export type Line = readonly [name: string, value: string];

/** What is done to an admitted request and to the answer to it, in this order. */
export interface Changes {
  /** In place of what is there. `:path` and `:authority` are the request's own. */
  set: readonly Line[];
  /** Another line, joined where lines of that name are. */
  add: readonly Line[];
  /** Behind the first line of that name, with a comma; nothing where there is none. */
  append: readonly Line[];
  remove: readonly string[];
  query: { set: readonly Line[]; remove: readonly string[] };
  client: ClientChanges;
}

/** Lines for the client, on their way out with whatever answers it. */
export interface ClientChanges {
  add: readonly Line[];
  set: readonly Line[];
  addIfAbsent: readonly Line[];
  setIfThere: readonly Line[];
}

/** A reply in the service's words. */
export interface OwnReply {
  /** 0: it gave none. */
  status: number;
  headers: readonly Line[];
  /** One character per byte. */
  body: string;
}

type Metadata = readonly (readonly [key: string, value: MetadataValue])[];

/** What the service said, or that it said nothing that counts. */
export type Answer =
  | { kind: 'allowed'; changes: Changes; metadata: Metadata }
  | { kind: 'denied'; reply: OwnReply; metadata: Metadata }
  /** The service failed, or says so in its own words. */
  | { kind: 'error'; why: string; reply?: OwnReply; metadata?: Metadata }
  /** What it said cannot be done: nobody is let in on it, whatever is to become of errors. */
  | { kind: 'invalid'; why: string };

/** Nothing is said to the client. */
export const NO_CLIENT_CHANGES: ClientChanges = { add: [], set: [], addIfAbsent: [], setIfThere: [] };

/** Fields that are the connection's business: no service changes them, for they say where a message ends. */
const OF_CONNECTION = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive', 'upgrade']);

/** @param name in lower case */
export const isOfConnection = (name: string): boolean => OF_CONNECTION.has(name);
