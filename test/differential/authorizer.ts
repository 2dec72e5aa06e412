import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** Where the key server answers as an authorizer. */
export const AUTHORIZER_PREFIX = '/authz';

/** Differ from one run to the other. */
const UNLIKE = /^(x-request-id|x-forwarded-for|x-forwarded-port|x-envoy-internal|traceparent):/;

/**
 * Answers a check by its path, always the same, and tells in the reply what it saw: what a filter shows of it to
 * the client or the origin shows what it asked.
 */
export async function authorize(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const seen = seenIn(request, await buffer(request));
  const path = request.url?.split('?')[0] ?? '';
  const digest = createHash('sha256').update(path).digest();
  const status = STATUSES[digest.readUInt16BE(0) % STATUSES.length] as number;
  const headers: [string, string][] = [
    ['x-check', seen.replaceAll('\n', ' | ')],
    ['x-user', 'authorized'],
    ['x-a', 'from the authorizer'],
    ['set-cookie', 'seen=1'],
  ];
  if (status === 302) headers.push(['location', 'http://login.test/']);
  response.writeHead(status, headers.flat()).end(status === 200 ? '' : seen);
}

const STATUSES = [200, 200, 200, 200, 200, 403, 401, 302, 500];

function seenIn({ method, url, rawHeaders }: IncomingMessage, body: Buffer): string {
  const lines: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const line = `${rawHeaders[i]?.toLowerCase()}: ${rawHeaders[i + 1]}`;
    if (!UNLIKE.test(line)) lines.push(line);
  }
  const told =
    body.length === 0 ? [] : [`body: ${body.length} bytes, ${body.toString('base64').slice(0, 40)}`];
  return [`${method} ${url}`, ...lines.sort(), ...told].join('\n');
}
