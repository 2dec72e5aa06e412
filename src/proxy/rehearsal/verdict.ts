import type { DynamicMetadata } from '../filters/filter.ts';
import type { RequestHead } from '../http/request-head.ts';
import type { SelectedRoute } from '../route/selected-route.ts';

export type Field = readonly [name: string, value: string];

/** What becomes of a request that is played without a socket. */
export interface Verdict {
  /** Status of the gate's own reply; null: the request goes on to the origin; 0: the connection is closed without a word. */
  status: number | null;
  body: string;
  /** Fields of the reply but for those that the codec adds: where it ends, `date`, `server`. */
  headers: readonly Field[];
  /** What a gRPC client is told instead, with status 200 and without a body; null: the reply goes out as it stands. */
  grpc: readonly Field[] | null;
  /** `%RESPONSE_CODE_DETAILS%` of a reply of the gate's own. */
  details: string;
  route: SelectedRoute | null;
  /** The head that the origin would be sent by this configuration, before the router's own headers; null for a reply. */
  forwarded: RequestHead | null;
  /** What the filters have written; null: nothing. */
  metadata: DynamicMetadata | null;
}

/** A connection that is closed without a word (Envoy does so where no filter chain takes it). */
export const CLOSED: Verdict = {
  status: 0,
  body: '',
  headers: [],
  grpc: null,
  details: '',
  route: null,
  forwarded: null,
  metadata: null,
};

/** A reply of the gate's own below 400 is no refusal; a connection that is closed is one. */
export const isRefusal = ({ status }: Pick<Verdict, 'status'>): boolean =>
  status !== null && (status === 0 || status >= 400);
