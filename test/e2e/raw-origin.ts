import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** One request as the origin saw it. */
export class SeenRequest {
  /** Request line and fields, names as spelt. */
  readonly head: string;
  readonly socket: Socket;
  /** The bytes that came after the head so far. */
  body = '';
  #whole = false;
  readonly #waiting: (() => void)[] = [];

  constructor(head: string, socket: Socket) {
    this.head = head;
    this.socket = socket;
  }

  /** Calls back once the body is whole. */
  whenWhole(act: () => void): void {
    if (this.#whole) act();
    else this.#waiting.push(act);
  }

  /** Takes bytes; @returns those that belong to the next request, or null while this one is not whole. */
  take(bytes: string): string | null {
    const length = /^content-length: (\d+)$/m.exec(this.head)?.[1];
    const all = this.body + bytes;
    let end = Number(length ?? 0);
    if (/^transfer-encoding: chunked$/m.test(this.head)) {
      const last = all.indexOf('0\r\n\r\n');
      end = last < 0 ? Number.POSITIVE_INFINITY : last + 5;
    }
    this.body = all.slice(0, end);
    if (all.length < end) return null;
    this.#whole = true;
    for (const act of this.#waiting.splice(0)) act();
    return all.slice(end);
  }
}

/** An origin of bare sockets: it sees the bytes and says what it is told to. */
export interface RawOrigin {
  readonly port: number;
  readonly seen: SeenRequest[];
  /** Connections accepted so far, and open now. */
  accepted(): number;
  open(): number;
  close(): Promise<void>;
}

/** @param answer called once for each head that came */
export async function startRawOrigin(answer: (request: SeenRequest) => void): Promise<RawOrigin> {
  const seen: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  let accepted = 0;
  const server: Server = createServer((socket) => {
    accepted++;
    sockets.add(socket);
    let pending = '';
    let current: SeenRequest | null = null;
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (bytes) => {
      pending += bytes.toString('latin1');
      for (;;) {
        if (current === null) {
          const end = pending.indexOf('\r\n\r\n');
          if (end < 0) return;
          current = new SeenRequest(pending.slice(0, end).replaceAll('\r', ''), socket);
          pending = pending.slice(end + 4);
          seen.push(current);
          answer(current);
        }
        const rest = current.take(pending);
        pending = rest ?? '';
        if (rest === null) return;
        current = null;
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    accepted: () => accepted,
    open: () => sockets.size,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** The usual answer. */
export function answerOk({ socket }: SeenRequest): void {
  socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
}
