import type { Clock, Recorder } from '../../src/base/index.ts';
import {
  buildRequestHead,
  type CompiledSnapshot,
  type RequestHead,
  rehearse,
} from '../../src/proxy/rehearsal/index.ts';
import { type LogEntry, metadataOf } from './access-log.ts';
import type { Answer, PlayedRequest } from './case.ts';
import { handshakeOf, identityOf } from './certificates.ts';
import type { Difference } from './compare.ts';
import { ORIGIN_BODY, OTHER_ANSWERS, WANT_FIELD } from './echo-origin.ts';
import { bytesOf, framingOf } from './play.ts';

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
  /^(x-request-id|x-forwarded-proto|x-forwarded-for|x-envoy-.*|content-length|connection|transfer-encoding|te|keep-alive|proxy-connection|upgrade):/;

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

/** A head that is no HTTP, or too long. */
const OF_CODEC = [400, 431];

/** What a gate on the way and a rehearsal must agree on. What the codec refuses is not rehearsed. */
export function compareOutcomes(gate: Outcome, rehearsal: Outcome): Difference[] {
  if (OF_CODEC.includes(gate.status) && rehearsal.status !== gate.status) return [];
  const parts: (keyof Outcome)[] = ['status', 'body', 'challenge', 'origin'];
  return parts
    .filter((part) => part !== 'body' || ![204, 304].includes(gate.status))
    .map((part) => ({ part, envoy: JSON.stringify(gate[part]), jotgate: JSON.stringify(rehearsal[part]) }))
    .filter(({ envoy, jotgate }) => envoy !== jotgate);
}

/** Heads that no configuration of the generator finds too large. */
const SMALL_HEAD_BYTES = 1024;

/** A head, or for those that only the codec makes one of, or none, their bytes. */
function headOf(played: PlayedRequest): RequestHead | Uint8Array {
  const { method, target, host, headers, client, version } = played;
  const isPlain = /^\/[!"$-~]*$/.test(target) && !headers.some(([name]) => name === 'connection');
  const bytes = bytesOf(played);
  const length = bytes.indexOf('\r\n\r\n') + 4;
  if (version !== undefined || !isPlain || length > SMALL_HEAD_BYTES) return bytes.subarray(0, length);
  const scheme = client === undefined ? 'http' : 'https';
  const fields = [...headers, ...framingOf(played)];
  return buildRequestHead({ method, scheme, authority: host, path: target, headers: fields });
}

const bodyOf = (other: (typeof OTHER_ANSWERS)[string] | undefined) =>
  other === undefined || other.body !== null ? ORIGIN_BODY : '';

/** Plays a request through a compiled case without a socket. */
export async function rehearseRequest(
  compiled: CompiledSnapshot,
  played: PlayedRequest,
  { port: localPort, nodeAddress }: { port: number; nodeAddress?: string },
  clock: Clock,
  recorder: Recorder | null,
): Promise<Rehearsed> {
  const { method, client } = played;
  const connection = {
    remoteAddress: '127.0.0.1',
    remotePort: 40_000,
    localAddress: '127.0.0.1',
    localPort,
    serverName: client?.serverName ?? '',
    tls: client !== undefined,
    peer: client === undefined ? null : identityOf(client),
    certificates: client === undefined ? null : handshakeOf(client),
  };
  const verdict = await rehearse(
    compiled,
    { request: headOf(played), connection, nodeAddress },
    clock,
    recorder,
  );
  const { forwarded, grpc, details, metadata } = verdict;
  const isOwnPort = (name: string, value: string) =>
    name === 'x-forwarded-port' && value === String(localPort);
  const other = OTHER_ANSWERS[forwarded?.headers.get(WANT_FIELD) ?? ''];
  const status = verdict.status ?? other?.status ?? 200;
  const said = verdict.status === null ? bodyOf(other) : verdict.body;
  return {
    logged: { status, details, metadata: metadataOf(metadata) },
    status: grpc === null ? status : 200,
    body: method === 'HEAD' || grpc !== null ? '' : said,
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
              .map(([name, value]) => `${name}: ${isOwnPort(name, value) ? '(own)' : value}`)
              .filter((line) => !LATER.test(line)),
          },
  };
}
