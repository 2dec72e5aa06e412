import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Logger } from '../../base/index.ts';
import type { IssuerReply, IssuerRequest } from '../../issuer/index.ts';

/** PEM: a certificate chain and its private key. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
}

export interface IssuerServerOptions {
  readonly listen: { readonly address: string; readonly port: number };
  readonly tls: TlsIdentity | undefined;
  readonly logger: Logger;
}

export interface IssuerServer {
  readonly url: string;
  readonly address: string;
  readonly port: number;
  /** Until then requests are answered 503. */
  serve(handle: (request: IssuerRequest) => Promise<IssuerReply>): void;
  replaceTls(tls: TlsIdentity): void;
  /** Answers what has begun, then closes. */
  close(): Promise<void>;
}

const BODY_BYTES_MAX = 65_536;
const HEAD_BYTES_MAX = 16_384;
const CONNECTIONS_MAX = 1024;
const HEAD_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 20_000;
const KEEP_ALIVE_MS = 15_000;

/** Speaks HTTP/1.1 for the issuer, with a bound on everything that a client sends. */
export async function createIssuerServer(options: IssuerServerOptions): Promise<IssuerServer> {
  const { listen, tls, logger } = options;
  const limits = {
    maxHeaderSize: HEAD_BYTES_MAX,
    headersTimeout: HEAD_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
  const secure: HttpsServer | null = tls === undefined ? null : createHttpsServer({ ...limits, ...tls });
  const server: Server = secure ?? createHttpServer(limits);
  server.maxConnections = CONNECTIONS_MAX;
  let handle: ((request: IssuerRequest) => Promise<IssuerReply>) | undefined;
  server.on('request', (request, response) => {
    answer(request, response, handle, tls !== undefined).catch((error: unknown) => {
      logger.warn('connection lost', { reason: (error as Error).message });
      request.socket.destroy();
    });
  });
  server.on('clientError', (_error, socket) => {
    socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
  });
  await listenOn(server, listen);
  const { address, port } = server.address() as AddressInfo;
  const host = address.includes(':') ? `[${address}]` : address;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${host}:${port}`,
    address,
    port,
    serve(next) {
      handle = next;
    },
    replaceTls(next) {
      if (secure === null) throw new Error('the issuer runs without TLS');
      secure.setSecureContext({ cert: next.cert, key: next.key });
      server.closeIdleConnections();
    },
    close: () => closeServer(server),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  handle: ((request: IssuerRequest) => Promise<IssuerReply>) | undefined,
  isSecure: boolean,
): Promise<void> {
  response.sendDate = false;
  const body = await readBody(request);
  if (body === null) return refuse(response, 413);
  if (handle === undefined) return refuse(response, 503);
  const reply = await handle(translateRequest(request, body, isSecure));
  const headers = reply.headers.flat();
  const length = ['content-length', String(Buffer.byteLength(reply.body))];
  response.writeHead(reply.status, [...headers, ...length]);
  response.end(request.method === 'HEAD' ? undefined : reply.body);
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, ['content-length', '0', 'connection', 'close']);
  response.end();
}

/** @returns null when the body is longer than the limit; the rest of it is not read. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += (chunk as Buffer).length;
    if (bytes > BODY_BYTES_MAX) return null;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function translateRequest(request: IncomingMessage, body: Buffer, isSecure: boolean): IssuerRequest {
  return {
    method: request.method ?? 'GET',
    target: request.url ?? '/',
    header(name) {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    body,
    remoteAddress: request.socket.remoteAddress ?? '',
    isSecure,
  };
}

function listenOn(server: Server, { address, port }: IssuerServerOptions['listen']): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: address, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
