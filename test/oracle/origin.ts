import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createNetServer, type Socket } from 'node:net';

/** A request as the origin got it. */
export interface RecordedRequest {
  readonly method: string;
  readonly url: string;
  /** Names and values by turns, as they came. */
  readonly rawHeaders: readonly string[];
  /** By lower-case name; repeated ones joined as Node joins them. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface Origin {
  readonly port: number;
  /** In order of arrival; empty it by `requests.length = 0`. */
  readonly requests: RecordedRequest[];
  close(): Promise<void>;
}

export type Respond = (request: RecordedRequest, response: ServerResponse) => void;

const answerOk: Respond = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/plain' }).end('origin\n');
};

/** Starts an origin on a free loopback port that notes every request and answers 200 `origin`, or by `respond`. */
export async function startOrigin(respond: Respond = answerOk): Promise<Origin> {
  const requests: RecordedRequest[] = [];
  const server = createServer(async (incoming, response) => {
    const body = await readBody(incoming);
    if (body === null) return;
    const { method = '', url = '', rawHeaders, headers } = incoming;
    const request = { method, url, rawHeaders, headers, body };
    requests.push(request);
    respond(request, response);
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { port: (server.address() as AddressInfo).port, requests, close };
}

async function readBody(incoming: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  } catch {
    return null;
  }
}

export interface RawOrigin {
  readonly port: number;
  /** What each connection brought, in order of arrival. */
  readonly connections: RawConnection[];
  close(): Promise<void>;
}

export interface RawConnection {
  readonly socket: Socket;
  received: Buffer;
}

/** Starts an origin of bare sockets: it keeps every byte that came, and `answer` (called after each piece) writes. */
export async function startRawOrigin(answer: (connection: RawConnection) => void): Promise<RawOrigin> {
  const connections: RawConnection[] = [];
  const server = createNetServer({ noDelay: true }, (socket) => {
    const connection: RawConnection = { socket, received: Buffer.alloc(0) };
    connections.push(connection);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      connection.received = Buffer.concat([connection.received, chunk]);
      answer(connection);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const { socket } of connections) socket.destroy();
    });
  return { port: (server.address() as AddressInfo).port, connections, close };
}
