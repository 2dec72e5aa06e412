import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { CertifiedKey } from '../../platform/index.ts';
import { findBirds } from './birds.ts';

/** The claims that the service reads. It trusts them: only the gate can reach it, and the gate has verified them. */
export interface Claims {
  sub?: string;
  scope?: string;
  namespaces?: string[];
  username?: string;
}

/** What the service saw of one request. */
export interface SeenRequest {
  method: string;
  path: string;
  headers: Record<string, string | string[] | undefined>;
  claims: Claims | null;
}

export interface FunnelService {
  port: number;
  /** The last request, as it arrived here. */
  readonly lastSeen: SeenRequest | undefined;
  close(): Promise<void>;
}

export interface FunnelServiceOptions {
  /** Absent: plain HTTP. */
  certificate?: CertifiedKey;
  /** Who owns the data under `/users/NAME`: user name → `sub`. */
  owners: Record<string, string>;
}

const DATA = /^\/users\/([^/]+)\/data\/([^/]+)\/Update$/;

interface Answer {
  status: number;
  body: unknown;
}

/**
 * A service like the article's Funnel System. It authorises by what `x-jwt-payload` says: the path's user must be the token's
 * `sub`, the token's `namespaces` must have the path's, and its `scope` must have the word `funnel-mouth`.
 */
export async function startFunnelService(options: FunnelServiceOptions): Promise<FunnelService> {
  let lastSeen: SeenRequest | undefined;
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    const claims = readClaims(request.headers['x-jwt-payload']);
    lastSeen = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: { ...request.headers },
      claims,
    };
    request.resume();
    send(response, answer(request.url ?? '/', claims, options.owners));
  };
  const server = createServer(options.certificate, handle);
  await listen(server);
  return {
    port: (server.address() as AddressInfo).port,
    get lastSeen() {
      return lastSeen;
    },
    close: () => close(server),
  };
}

/** The service's decision, without a socket. */
export function answer(target: string, claims: Claims | null, owners: Record<string, string>): Answer {
  const url = URL.parse(`http://service${target}`);
  if (url === null) return { status: 400, body: { error: 'no such path' } };
  const data = DATA.exec(url.pathname);
  if (data === null)
    return { status: 200, body: { service: 'funnel', path: url.pathname, user: claims?.username ?? null } };
  const [user, namespace] = data.slice(1).map(decodePercent) as [string, string];
  const refusal = authorise(user, namespace, claims, owners);
  if (refusal !== null) return { status: 403, body: { error: refusal } };
  const found = findBirds(url.searchParams.get('query') ?? '');
  if (found === null) return { status: 400, body: { error: 'query: coord within KM km of (LAT,LONG)' } };
  return { status: 200, body: found };
}

/** What is no escape stays as it is written. */
function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function authorise(
  user: string,
  namespace: string,
  claims: Claims | null,
  owners: Record<string, string>,
): string | null {
  if (claims === null) return 'no x-jwt-payload: the request did not come through the gate';
  if (owners[user] === undefined || owners[user] !== claims.sub)
    return `this data belongs to ${user}, and the token's sub is somebody else`;
  if (!(claims.namespaces ?? []).includes(namespace)) {
    return `namespace ${namespace} is not among the token's namespaces (${(claims.namespaces ?? []).join(', ')})`;
  }
  if (!(claims.scope ?? '').split(' ').includes('funnel-mouth'))
    return "the token's scope lacks funnel-mouth";
  return null;
}

function readClaims(header: string | string[] | undefined): Claims | null {
  if (typeof header !== 'string') return null;
  try {
    return JSON.parse(Buffer.from(header, 'base64url').toString('utf8')) as Claims;
  } catch {
    return null;
  }
}

function createServer(
  certificate: CertifiedKey | undefined,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  if (certificate === undefined) return createHttpServer(handle);
  return createHttpsServer({ cert: certificate.certificate, key: certificate.privateKey }, handle);
}

function send(response: ServerResponse, { status, body }: Answer): void {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
