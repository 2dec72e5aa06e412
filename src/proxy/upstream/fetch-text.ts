import { HeaderList } from '../http/header-list.ts';
import type { ResponseParser } from '../http/response-parser.ts';
import type { StreamError } from '../http/stream-error.ts';
import type { Cluster } from './cluster.ts';
import { UpstreamConnection } from './upstream-connection.ts';
import type { BodyEnd, UpstreamConsumer } from './upstream-consumer.ts';

/** A GET without a body. */
export interface FetchRequest {
  /** `host` as it goes out. */
  authority: string;
  path: string;
  headers: readonly (readonly [name: string, value: string])[];
  /** 0: no limit. */
  timeoutMs: number;
  /** How long the head of the reply may take; absent: as long as the whole. */
  headTimeoutMs?: number | undefined;
  bytesMax: number;
  /** Nobody waits for the body behind such a head; it is read, so that its connection can be used again. */
  isEnough?(status: number, headers: HeaderList): boolean;
}

/** A request, its head as it goes out. */
export interface CallRequest {
  head: string;
  /** As long as the head says; absent: none. */
  body?: Buffer;
  /** The reply has no body, whatever its head says. */
  isHead: boolean;
  /** 0: no limit. */
  timeoutMs: number;
  /** See `FetchRequest`. */
  headTimeoutMs?: number | undefined;
  bytesMax: number;
  /** See `FetchRequest`. */
  isEnough?: FetchRequest['isEnough'];
  /** Ends the call. */
  signal?: AbortSignal;
}

/** What became of a call: a reply, or why there is none. */
export type FetchOutcome =
  | { kind: 'reply'; status: number; headers: HeaderList; contentEncoding: string; body: Buffer }
  | {
      kind: 'failure';
      code: StreamError['code'] | 'timeout' | 'too_large' | 'aborted';
      text: string;
      /** The head of a reply had come. */
      begun?: boolean;
    };

/** One GET through a cluster's transport and pools. No redirect is followed, nothing is decoded. Never rejects. */
export function fetchThrough(cluster: Cluster, request: FetchRequest): Promise<FetchOutcome> {
  const { timeoutMs, headTimeoutMs, bytesMax } = request;
  const isEnough = request.isEnough?.bind(request);
  const head = renderGet(request);
  return callThrough(cluster, { head, isHead: false, timeoutMs, headTimeoutMs, bytesMax, isEnough });
}

/** The same for any request. */
export function callThrough(cluster: Cluster, request: CallRequest): Promise<FetchOutcome> {
  return new Promise((resolve) => {
    new Fetch(cluster, request, resolve).start();
  });
}

class Fetch implements UpstreamConsumer {
  readonly #cluster: Cluster;
  readonly #request: CallRequest;
  readonly #resolve: (outcome: FetchOutcome) => void;
  #upstream: UpstreamConnection | null = null;
  #timer: NodeJS.Timeout | undefined;
  #headTimer: NodeJS.Timeout | undefined;
  #status = 0;
  readonly #headers = new HeaderList();
  readonly #onAbort = () => this.#fail('aborted', 'nobody waits for the answer any more');
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(cluster: Cluster, request: CallRequest, resolve: (outcome: FetchOutcome) => void) {
    this.#cluster = cluster;
    this.#request = request;
    this.#resolve = resolve;
  }

  start(): void {
    const upstream = this.#cluster.acquire();
    if (!(upstream instanceof UpstreamConnection)) {
      this.#end({ kind: 'failure', code: upstream.code, text: upstream.body });
      return;
    }
    this.#upstream = upstream;
    const { head, body, isHead, timeoutMs, headTimeoutMs, signal } = this.#request;
    const expire = () => this.#fail('timeout', 'no answer in time');
    if (timeoutMs > 0) this.#timer = setTimeout(expire, timeoutMs);
    if (headTimeoutMs !== undefined) this.#headTimer = setTimeout(expire, headTimeoutMs);
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    upstream.begin(this, head, isHead, false);
    if (body !== undefined) upstream.writeBody(body, 0, body.length);
    upstream.endRequest();
    upstream.flushRequest();
  }

  onResponseHead(parser: ResponseParser, _body: BodyEnd): void {
    clearTimeout(this.#headTimer);
    this.#status = parser.status;
    const { names, values } = parser.headers;
    for (const [index, name] of names.entries()) this.#headers.append(name, values[index] as string);
    this.#cluster.stats.countStatus(parser.status);
    if (this.#request.isEnough?.(parser.status, this.#headers) === true) this.#resolve(this.#reply());
  }

  onBody(bytes: Buffer, start: number, end: number): void {
    this.#size += end - start;
    if (this.#size > this.#request.bytesMax) {
      this.#fail('too_large', `the answer is longer than ${this.#request.bytesMax} bytes`);
      return;
    }
    this.#chunks.push(Buffer.from(bytes.subarray(start, end)));
  }

  onResponseEnd(): void {
    this.#upstream = null;
    this.#end(this.#reply());
  }

  #reply(): FetchOutcome {
    const headers = this.#headers;
    const contentEncoding = headers.get('content-encoding') ?? '';
    const body = Buffer.concat(this.#chunks);
    return { kind: 'reply', status: this.#status, headers, contentEncoding, body };
  }

  onUpstreamFailure(error: StreamError): void {
    this.#upstream = null;
    this.#endWithout(error.code, error.cause ?? error.body);
  }

  onBug(error: unknown): void {
    this.#upstream = null;
    this.#endWithout('protocol_error', `internal error: ${String(error)}`);
  }

  onUpstreamDrain(): void {}

  flushResponse(): boolean {
    return false;
  }

  #fail(code: 'timeout' | 'too_large' | 'aborted', text: string): void {
    const upstream = this.#upstream;
    this.#upstream = null;
    upstream?.abandon();
    this.#endWithout(code, text);
  }

  #endWithout(code: (FetchOutcome & { kind: 'failure' })['code'], text: string): void {
    this.#end({ kind: 'failure', code, text, begun: this.#status !== 0 });
  }

  #end(outcome: FetchOutcome): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#headTimer);
    this.#request.signal?.removeEventListener('abort', this.#onAbort);
    this.#resolve(outcome);
  }
}

function renderGet({ authority, path, headers }: FetchRequest): string {
  const fields = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `GET ${path} HTTP/1.1\r\nhost: ${authority}\r\n${fields}\r\n`;
}
