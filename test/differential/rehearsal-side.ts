import type { Clock, Recorder } from '../../src/base/index.ts';
import { buildRequestHead, type CompiledSnapshot, rehearse } from '../../src/proxy/rehearsal/index.ts';
import { type LogEntry, metadataOf } from './access-log.ts';
import type { Answer, PlayedRequest } from './case.ts';
import { identityOf } from './certificates.ts';
import type { Difference } from './compare.ts';
import { ORIGIN_BODY } from './echo-origin.ts';

/** As much of an answer as a rehearsal tells: the router's and the codec's own fields are not among it. */
export interface Outcome {
  status: number;
  body: string;
  challenge: string | null;
  origin: { target: string; host: string; fields: string[] } | null;
}

/** An outcome, and what would be logged of it. */
export interface Rehearsed extends Outcome {
  logged: LogEntry;
}

/** Fields that come after the part that is rehearsed. */
const LATER =
  /^(x-request-id|x-forwarded-proto|x-forwarded-for|x-envoy-.*|content-length|connection|transfer-encoding):/;

export function outcomeOf({ status, body, headers, origin }: Answer): Outcome {
  return {
    status,
    body,
    challenge: headers.find((line) => line.startsWith('www-authenticate: '))?.slice(18) ?? null,
    origin:
      origin === null
        ? null
        : {
            target: origin.target,
            host: origin.host,
            fields: origin.fields.filter((line) => !LATER.test(line)),
          },
  };
}

/**
 * What a gate on the way and a rehearsal must agree on. What the codec refuses is not rehearsed, nor is what becomes of a reply on its
 * way out: a gRPC client's form of it, the route's changes of its headers.
 */
export function compareOutcomes(gate: Outcome, rehearsal: Outcome, request: PlayedRequest): Difference[] {
  if (gate.status === 400 && rehearsal.status !== 400) return [];
  const isGrpc = request.headers.some(([name, value]) => name === 'content-type' && /grpc/.test(value));
  const parts: (keyof Outcome)[] = isGrpc ? ['origin'] : ['status', 'body', 'origin'];
  if (!isGrpc && gate.challenge !== null) parts.push('challenge');
  return parts
    .filter((part) => part !== 'body' || ![204, 304].includes(gate.status))
    .map((part) => ({ part, envoy: JSON.stringify(gate[part]), jotgate: JSON.stringify(rehearsal[part]) }))
    .filter(({ envoy, jotgate }) => envoy !== jotgate);
}

/** Plays a request through a compiled case without a socket. */
export async function rehearseRequest(
  compiled: CompiledSnapshot,
  { method, target, host, headers, client }: PlayedRequest,
  { port: localPort, nodeAddress }: { port: number; nodeAddress?: string },
  clock: Clock,
  recorder: Recorder | null,
): Promise<Rehearsed> {
  const scheme = client === undefined ? 'http' : 'https';
  const request = buildRequestHead({ method, scheme, authority: host, path: target, headers });
  const connection = {
    remoteAddress: '127.0.0.1',
    remotePort: 40_000,
    localAddress: '127.0.0.1',
    localPort,
    serverName: client?.serverName ?? '',
    tls: client !== undefined,
    peer: client === undefined ? null : identityOf(client),
  };
  const verdict = await rehearse(compiled, { request, connection, nodeAddress }, clock, recorder);
  const { forwarded, details, metadata } = verdict;
  const status = verdict.status ?? 200;
  return {
    logged: { status, details, metadata: metadataOf(metadata) },
    status,
    body: method === 'HEAD' ? '' : verdict.status === null ? ORIGIN_BODY : verdict.body,
    challenge: verdict.headers.find(([name]) => name === 'www-authenticate')?.[1] ?? null,
    origin:
      forwarded === null
        ? null
        : {
            target: forwarded.path,
            host: forwarded.authority,
            fields: forwarded.headers.names
              .map((name, index) => [name, forwarded.headers.values[index] as string] as const)
              .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
              .map(([name, value]) => `${name}: ${value}`)
              .filter((line) => !LATER.test(line)),
          },
  };
}
