import { hasControlByte, judgeField } from './judge-field.ts';
import type { RequestHead } from './request-head.ts';

/** Methods whose requests say nothing about a body when they have none (RFC 9110 §8.6). */
const BODILESS_METHODS = new Set(['GET', 'HEAD', 'DELETE', 'TRACE', 'CONNECT']);

/** How the end of a request's body is found (RFC 9112 §6.3). */
export type RequestFraming = 'none' | 'length' | 'chunked';

/** Serialises a request for an upstream: the only bytes of a head that an upstream ever sees. */
export function renderRequestHead(request: RequestHead, framing: RequestFraming): string {
  const { method, headers } = request;
  headers.restoreFraming();
  const { names, values } = headers;
  let out = `${method} ${request.path} HTTP/1.1\r\nhost: ${request.authority}\r\n`;
  for (let i = 0; i < names.length; i++) out += `${names[i]}: ${values[i]}\r\n`;
  if (framing === 'chunked') out += 'transfer-encoding: chunked\r\n';
  else if (framing === 'none' && !BODILESS_METHODS.has(method) && !headers.has('content-length')) {
    out += 'content-length: 0\r\n';
  }
  return `${out}\r\n`;
}

const TARGET = /^[!-~]+$/;

/**
 * Judges what the gate's own parts wrote into a request, for a claim may hold anything. What came off the wire was judged there.
 * @returns what is wrong in Envoy's words, or null
 */
export function findIllegalField(
  request: RequestHead,
  receivedPath: string,
  receivedHost: string = request.authority,
): string | null {
  const { headers } = request;
  if (request.authority !== receivedHost && hasControlByte(request.authority))
    return 'invalid header value for: :authority';
  if (request.unsendablePath === true) return 'invalid header value for: :path';
  if (request.path !== receivedPath && !TARGET.test(request.path)) return 'invalid header value for: :path';
  for (let i = headers.firstUnjudged; i < headers.length; i++) {
    const illegal = judgeField(headers.names[i] as string, headers.values[i] as string);
    if (illegal !== null) return illegal;
  }
  return null;
}
