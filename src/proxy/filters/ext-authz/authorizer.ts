import type { FilterStream, UpstreamCaller } from '../filter.ts';
import type { Answer } from './answer.ts';
import type { ToldBody } from './body-settings.ts';
import type { NameList } from './name-list.ts';

/** Which headers a service is told, whoever it is. */
export interface ToldHeaders {
  /** null: all. */
  allowed: NameList | null;
  disallowed: NameList;
  /** Told whether they are allowed or not. */
  always: ReadonlySet<string>;
  /** Line by line, byte for byte. */
  raw: boolean;
}

/** What routes add to a question. */
export type Extensions = Readonly<Record<string, string>>;

/** What a service is asked besides the request's head. */
export interface Question {
  told: ToldHeaders;
  extensions: Extensions;
  /** null: it is told of none. */
  body: ToldBody | null;
}

/** A service that decides. Never rejects. */
export interface Authorizer {
  readonly cluster: string;
  /** The field of the configuration that names it. */
  readonly field: 'http_service' | 'grpc_service';
  readonly origin: object;
  ask(upstreams: UpstreamCaller, stream: FilterStream, question: Question): Promise<Answer>;
}
