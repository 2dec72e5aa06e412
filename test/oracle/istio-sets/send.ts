import { Agent, request } from 'node:http';
import type { Origin, RecordedRequest } from '../origin.ts';
import type { SetRequest } from './generate-request.ts';

/** What one proxy did with a request, as far as it must not differ. */
export interface Outcome {
  status: number;
  body: string;
  location: string | null;
  challenge: string | null;
  forwarded: { method: string; url: string; headers: Record<string, string> } | null;
}

/** Names that differ by design or by run: ids, times, addresses. */
const OWN = new Set([
  'x-request-id',
  'x-forwarded-for',
  'x-envoy-external-address',
  'connection',
  'x-envoy-internal',
]);

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

export async function sendTo(port: number, origin: Origin, row: SetRequest): Promise<Outcome> {
  origin.requests.length = 0;
  const reply = await exchange(port, row);
  const [forwarded] = origin.requests;
  return { ...reply, forwarded: forwarded === undefined ? null : seen(forwarded) };
}

export function closeAgent(): void {
  agent.destroy();
}

function seen({ method, url, rawHeaders }: RecordedRequest) {
  const headers: Record<string, string> = {};
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase();
    if (OWN.has(name)) continue;
    const value = rawHeaders[i + 1] as string;
    headers[name] = headers[name] === undefined ? value : `${headers[name]},${value}`;
  }
  return { method, url, headers };
}

function exchange(
  port: number,
  { method, host, path, headers }: SetRequest,
): Promise<Omit<Outcome, 'forwarded'>> {
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', agent, method, path, headers: { host, ...headers } };
    const outgoing = request(options, async (reply) => {
      const chunks: Buffer[] = [];
      for await (const chunk of reply) chunks.push(chunk as Buffer);
      const { location = null } = reply.headers;
      resolve({
        status: reply.statusCode ?? 0,
        body: Buffer.concat(chunks).toString(),
        location,
        challenge: reply.headers['www-authenticate'] ?? null,
      });
    });
    outgoing.on('error', reject).end();
  });
}
