import { RawClient, type RawResponse } from '../e2e/raw-exchange.ts';
import type { Answer, OriginView, PlayedClient, PlayedRequest } from './case.ts';
import { connectAs } from './certificates.ts';
import { ECHO_FIELD, readEcho } from './echo-origin.ts';

/** Sends requests one after another to a listener, over one connection as long as it lives. */
export async function playRequests(port: number, requests: readonly PlayedRequest[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  let client: RawClient | null = null;
  let last: PlayedClient | undefined;
  for (const request of requests) {
    if (client !== null && (client.closed || !isSame(last, request.client))) {
      client.close();
      client = null;
    }
    last = request.client;
    client ??= open(port, last);
    let response = await ask(client, request);
    if (response === null) {
      client.close();
      client = open(port, last);
      response = await ask(client, request);
    }
    answers.push(response === null ? CLOSED : answerOf(response, request, port));
    if (response === null || closes(response)) {
      client.close();
      client = null;
    }
  }
  client?.close();
  return answers;
}

const open = (port: number, client: PlayedClient | undefined) =>
  client === undefined ? new RawClient(port) : new RawClient(port, connectAs(client, port));

const isSame = (one: PlayedClient | undefined, other: PlayedClient | undefined) =>
  one?.certificate === other?.certificate && one?.serverName === other?.serverName;

/** Twice the connection was closed without a word. */
const CLOSED: Answer = { status: 0, body: '', headers: [], origin: null };

async function ask(client: RawClient, request: PlayedRequest): Promise<RawResponse | null> {
  client.send(bytesOf(request));
  try {
    return await client.response(request.method, 20_000);
  } catch (error) {
    return { status: -1, reason: '', headers: [], body: String(error) };
  }
}

const closes = ({ status, headers }: RawResponse) =>
  status < 0 || headers.some(([name, value]) => name.toLowerCase() === 'connection' && value === 'close');

/** A request as it goes over the wire; text is UTF-8. */
export function bytesOf({
  method,
  target,
  host,
  headers,
  body,
  isChunked,
  version = '1.1',
}: PlayedRequest): Buffer {
  const lines = [`${method} ${target} HTTP/${version}`, `host: ${host}`];
  for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  if (body === undefined) return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'utf8');
  for (const [name, value] of framingOf({ body, isChunked })) lines.push(`${name}: ${value}`);
  const content = isChunked ? chunksOf(Buffer.from(body, 'utf8')) : Buffer.from(body, 'utf8');
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'utf8'), content]);
}

interface Framed {
  body?: string | undefined;
  isChunked?: boolean | undefined;
}

/** The field that says where the body ends; none where there is no body. */
export function framingOf({ body, isChunked }: Framed): Field[] {
  if (body === undefined) return [];
  return [isChunked ? ['transfer-encoding', 'chunked'] : ['content-length', String(Buffer.byteLength(body))]];
}

const CHUNK_BYTES = 7;

function chunksOf(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    const chunk = bytes.subarray(at, at + CHUNK_BYTES);
    parts.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}

type Field = readonly [name: string, value: string];

function answerOf({ status, headers, body }: RawResponse, request: PlayedRequest, port: number): Answer {
  const echo = headers.find(([name]) => name.toLowerCase() === ECHO_FIELD)?.[1];
  const shown = headers.filter((field) => !isOwn(field));
  const isNamed = status < 0 || headers.some(([name]) => name.toLowerCase() === 'server');
  return {
    status,
    body,
    headers: sortFields([...shown.map(blankTime), ...(isNamed ? [] : NO_SERVER)]),
    origin: echo === undefined ? null : originView(readEcho(echo), request, port),
  };
}

const NO_SERVER: readonly Field[] = [['server', '(none)']];

/** What differs by nature: each proxy's name, unless the configuration gives it one, and the time. */
function isOwn([name, value]: Field): boolean {
  switch (name.toLowerCase()) {
    case ECHO_FIELD:
      return true;
    case 'server':
      return value === 'envoy' || value === 'jotgate';
    case 'date':
      return value.endsWith(' GMT');
    default:
      return false;
  }
}

function blankTime([name, value]: Field): Field {
  switch (name) {
    case 'x-envoy-upstream-service-time':
      return [name, /^\d+$/.test(value) ? '(ms)' : value];
    case 'retry-after':
    case 'x-ratelimit-reset':
      return [name, /^3[56]\d\d$/.test(value) ? '(s)' : value];
    default:
      return [name, value];
  }
}

function originView(head: string, request: PlayedRequest, port: number): OriginView {
  const [first = '', ...lines] = head.split('\r\n');
  const fields = lines.map((line): Field => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).replace(/^ /, '')];
  });
  const hosts = fields.filter(([name]) => name === 'host').map(([, value]) => value);
  return {
    method: first.slice(0, first.indexOf(' ')),
    target: first.slice(first.indexOf(' ') + 1, first.lastIndexOf(' ')),
    host: hosts.join(' and '),
    fields: sortFields(
      fields.filter(([name]) => name !== 'host').map((field) => blankForwarded(field, request, port)),
    ),
  };
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const NO_ID = '00000000-0000-0000-0000-000000000000';

/** The id that the proxy made is not the same twice; one that a client sent is. Nor is its port. */
function blankForwarded([name, value]: Field, { headers }: PlayedRequest, port: number): Field {
  if (name === 'x-forwarded-port') return [name, value === String(port) ? '(own)' : value];
  const isOwn = name === 'x-request-id' && !headers.some(([, sent]) => sent === value);
  return isOwn ? [name, value.replaceAll(UUID, NO_ID)] : [name, value];
}

/** By name; the order of one name's lines is kept. */
function sortFields(fields: readonly Field[]): string[] {
  return fields
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${name}: ${value}`);
}
