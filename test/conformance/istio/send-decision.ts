import assert from 'node:assert/strict';
import { type IncomingHttpHeaders, request } from 'node:http';
import type { Origin } from '../../oracle/origin.ts';
import type { DecisionCase } from './decision-groups.ts';

/** Sends a case's request to a gate on loopback and holds reply and forwarded request to what is wanted. */
export async function sendDecision(port: number, origin: Origin, row: DecisionCase): Promise<void> {
  origin.requests.length = 0;
  const reply = await send(port, row);
  const { want } = row;
  assert.equal(reply.status, want.status, reply.body);
  if (want.body !== undefined) assert.equal(reply.body, want.body);
  for (const [header, value] of Object.entries(want.reply ?? {})) {
    assert.equal(reply.headers[header], value, header);
  }
  const [forwarded] = origin.requests;
  assert.equal(forwarded !== undefined, want.status === 200 && want.isOwn !== true);
  for (const [header, value] of Object.entries(want.forwarded ?? {})) {
    assert.equal(joined(forwarded?.headers[header]), value, header);
  }
  if (want.path !== undefined) assert.equal(forwarded?.url, want.path);
}

function joined(value: string | string[] | undefined): string | null {
  return Array.isArray(value) ? value.join(',') : (value?.replaceAll(', ', ',') ?? null);
}

function send(
  port: number,
  { method = 'GET', host = 'a.test', path, headers = {} }: DecisionCase,
): Promise<{ status: number; body: string; headers: IncomingHttpHeaders }> {
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', method, path, headers: { host, ...headers } };
    const outgoing = request(options, async (reply) => {
      const chunks: Buffer[] = [];
      for await (const chunk of reply) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks).toString();
      resolve({ status: reply.statusCode ?? 0, body, headers: reply.headers });
    });
    outgoing.on('error', reject).end();
  });
}
