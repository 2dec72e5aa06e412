import { toText } from '../../../core/match/index.ts';
import type { HeaderList } from '../../http/header-list.ts';
import type { MetadataValue } from '../filter.ts';
import { type Changes, isOfConnection, type Line, NO_CLIENT_CHANGES, type OwnReply } from './answer.ts';
import type { NameList } from './name-list.ts';

/** Names the request's headers that the service wants taken off, with commas between them. */
const REMOVAL_HEADER = 'x-envoy-auth-headers-to-remove';

/** What of the service's answer goes where. */
export interface AnswerLists {
  upstreamHeaders: NameList;
  upstreamHeadersToAppend: NameList;
  clientHeaders: NameList;
  clientHeadersOnSuccess: NameList;
  metadataHeaders: NameList;
}

const linesOf = (headers: HeaderList): Line[] =>
  headers.names.map((name, index) => [name, headers.values[index] as string]);

/** What an admitted request is to be changed to. */
export function changesOf(answer: HeaderList, lists: AnswerLists): Changes {
  const lines = linesOf(answer);
  const client = lines.filter(([name]) => !isOfConnection(name) && lists.clientHeadersOnSuccess.has(name));
  return {
    set: lines.filter(([name]) => lists.upstreamHeaders.has(name)),
    add: lines.filter(([name]) => lists.upstreamHeadersToAppend.has(name)),
    append: [],
    remove: lines
      .filter(([name]) => name === REMOVAL_HEADER)
      .flatMap(([, value]) => value.split(',').map((name) => name.trim().toLowerCase())),
    query: { set: [], remove: [] },
    client: { ...NO_CLIENT_CHANGES, add: client },
  };
}

/** Entries of the metadata; the last of repeated lines counts. */
export function metadataOf(
  answer: HeaderList,
  { metadataHeaders }: AnswerLists,
): (readonly [string, MetadataValue])[] {
  return linesOf(answer)
    .filter(([name]) => metadataHeaders.has(name))
    .map(([name, value]) => [name, toText(value)]);
}

/** What belongs to the service's own connection and message. */
const OF_THE_MESSAGE = new Set(['content-length', 'transfer-encoding', 'connection', 'host']);
/** What a client is told even where a list says what it may be told. */
const ALWAYS_TOLD = new Set(['www-authenticate', 'location']);

const SERVICE_TIME = 'x-envoy-upstream-service-time';

/** Adds what Envoy's own client adds to an answer, over what the service itself says there: how long it took. */
export function tellServiceTime(answer: HeaderList, durationMs: number): void {
  answer.set(SERVICE_TIME, String(durationMs));
}

/** The service's refusal, handed on. */
export function refusalOf(
  answer: { status: number; headers: HeaderList; body: string },
  { clientHeaders }: AnswerLists,
): OwnReply {
  const headers = linesOf(answer.headers).filter(
    ([name]) =>
      !OF_THE_MESSAGE.has(name) &&
      (clientHeaders.isEmpty || ALWAYS_TOLD.has(name) || clientHeaders.has(name)),
  );
  return { status: answer.status, body: answer.body, headers };
}
