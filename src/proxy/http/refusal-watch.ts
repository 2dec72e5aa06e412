import type { ConnectionInfo } from '../filters/filter.ts';
import type { RequestHead } from './request-head.ts';

/** A request as it came, before anything was made of it. */
export interface KeptRequest {
  method: string;
  scheme: string;
  authority: string;
  path: string;
  headers: readonly (readonly [name: string, value: string])[];
}

/** Is told what the gate refuses, where refusals are to be explained; a service without one keeps nothing. */
export interface RefusalWatch {
  /** The reply names the refusal in `x-jotgate-why`. */
  readonly namesReplies: boolean;
  /** @returns an opaque name; null when there are too many to be explained */
  refused(request: KeptRequest, connection: ConnectionInfo, reply: RefusedReply): string | null;
}

export interface RefusedReply {
  status: number;
  body: string;
}

export function keepRequest({ method, scheme, authority, path, headers }: RequestHead): KeptRequest {
  const lines = headers.names.map((name, index) => [name, headers.values[index] as string] as const);
  return { method, scheme, authority, path, headers: lines };
}
