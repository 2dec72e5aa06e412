import { joinedLines, type MatchedRequest, pseudoHeader, toText, withoutQuery } from '../match/index.ts';
import { type Attribute, type Branch, branch, NOTHING, value } from './attribute.ts';
import type { RbacSubject } from './condition.ts';
import { timestampOfMs } from './expression-time.ts';
import { AttributeMap, ExpressionMap, inDoubt } from './expression-value.ts';

/** `request`. */
export const requestAttributes = (startMsOf: (subject: RbacSubject) => number): Branch =>
  branch({ ...REQUEST, time: value((subject) => timestampOfMs(startMsOf(subject))) });

/** What a request always has, if it be empty, is missing only where there is no request, as of a connection. */
const given = (request: MatchedRequest, bytes: string) => (isNone(request) ? undefined : toText(bytes));

const REQUEST: Readonly<Record<string, Attribute>> = {
  path: value(({ request }) => given(request, request.path)),
  url_path: value(({ request }) => toText(request.path.split('?', 1)[0] as string)),
  query: value(({ request: { path } }) => {
    const bare = withoutQuery(path);
    return toText(path.slice(bare.length + 1).split('#')[0] as string);
  }),
  host: value(({ request }) => given(request, request.authority)),
  scheme: value(({ request }) => given(request, request.scheme)),
  method: value(({ request }) => given(request, request.method)),
  protocol: value(({ request }) => (isNone(request) ? undefined : 'HTTP/1.1')),
  size: value(({ request }, evaluation) =>
    isNone(request) ? inDoubt(evaluation) : sizeOf(headerOf(request, 'content-length')),
  ),
  headers: {
    kind: 'branch',
    isMessage: false,
    member: (name) => value(({ request }) => headerOf(request, name.toLowerCase())),
    whole: ({ subject: { request } }) =>
      new AttributeMap(
        (name) => headerOf(request, name.toLowerCase()),
        () => allHeaders(request),
      ),
    isThere: () => true,
  },
  headers_bytes: value(({ request }) => headerBytes(request)),
  // Nothing of the body has come when the head is judged.
  total_size: value(({ request }, evaluation) =>
    isNone(request) ? inDoubt(evaluation) : headerBytes(request),
  ),
  duration: NOTHING,
  referer: value(({ request }) => headerOf(request, 'referer')),
  useragent: value(({ request }) => headerOf(request, 'user-agent')),
  id: value(({ request }) => headerOf(request, 'x-request-id')),
};

/** Of a connection without a request Envoy counts what has come of it by then, which is no matter of what the client says. */
const isNone = (request: MatchedRequest) => request.method === '';

/** Without a length nothing of the body has come yet. */
function sizeOf(length: string | undefined): bigint | undefined {
  if (length === undefined) return 0n;
  return /^\d{1,18}$/.test(length) ? BigInt(length) : undefined;
}

/** All lines of a header, joined. */
function headerOf(request: MatchedRequest, name: string): string | undefined {
  const single = pseudoHeader(request, name);
  if (single !== undefined) return given(request, single);
  const joined = joinedLines(request.headers, name);
  return joined === undefined ? undefined : toText(joined);
}

function allHeaders(request: MatchedRequest): ExpressionMap {
  const names = new Set([...PSEUDO_HEADERS, ...request.headers.names]);
  const pairs = [...names].flatMap((name) => {
    const found = headerOf(request, name);
    return found === undefined ? [] : [[name, found] as const];
  });
  return ExpressionMap.of(pairs) as ExpressionMap;
}

const PSEUDO_HEADERS = [':path', ':method', ':authority', ':scheme'];

/** Names and values, without what is between them. */
function headerBytes({ path, method, authority, scheme, headers }: MatchedRequest): bigint {
  let size = 0;
  for (const [index, text] of [path, method, authority, scheme].entries()) {
    if (text !== '') size += text.length + (PSEUDO_HEADERS[index] as string).length;
  }
  for (const name of headers.names) size += name.length;
  for (const text of headers.values) size += text.length;
  return BigInt(size);
}
