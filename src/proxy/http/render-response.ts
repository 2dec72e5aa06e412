import { type HeaderList, isFraming } from './header-list.ts';
import type { HttpService } from './http-service.ts';
import { judgeField } from './judge-field.ts';
import { statusLine } from './reason-phrases.ts';

/** The head of an upstream's response, as it goes to the client. */
export interface ResponseWords {
  status: number;
  headers: HeaderList;
  /** A chunked body follows. */
  chunked: boolean;
  close: boolean;
}

/** Serialises an upstream's response head for the client, with what Envoy adds and in Envoy's order. */
export function renderResponseHead(service: HttpService, response: ResponseWords): string {
  const { options } = service;
  response.headers.restoreFraming();
  const { names, values, firstUnjudged } = response.headers;
  let out = statusLine(response.status);
  let hasDate = false;
  let hasServer = false;
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    if (i >= firstUnjudged && !isSendable(name, values[i] as string)) continue;
    switch (name) {
      case 'date':
        hasDate = true;
        break;
      case 'content-length':
        if (response.status === 204 || response.chunked) continue;
        break;
      case 'server':
        if (options.serverHeader === 'overwrite') {
          if (!hasServer) out += `server: ${options.serverName}\r\n`;
          hasServer = true;
          continue;
        }
        hasServer = true;
        break;
    }
    out += `${name}: ${values[i]}\r\n`;
  }
  if (!hasDate) out += service.date.line;
  if (!hasServer && options.serverHeader !== 'pass-through') out += `server: ${options.serverName}\r\n`;
  if (response.close) out += 'connection: close\r\n';
  return response.chunked ? `${out}transfer-encoding: chunked\r\n\r\n` : `${out}\r\n`;
}

/**
 * What a format or a filter wrote may hold anything, for claims do: a line that could be taken for two is sent to nobody. Nor are fields
 * about the connection, whatever wrote them (Envoy: conn_manager_utility.cc, mutateResponseHeaders).
 */
const isSendable = (name: string, value: string): boolean =>
  judgeField(name, value) === null && !OF_CONNECTION.has(name);

const OF_CONNECTION = new Set(['connection', 'upgrade', 'proxy-connection']);

/** A reply of the gate's own, as it goes to the client. */
export interface LocalWords {
  status: number;
  /** One character per byte. */
  body: string;
  headers: HeaderList;
  /** The request was HEAD: the head of the reply, without its body. */
  bodiless: boolean;
  /** The client speaks HTTP/1.1. */
  readsChunks: boolean;
  close: boolean;
}

/** Serialises a reply of the gate's own, in Envoy's order of fields (envoy.md §2.2). */
export function renderLocalReply(service: HttpService, reply: LocalWords): string {
  const { status, body, headers } = reply;
  const { names, values } = headers;
  const mayHaveBody = status !== 204 && status !== 304;
  let out = statusLine(status);
  const overwrites = service.options.serverHeader === 'overwrite';
  const length = mayHaveBody && body !== '' ? `content-length: ${body.length}\r\n` : '';
  let hasLength = false;
  let hasDate = false;
  let hasServer = false;
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    if (!isSendable(name, values[i] as string)) continue;
    if (isFraming(name)) {
      if (!hasLength) out += length;
      hasLength = true;
      continue;
    }
    if (name === 'date') hasDate = true;
    else if (name === 'server') {
      if (overwrites) continue;
      hasServer = true;
    }
    out += `${name}: ${values[i]}\r\n`;
  }
  if (!hasLength) out += length;
  if (!hasDate) out += service.date.line;
  if (!hasServer && service.options.serverHeader !== 'pass-through')
    out += `server: ${service.options.serverName}\r\n`;
  if (reply.close) out += 'connection: close\r\n';
  if (mayHaveBody && body === '') {
    if (!reply.bodiless) out += 'content-length: 0\r\n';
    else if (reply.readsChunks) out += 'transfer-encoding: chunked\r\n';
  }
  out += '\r\n';
  return mayHaveBody && !reply.bodiless ? out + body : out;
}
