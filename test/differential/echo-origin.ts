import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { AUTHORIZER_PREFIX, authorize } from './authorizer.ts';
import type { KeyDocument } from './case.ts';

/** An origin that says in its answer what it was asked. */
export interface EchoOrigin {
  readonly port: number;
  /** Requests that came so far. */
  readonly count: number;
  close(): Promise<void>;
}

export const ORIGIN_BODY = 'origin';
/** Holds the request's head, byte for byte: see `readEcho`. */
export const ECHO_FIELD = 'x-echo';
const DEFLATED = '~';
const PLAIN_HEAD_MAX = 8192;

/** Base64 of a head, or of its deflated form where it is long: a head that a request may have must not make one that no response may. */
function writeEcho(head: string): string {
  const bytes = Buffer.from(head, 'latin1');
  return head.length <= PLAIN_HEAD_MAX
    ? bytes.toString('base64')
    : `${DEFLATED}${deflateRawSync(bytes).toString('base64')}`;
}

export function readEcho(echo: string): string {
  const isDeflated = echo.startsWith(DEFLATED);
  const bytes = Buffer.from(isDeflated ? echo.slice(DEFLATED.length) : echo, 'base64');
  return (isDeflated ? inflateRawSync(bytes) : bytes).toString('latin1');
}

export async function startEchoOrigin(): Promise<EchoOrigin> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    let received = '';
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      for (let end = endOfRequest(received); end > 0; end = endOfRequest(received)) {
        count++;
        socket.write(answerTo(received.slice(0, received.indexOf('\r\n\r\n'))));
        received = received.slice(end);
      }
    });
  });
  const port = await listen(server);
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return {
    port,
    get count() {
      return count;
    },
    close,
  };
}

/** Where the first request ends, its body with it; 0 while it is not whole. */
function endOfRequest(text: string): number {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return 0;
  const fields = text.slice(0, head).toLowerCase();
  if (fields.includes('\r\ntransfer-encoding: chunked')) {
    const last = text.indexOf('0\r\n\r\n', head + 4);
    return last < 0 ? 0 : last + 5;
  }
  const length = Number(/\r\ncontent-length: (\d+)/.exec(fields)?.[1] ?? 0);
  return text.length >= head + 4 + length ? head + 4 + length : 0;
}

/** A request can ask for another answer than the plain one. */
export const WANT_FIELD = 'x-want';
interface OtherAnswer {
  status: number;
  lines: string[];
  /** null: none, whatever the request. */
  body: string | null;
}
export const OTHER_ANSWERS: Readonly<Record<string, OtherAnswer>> = {
  chunked: { status: 200, lines: ['Transfer-Encoding: chunked'], body: `6\r\n${ORIGIN_BODY}\r\n0\r\n\r\n` },
  named: {
    status: 200,
    lines: ['Server: apache', 'Date: then', 'Via: 1.1 back', 'Set-Cookie: a=1', 'Set-Cookie: b=2'],
    body: null,
  },
  missing: { status: 404, lines: ['Content-Type: text/html', 'Content-Length: 6'], body: ORIGIN_BODY },
  moved: { status: 302, lines: ['Location: http://origin.test/x', 'Content-Length: 0'], body: null },
  bare: { status: 204, lines: ['X-Up: 2'], body: null },
  unchanged: { status: 304, lines: ['ETag: "e"', 'x-a: from the origin'], body: null },
};

function answerTo(head: string): string {
  const echo = writeEcho(head);
  const isHead = head.startsWith('HEAD ');
  const other = OTHER_ANSWERS[/\r\nx-want: (\w+)/.exec(head)?.[1] ?? ''];
  if (other !== undefined) return otherAnswer(other, echo, isHead);
  const body = isHead ? '' : ORIGIN_BODY;
  return `HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: ${ORIGIN_BODY.length}\r\nx-up: 1\r\n${ECHO_FIELD}: ${echo}\r\n\r\n${body}`;
}

function otherAnswer({ status, lines, body }: OtherAnswer, echo: string, isHead: boolean): string {
  const isEmpty = body === null && status === 200;
  const all = [...lines, ...(isEmpty ? ['content-length: 0'] : []), `${ECHO_FIELD}: ${echo}`];
  return `HTTP/1.1 ${status} Some\r\n${all.join('\r\n')}\r\n\r\n${isHead ? '' : (body ?? '')}`;
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

const bytesOf = ({ body, base64 }: KeyDocument) =>
  base64 === undefined ? Buffer.from(body) : Buffer.from(base64, 'base64');

/** A server of key documents, which come and go by `documents`. */
export interface KeyServer {
  readonly port: number;
  readonly documents: Map<string, KeyDocument>;
  close(): Promise<void>;
}

export async function startKeyServer(): Promise<KeyServer> {
  const documents = new Map<string, KeyDocument>();
  const server = createHttpServer((request, response) => {
    if (request.url?.startsWith(AUTHORIZER_PREFIX)) {
      authorize(request, response).catch(() => response.destroy());
      return;
    }
    const document = documents.get(request.url ?? '') ?? { status: 404, body: '' };
    const body = bytesOf(document);
    const answer = () => response.writeHead(document.status, { 'content-length': body.length }).end(body);
    if (document.delayMs === undefined) answer();
    else setTimeout(answer, document.delayMs);
  });
  // A connection that it ends while it is taken for the next question is a failed fetch on one side.
  server.keepAliveTimeout = 600_000;
  const port = await listen(server);
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { port, documents, close };
}
