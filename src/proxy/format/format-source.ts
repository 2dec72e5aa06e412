import type { FilterState, MetadataSource } from '../../core/match/index.ts';
import type { ConnectionInfo, DynamicMetadata } from '../filters/filter.ts';
import type { HeaderList } from '../http/header-list.ts';
import type { RequestHead } from '../http/request-head.ts';

/** What a format string may ask of an exchange. */
export interface FormatSource {
  readonly request: RequestHead;
  readonly connection: ConnectionInfo;
  readonly metadataIfAny: DynamicMetadata | null;
  readonly filterStateIfAny?: FilterState | null;
  readonly route: FormatRoute | null;
  /** How far the exchange has come; absent where only its request is known. */
  readonly progress?: Progress | undefined;
}

/** What of a route can be formatted. */
export interface FormatRoute {
  readonly name: string;
  readonly metadata?: MetadataSource | null;
}

/** The course of an exchange so far. Times are in ms since it began; undefined: not yet. */
export interface Progress {
  /** When it began, in ms since 1970. */
  readonly startMs: number;
  /** Now, in ms since 1970. */
  readonly nowMs: number;
  /** Of the response; 0 before it is known. */
  readonly status: number;
  /** `:status` of the response's head, which in a reply of the gate's own is there before the code is. */
  readonly headStatus: number;
  readonly responseHeaders: HeaderList | null;
  /** `%RESPONSE_CODE_DETAILS%`; empty: none. */
  readonly details: string;
  /** Short names of response flags, with commas; empty: none. */
  readonly flags: string;
  /** The cluster that the route leads to; empty: none, or one that there is not. */
  readonly clusterName: string;
  /** Its `alt_stat_name`, or its name. */
  readonly observedClusterName: string;
  readonly upstream: UpstreamFacts | null;
  readonly attempts: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly durationMs: number;
  /** The request's last byte came. */
  readonly requestEndMs: number | undefined;
  /** The request's last byte was handed to the upstream. */
  readonly requestSentMs: number | undefined;
  /** The response's head came from the upstream. */
  readonly responseMs: number | undefined;
  /** Why an upstream's socket failed. */
  readonly transportFailure: string;
  /** Body of a reply of the gate's own. */
  readonly localBody: string;
}

/** The host that a request went to. */
export interface UpstreamFacts {
  readonly address: string;
  readonly port: number;
  /** The name that it was configured by; empty where it was an address. */
  readonly hostName: string;
  /** This end of the connection; undefined before it is made. */
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
}
