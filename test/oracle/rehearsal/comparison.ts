import type { ManualClock } from '../../../src/base/index.ts';
import { loadConfig } from '../../../src/control/config/index.ts';
import {
  buildRequestHead,
  type CompiledSnapshot,
  compileSnapshot,
  rehearse,
  type Verdict,
} from '../../../src/proxy/rehearsal/index.ts';
import { type Finding, Findings } from '../../../src/resources/index.ts';
import { RawClient, type RawResponse } from '../../e2e/raw-exchange.ts';
import type { EnvoyProcess } from '../envoy-process.ts';
import type { RawConnection } from '../origin.ts';
import type { SceneRequest } from './scene.ts';

/** What both sides say of a request, as far as they must agree. */
export interface Answer {
  /** 200 where the origin was reached. */
  status: number;
  body: string;
  /** Fields of the proxy's own reply, sorted; null where the origin was reached. */
  reply: string[] | null;
  /** What the origin was sent: request line target and fields, sorted; null when it was not reached. */
  origin: { target: string; host: string; fields: string[] } | null;
}

export const ORIGIN_BODY = 'origin';

/** Fields that the proxies add by themselves, to requests and to replies. */
const OWN_FIELDS = new Set([
  'x-request-id',
  'x-forwarded-proto',
  'x-forwarded-for',
  'x-envoy-expected-rq-timeout-ms',
  'x-envoy-upstream-service-time',
  'content-length',
  'transfer-encoding',
  'connection',
  'date',
  'server',
]);

export function answerConnection({ socket, received }: RawConnection): void {
  if (!received.includes('\r\n\r\n')) return;
  socket.end(
    `HTTP/1.1 200 OK\r\ncontent-length: ${ORIGIN_BODY.length}\r\nconnection: close\r\n\r\n${ORIGIN_BODY}`,
  );
}

export function portOf(envoy: EnvoyProcess, scene: string): number {
  const port = envoy.listeners.find((listener) => listener.name === scene)?.port;
  if (port === undefined) throw new Error(`envoy has no listener ${scene}`);
  return port;
}

/** Asks a gate over a socket, byte for byte what the case says. */
export async function askGate(
  port: number,
  request: SceneRequest,
  connections: RawConnection[],
): Promise<Answer> {
  return (await exchangeWith(port, request, connections)).answer;
}

/** The same, with all fields of the response. */
export async function exchangeWith(
  port: number,
  request: SceneRequest,
  connections: RawConnection[],
): Promise<{ answer: Answer; headers: RawResponse['headers'] }> {
  const { method = 'GET', path, host = 'host.test', headers = [] } = request;
  const client = new RawClient(port);
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `host: ${host}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  client.send(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'utf8'));
  const response = await client.response(method);
  client.close();
  if (response === null) throw new Error(`the gate closed the connection: ${lines[0]}`);
  const received = takeRequest(connections);
  const origin = received === undefined ? null : originView(received);
  const answer = {
    status: response.status,
    body: response.body,
    reply: origin === null ? shownFields(response.headers) : null,
    origin,
  };
  return { answer, headers: response.headers };
}

/** Envoy opens connections ahead: the request may come on one that an earlier case left, and an idle one is no request. */
function takeRequest(connections: RawConnection[]): string | undefined {
  const at = connections.findIndex(({ received }) => received.length > 0);
  return at < 0 ? undefined : connections.splice(at, 1)[0]?.received.toString('latin1');
}

function originView(received: string): NonNullable<Answer['origin']> {
  const [requestLine = '', ...lines] = (received.split('\r\n\r\n')[0] as string).split('\r\n');
  const fields = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).replace(/^ /, '')] as const;
  });
  return {
    target: requestLine.slice(requestLine.indexOf(' ') + 1, requestLine.lastIndexOf(' ')),
    host: fields.find(([name]) => name === 'host')?.[1] ?? '',
    fields: shownFields(fields.filter(([name]) => name !== 'host')),
  };
}

function shownFields(fields: readonly (readonly [string, string])[]): string[] {
  return fields
    .filter(([name]) => !OWN_FIELDS.has(name))
    .map(([name, value]) => `${name}: ${value}`)
    .sort();
}

/** The same bootstrap, compiled as jotgate runs it. */
export function compileScenes(
  bootstrap: string,
  clock: ManualClock,
): { compiled: CompiledSnapshot; errors: Finding[] } {
  const { snapshot, findings, provenance } = loadConfig([{ name: 'scenes.json', text: bootstrap }]);
  const found = new Findings(provenance);
  if (snapshot === null) {
    return { compiled: { listeners: [], prepare: async () => {} }, errors: errorsOf(findings.list) };
  }
  const compiled = compileSnapshot(snapshot, { findings: found, clock, jwks: null });
  return { compiled, errors: errorsOf(found.list) };
}

const errorsOf = (list: readonly Finding[]) =>
  list.filter(({ severity, code }) => severity === 'error' && !code.startsWith('L'));

export async function askRehearsal(
  compiled: CompiledSnapshot,
  scene: string,
  { method = 'GET', path, host = 'host.test', headers = [] }: SceneRequest,
  clock: ManualClock,
  localPort: number,
): Promise<Answer> {
  const head = buildRequestHead({ method, scheme: 'http', authority: host, path, headers });
  const connection = {
    remoteAddress: '127.0.0.1',
    remotePort: 1,
    localAddress: '127.0.0.1',
    localPort,
    serverName: '',
    tls: false,
  };
  const verdict = await rehearse(compiled, { listener: scene, request: head, connection }, clock, null);
  const { forwarded } = verdict;
  if (forwarded === null) return replyView(verdict, method);
  const fields = forwarded.headers.names.map(
    (name, index) => [name, forwarded.headers.values[index] as string] as const,
  );
  return {
    status: 200,
    body: ORIGIN_BODY,
    reply: null,
    origin: { target: forwarded.path, host: forwarded.authority, fields: shownFields(fields) },
  };
}

/** As a client reads it, without blanks around values; one of gRPC in its own words. */
function replyView({ status, body, headers, grpc }: Verdict, method: string): Answer {
  const fields = [...headers, ...(grpc ?? [])].map(([name, value]) => [name, value.trim()] as const);
  const isBodiless = method === 'HEAD' || grpc !== null;
  return {
    status: grpc === null ? (status as number) : 200,
    body: isBodiless ? '' : body,
    reply: shownFields(fields),
    origin: null,
  };
}
