import type { Drawn } from '../chance.ts';
import type { ConnectionInfo } from '../filters/filter.ts';
import type { RequestHead } from './request-head.ts';

/** A request as it came, before anything was made of it. */
export interface KeptRequest {
  method: string;
  scheme: string;
  /** See `RequestHead`. */
  targetScheme?: string | undefined;
  authority: string;
  path: string;
  /** Of its header lines. */
  names: readonly string[];
  /** Of the same lines: made for every request, two flat copies cost least. */
  values: readonly string[];
  /** Absent: nothing was drawn. */
  drawn?: Drawn | undefined;
}

/** Is told what the gate refuses, where refusals are to be explained; a service without one keeps nothing. */
export interface RefusalWatch {
  /** The reply names the refusal in `x-jotgate-why`. */
  readonly namesReplies: boolean;
  /** @returns an opaque name; null when there are too many to be explained */
  refused(request: KeptRequest, connection: ConnectionInfo, reply: RefusedReply): string | null;
}

/** What a refused client was told. */
export interface RefusedReply {
  status: number;
  body: string;
}

/** Keeps a request as it came: to be called before anything is made of it. */
export function keepRequest(request: RequestHead): KeptRequest {
  const { method, scheme, targetScheme, authority, path, headers } = request;
  const names = headers.names.slice();
  return { method, scheme, targetScheme, authority, path, names, values: headers.values.slice() };
}
