import type { HeaderList } from '../../http/header-list.ts';
import { addRequestLine, addResponseLine } from '../../http/join-lines.ts';
import type { LocalReply, MetadataValue } from '../filter.ts';
import type { ServiceSettings } from './service.ts';

/** Names the request's headers that the service wants taken off, with commas between them. */
const REMOVAL_HEADER = 'x-envoy-auth-headers-to-remove';

type Line = readonly [name: string, value: string];

const linesOf = (headers: HeaderList): Line[] =>
  headers.names.map((name, index) => [name, headers.values[index] as string]);

/** Changes an admitted request as the service said. @returns whether anything was changed */
export function changeRequest(request: HeaderList, answer: HeaderList, settings: ServiceSettings): boolean {
  const lines = linesOf(answer);
  const set = lines.filter(([name]) => settings.upstreamHeaders.has(name));
  const append = lines.filter(([name]) => settings.upstreamHeadersToAppend.has(name));
  const remove = lines.filter(([name]) => name === REMOVAL_HEADER).flatMap(([, value]) => value.split(','));
  for (const [name, value] of set) request.set(name, value);
  for (const [name, value] of append) addRequestLine(request, name, value);
  for (const name of remove) request.remove(name.trim().toLowerCase());
  return set.length + append.length + remove.length > 0;
}

/** Lines that the client of an admitted request is to have besides the origin's. */
export function clientLines(answer: HeaderList, { clientHeadersOnSuccess }: ServiceSettings): Line[] {
  return linesOf(answer).filter(([name]) => clientHeadersOnSuccess.has(name));
}

export function addClientLines(response: HeaderList, lines: readonly Line[]): void {
  for (const [name, value] of lines) addResponseLine(response, name, value);
}

/** Entries of the metadata; the last of repeated lines counts. */
export function metadataOf(
  answer: HeaderList,
  { metadataHeaders }: ServiceSettings,
): [string, MetadataValue][] {
  return linesOf(answer)
    .filter(([name]) => metadataHeaders.has(name))
    .map(([name, value]): [string, MetadataValue] => [name, Buffer.from(value, 'latin1').toString('utf8')]);
}

/** What belongs to the service's own connection and message. */
const OF_THE_MESSAGE = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'date',
  'server',
  'host',
]);
/** What a client is told even where a list says what it may be told. */
const ALWAYS_TOLD = new Set(['www-authenticate', 'location']);

const SERVICE_TIME = 'x-envoy-upstream-service-time';

/**
 * The service's refusal, handed on.
 * @param durationMs how long the service took, which Envoy's own client adds to the answer
 */
export function denialReply(
  answer: { status: number; headers: HeaderList; body: string },
  { clientHeaders }: ServiceSettings,
  durationMs: number,
): LocalReply {
  const lines = linesOf(answer.headers).filter(([name]) => name !== SERVICE_TIME);
  const headers = [...lines, [SERVICE_TIME, String(durationMs)] as const].filter(
    ([name]) =>
      !OF_THE_MESSAGE.has(name) &&
      (clientHeaders.isEmpty || ALWAYS_TOLD.has(name) || clientHeaders.has(name)),
  );
  return { status: answer.status, body: answer.body, headers, details: 'ext_authz_denied' };
}

/** No answer that counts. */
export function errorReply(status: number): LocalReply {
  return { status, body: '', headers: [], details: 'ext_authz_error' };
}
