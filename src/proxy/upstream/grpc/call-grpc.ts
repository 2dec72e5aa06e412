import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import type { Cluster } from '../cluster.ts';
import type { GrpcOutcome, GrpcRequest } from './grpc-request.ts';
import { MessageReader } from './message-reader.ts';

const CANCEL = 8;
/** gRPC's own unit for a time limit has eight digits. */
const TIMEOUT_MS_MAX = 99_999_999;

type FailureCode = Extract<GrpcOutcome, { kind: 'failure' }>['code'];

/** One unary call through a cluster that speaks HTTP/2. Never rejects, whatever the service sends. */
export async function callGrpcThrough(cluster: Cluster, request: GrpcRequest): Promise<GrpcOutcome> {
  if (!cluster.settings.http2) return failure('failed', 'the cluster speaks HTTP/1.1, which carries no gRPC');
  const http2 = await import('node:http2');
  const host = cluster.pick();
  if (host === undefined) return failure('failed', 'no healthy upstream');
  if (request.signal?.aborted === true) return failure('aborted', 'nobody waits for the answer any more');
  const outcome = await new Promise<GrpcOutcome>((resolve) => {
    try {
      new Call(cluster, request, resolve).start(host.http2.session(http2));
    } catch (error) {
      // A session that ended this very moment, or a field that HTTP/2 does not carry.
      resolve(failure('failed', error instanceof Error ? error.message : String(error)));
    }
  });
  host.http2.onCallEnded();
  return outcome;
}

const failure = (code: FailureCode, text: string): GrpcOutcome => ({ kind: 'failure', code, text });

class Call {
  readonly #cluster: Cluster;
  readonly #request: GrpcRequest;
  readonly #resolve: (outcome: GrpcOutcome) => void;
  readonly #reader: MessageReader;
  readonly #onAbort = () => this.#fail('aborted', 'nobody waits for the answer any more');
  #stream: ClientHttp2Stream | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  #status: number | undefined;
  #grpcStatus: string | undefined;

  constructor(cluster: Cluster, request: GrpcRequest, resolve: (outcome: GrpcOutcome) => void) {
    this.#cluster = cluster;
    this.#request = request;
    this.#resolve = resolve;
    this.#reader = new MessageReader(request.bytesMax);
  }

  start(session: ClientHttp2Session): void {
    const { timeoutMs, signal } = this.#request;
    const stream = session.request(this.#fields());
    this.#stream = stream;
    stream.on('error', (error) => this.#fail('failed', error.message));
    stream.on('response', (fields) => this.#onHead(fields));
    stream.on('trailers', (fields) => this.#onTrailers(fields));
    stream.on('data', (bytes: Buffer) => this.#onBytes(bytes));
    stream.on('close', () => this.#onEnd());
    if (timeoutMs > 0) this.#timer = setTimeout(() => this.#onTimeout(), timeoutMs);
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    stream.end(frame(this.#request.message));
  }

  /** The scheme is Envoy's, over TLS too. */
  #fields(): Record<string, string | string[]> {
    const { path, authority, metadata, timeoutMs } = this.#request;
    const limited = timeoutMs > 0 && timeoutMs <= TIMEOUT_MS_MAX;
    const fields: Record<string, string | string[]> = {
      ':method': 'POST',
      ':scheme': 'http',
      ':authority': authority === '' ? this.#cluster.settings.name : authority,
      ':path': path,
      te: 'trailers',
      ...(limited ? { 'grpc-timeout': `${timeoutMs}m` } : {}),
      'content-type': 'application/grpc',
    };
    for (const [name, value] of metadata) {
      const before = Object.hasOwn(fields, name) ? fields[name] : undefined;
      fields[name] = before === undefined ? value : [before, value].flat();
    }
    return fields;
  }

  #onHead(fields: IncomingHttpHeaders & { ':status'?: number | undefined }): void {
    this.#status = fields[':status'];
    if (this.#status !== undefined) this.#cluster.stats.countStatus(this.#status);
  }

  #onTrailers(fields: IncomingHttpHeaders): void {
    const status = fields['grpc-status'];
    this.#grpcStatus = typeof status === 'string' ? status : undefined;
  }

  #onBytes(bytes: Buffer): void {
    const problem = this.#reader.read(bytes);
    if (problem === 'compressed') this.#fail('failed', 'the answer is compressed, or no gRPC');
    if (problem === 'too_large') {
      this.#fail('too_large', `the answer is longer than ${this.#request.bytesMax} bytes`);
    }
  }

  /** A status in the head alone is none: an answer without a message is an error whatever it says. */
  #onEnd(): void {
    const { message } = this.#reader;
    if (this.#status !== 200) this.#fail('failed', `it answered ${this.#status ?? 'nothing'}`);
    else if (!isOk(this.#grpcStatus))
      this.#fail('failed', `its gRPC status is ${this.#grpcStatus ?? 'missing'}`);
    else if (message === null) this.#fail('failed', 'it answered without a message');
    else this.#end({ kind: 'reply', message });
  }

  #onTimeout(): void {
    this.#cluster.stats.requestTimeouts.increment();
    this.#fail('timeout', 'no answer in time');
  }

  #fail(code: FailureCode, text: string): void {
    this.#end(failure(code, text));
  }

  #end(outcome: GrpcOutcome): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#request.signal?.removeEventListener('abort', this.#onAbort);
    if (this.#stream?.closed === false) this.#stream.close(CANCEL);
    this.#resolve(outcome);
  }
}

/** As Envoy reads a number. */
const isOk = (status: string | undefined) => status !== undefined && /^\s*[+-]?0+\s*$/.test(status);

function frame(message: Uint8Array): Buffer {
  const bytes = Buffer.alloc(5 + message.length);
  bytes.writeUInt32BE(message.length, 1);
  bytes.set(message, 5);
  return bytes;
}
