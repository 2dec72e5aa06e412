import type { ConnectionInfo } from '../filters/filter.ts';
import type { HttpOptions } from '../http/http-options.ts';
import { firstRefusal, forgetHead, mistakesTransport } from '../http/prepare-request.ts';
import { ReceivedRequest } from '../http/received-request.ts';
import { REFUSAL, type Refusal } from '../http/refusal.ts';
import type { RequestHead } from '../http/request-head.ts';
import { RequestParser } from '../http/request-parser.ts';
import type { RequestWords } from './build-request.ts';

/** The head as a client would send it, nothing tidied up; a `host` among the headers takes the authority's place. */
export function writeRequestHead({ method, authority, path, headers }: RequestWords): Buffer {
  const names = headers.map(([name]) => name.toLowerCase());
  const host = names.includes('host') ? [] : [['host', authority] as const];
  const lines = [...host, ...headers].map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
}

/** Takes a head as if it had just been read: its scheme is yet to be set. */
export function takeHead(request: RequestHead): { request: RequestHead; refusal: null } {
  request.scheme = request.targetScheme ?? '';
  return { request, refusal: null };
}

/**
 * Reads a head with the data path's own parser.
 * @returns also why it is refused, with as much of the request as there was until then
 */
export function readHead(
  bytes: Uint8Array,
  connection: ConnectionInfo,
  options: HttpOptions,
): { request: RequestHead; refusal: Refusal | null } {
  const parser = new RequestParser(options.limits);
  const end = parser.parse(Buffer.from(bytes), 0, bytes.length);
  const request = new ReceivedRequest(parser);
  if (end >= 0) {
    const refusal = mistakesTransport(parser, connection, options) ? REFUSAL.schemeMismatch : null;
    return { request, refusal };
  }
  if (parser.refusal !== null)
    return { request, refusal: firstRefusal(parser.refusal, request, connection, options) };
  // A head that is not whole stays without an answer until its time is up.
  forgetHead(request);
  return { request, refusal: REFUSAL.headTimeout };
}
