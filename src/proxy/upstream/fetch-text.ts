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
  bytesMax: number;
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
  bytesMax: number;
  /** Ends the call. */
  signal?: AbortSignal;
}

/** What became of a call: a reply, or why there is none. */
export type FetchOutcome =
  | { kind: 'reply'; status: number; headers: HeaderList; contentEncoding: string; body: Buffer }
  | { kind: 'failure'; code: StreamError['code'] | 'timeout' | 'too_large' | 'aborted'; text: string };

/** One GET through a cluster's transport and pools. No redirect is followed, nothing is decoded. Never rejects. */
export function fetchThrough(cluster: Cluster, request: FetchRequest): Promise<FetchOutcome> {
  const { timeoutMs, bytesMax } = request;
  return callThrough(cluster, { head: renderGet(request), isHead: false, timeoutMs, bytesMax });
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
    const { head, body, isHead, timeoutMs, signal } = this.#request;
    if (timeoutMs > 0) this.#timer = setTimeout(() => this.#fail('timeout', 'no answer in time'), timeoutMs);
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    upstream.begin(this, head, isHead, false);
    if (body !== undefined) upstream.writeBody(body, 0, body.length);
    upstream.endRequest();
    upstream.flushRequest();
  }

  onResponseHead(parser: ResponseParser, _body: BodyEnd): void {
    this.#status = parser.status;
    const { names, values } = parser.headers;
    for (const [index, name] of names.entries()) this.#headers.append(name, values[index] as string);
    this.#cluster.stats.countStatus(parser.status);
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
    const headers = this.#headers;
    const contentEncoding = headers.get('content-encoding') ?? '';
    const body = Buffer.concat(this.#chunks);
    this.#end({ kind: 'reply', status: this.#status, headers, contentEncoding, body });
  }

  onUpstreamFailure(error: StreamError): void {
    this.#upstream = null;
    this.#end({ kind: 'failure', code: error.code, text: error.cause ?? error.body });
  }

  onBug(error: unknown): void {
    this.#upstream = null;
    this.#end({ kind: 'failure', code: 'protocol_error', text: `internal error: ${String(error)}` });
  }

  onUpstreamDrain(): void {}

  flushResponse(): boolean {
    return false;
  }

  #fail(code: 'timeout' | 'too_large' | 'aborted', text: string): void {
    const upstream = this.#upstream;
    this.#upstream = null;
    upstream?.abandon();
    this.#end({ kind: 'failure', code, text });
  }

  #end(outcome: FetchOutcome): void {
    clearTimeout(this.#timer);
    this.#request.signal?.removeEventListener('abort', this.#onAbort);
    this.#resolve(outcome);
  }
}

function renderGet({ authority, path, headers }: FetchRequest): string {
  const fields = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `GET ${path} HTTP/1.1\r\nhost: ${authority}\r\n${fields}\r\n`;
}
