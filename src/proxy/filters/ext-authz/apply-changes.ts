import type { HeadLimits } from '../../http/head-parser.ts';
import type { HeaderList } from '../../http/header-list.ts';
import { addRequestLine, addResponseLine, joinLines } from '../../http/join-lines.ts';
import type { RequestHead } from '../../http/request-head.ts';
import { type Changes, type ClientChanges, isOfConnection, type Line } from './answer.ts';

/** Changes the lines of an admitted request's head as the service said; a path among them, but not its query. */
export function changeLines(request: RequestHead, { set, add, append, remove }: Changes): void {
  for (const line of set) setLine(request, line);
  for (const [name, value] of add) if (!isOfConnection(name)) addRequestLine(request.headers, name, value);
  for (const line of append) appendToLine(request, line);
  for (const name of remove) if (!isOfConnection(name)) request.headers.remove(name);
}

export function changesLines({ set, add, append, remove }: Changes): boolean {
  return set.length + add.length + append.length + remove.length > 0;
}

export function changesQuery({ query }: Changes): boolean {
  return query.set.length + query.remove.length > 0;
}

/**
 * Whether a head is longer than any that may come: pseudo-headers count, separators do not. It is asked of heads that were changed alone
 * (Envoy 1.40: ext_authz.cc, onComplete).
 */
export function isTooLarge(
  { method, scheme, authority, path, headers }: RequestHead,
  { headBytesMax, fieldsMax }: HeadLimits,
): boolean {
  const { names, values } = headers;
  let bytes = PSEUDO_NAMES.length + method.length + scheme.length + authority.length + path.length;
  for (let i = 0; i < names.length; i++) bytes += (names[i] as string).length + (values[i] as string).length;
  return bytes > headBytesMax || names.length + PSEUDO_COUNT > fieldsMax;
}

const PSEUDO_NAMES = ':method:scheme:authority:path';
const PSEUDO_COUNT = 4;

/**
 * Whether a route is chosen again by changes, where that is asked for: lines that are only added do not count (Envoy: ext_authz.cc).
 * @param names what alone counts of the fields; null: all of them
 */
export function changesRoute(changes: Changes, names: ReadonlySet<string> | null): boolean {
  const { set, append, remove } = changes;
  const changed = [...set.map(([name]) => name), ...append.map(([name]) => name), ...remove];
  return names === null
    ? changed.length > 0 || changesQuery(changes)
    : changed.some((name) => names.has(name));
}

function setLine(request: RequestHead, [name, value]: Line): void {
  if (name === ':path') request.path = value;
  else if (isHost(name)) request.authority = value;
  else if (!isOfConnection(name)) request.headers.replace(name, value);
}

function appendToLine(request: RequestHead, [name, value]: Line): void {
  const { headers } = request;
  if (name === ':path') request.path = joinLines(request.path, value);
  else if (isHost(name)) request.authority = joinLines(request.authority, value);
  else if (!isOfConnection(name)) headers.setFirst(name, joinLines(headers.get(name) ?? '', value));
}

const isHost = (name: string) => name === ':authority' || name === 'host';

/** Changes an answer's head on its way to the client (Envoy: ext_authz.cc, encodeHeaders). */
export function changeResponse(response: HeaderList, changes: ClientChanges): void {
  for (const [name, value] of changes.add) addResponseLine(response, name, value);
  for (const [name, value] of changes.set) response.replace(name, value);
  for (const [name, value] of changes.addIfAbsent) if (!response.has(name)) response.append(name, value);
  for (const [name, value] of changes.setIfThere) if (response.has(name)) response.replace(name, value);
}
