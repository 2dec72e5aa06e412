import { connect, type Socket } from 'node:net';

/** A response as it came over the wire. */
export interface RawResponse {
  readonly status: number;
  readonly reason: string;
  /** In order, names as spelt. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** A client of bare sockets: what it sends is exactly what is written, what it gets is not tidied up. */
export class RawClient {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  #closed = false;
  #wake: (() => void) | null = null;

  /** @param socket another way to the port than in clear text */
  constructor(port: number, socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true })) {
    this.#socket = socket;
    this.#socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake?.();
    });
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => {
      this.#closed = true;
      this.#wake?.();
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The bytes received and not yet taken by `response`. */
  get received(): Buffer {
    return this.#received;
  }

  send(bytes: Buffer | string): void {
    this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  /** The next response; null when the connection closed before a whole one came. Rejects after `timeoutMs`. */
  async response(method = 'GET', timeoutMs = 10_000): Promise<RawResponse | null> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const parsed = parseResponse(this.#received, method, this.#closed);
      if (parsed !== null) {
        this.#received = this.#received.subarray(parsed.length);
        return parsed.response;
      }
      if (this.#closed) return null;
      await this.activity(deadline - Date.now());
    }
  }

  /** Resolves when more came or the connection closed; rejects after `timeoutMs`. */
  activity(timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no answer in time')), Math.max(1, timeoutMs));
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** One request on a connection of its own. */
export async function exchange(port: number, request: string, method = 'GET'): Promise<RawResponse | null> {
  const client = new RawClient(port);
  try {
    client.send(request);
    return await client.response(method);
  } finally {
    client.close();
  }
}

function parseResponse(
  bytes: Buffer,
  method: string,
  closed: boolean,
): { response: RawResponse; length: number } | null {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const [first = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const status = Number(first.slice(9, 12));
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const body = readBody(bytes.subarray(headEnd + 4), headers, method, status, closed);
  if (body === null) return null;
  const response = { status, reason: first.slice(13), headers, body: body.text };
  return { response, length: headEnd + 4 + body.length };
}

function readBody(
  bytes: Buffer,
  headers: readonly (readonly [string, string])[],
  method: string,
  status: number,
  closed: boolean,
): { text: string; length: number } | null {
  const find = (name: string) => headers.find(([key]) => key.toLowerCase() === name)?.[1];
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return { text: '', length: 0 };
  if (find('transfer-encoding') !== undefined) return readChunks(bytes);
  const length = find('content-length');
  if (length === undefined) return closed ? { text: bytes.toString('latin1'), length: bytes.length } : null;
  if (bytes.length < Number(length)) return null;
  return { text: bytes.toString('latin1', 0, Number(length)), length: Number(length) };
}

function readChunks(bytes: Buffer): { text: string; length: number } | null {
  let text = '';
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    at = lineEnd + 2;
    if (bytes.length < at + size + 2) return null;
    text += bytes.toString('latin1', at, at + size);
    at += size + 2;
    if (size === 0) return { text, length: at };
  }
}
