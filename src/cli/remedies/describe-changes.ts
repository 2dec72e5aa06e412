import { isCredentialName } from '../../base/index.ts';
import { isJsonObject, type JsonObject, type JsonValue, memberOf } from '../../core/jwt/index.ts';
import type { ConnectionInfo, RequestWords } from '../../proxy/rehearsal/index.ts';
import type { TokenPlace } from '../policy-test/policy-test.ts';
import { type Draft, type DraftToken, splitTarget } from './draft.ts';

/** One thing that differs from the request that was asked about. */
export interface Change {
  kind: 'method' | 'host' | 'path' | 'query' | 'header' | 'token' | 'claim' | 'connection';
  /** For a person: `method POST`, `no header x-draft`, `claim scope = "orders:write"`. */
  text: string;
  /** How far from what was asked it leads: what costs least comes first. */
  cost: number;
  /** The draft without this change. */
  undo(draft: Draft): Draft;
}

/** What differs between two drafts, each change by itself. */
export function changesBetween(asked: Draft, draft: Draft, nameOf: (token: DraftToken) => string): Change[] {
  return [
    ...wordChanges(asked.words, draft.words),
    ...connectionChanges(asked.connection, draft.connection),
    ...[...draft.tokens].flatMap(([key, { place, token }]) => tokenChanges(key, place, token, nameOf)),
  ];
}

function wordChanges(asked: RequestWords, words: RequestWords): Change[] {
  const changes: Change[] = [];
  const add = (
    kind: Change['kind'],
    text: string,
    cost: number,
    undo: (words: RequestWords) => RequestWords,
  ) => {
    changes.push({ kind, text, cost, undo: (draft) => ({ ...draft, words: undo(draft.words) }) });
  };
  if (asked.method !== words.method) {
    add('method', `method ${words.method}`, 2, (now) => ({ ...now, method: asked.method }));
  }
  const hostOf = ({ authority, headers }: RequestWords) =>
    headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? authority;
  if (hostOf(asked) !== hostOf(words)) {
    const own = asked.headers.filter(([name]) => name.toLowerCase() === 'host');
    add('host', `host ${words.authority}`, 5, (now) => ({
      ...now,
      authority: asked.authority,
      headers: [...now.headers, ...own],
    }));
  }
  const [askedPath, askedQuery] = splitTarget(asked.path);
  const [path, query] = splitTarget(words.path);
  if (askedPath !== path) {
    add('path', `path ${path}`, 4, (now) => ({ ...now, path: target(askedPath, splitTarget(now.path)[1]) }));
  }
  if (askedQuery !== query) {
    const text = query === null ? 'no query' : `query ${query}`;
    add('query', text, 2, (now) => ({ ...now, path: target(splitTarget(now.path)[0], askedQuery) }));
  }
  for (const name of headerNames(asked, words)) {
    const before = linesOf(asked, name);
    const after = linesOf(words, name);
    if (JSON.stringify(before) === JSON.stringify(after)) continue;
    add('header', headerText(name, after), 2, (now) => ({
      ...now,
      headers: restoreHeader(asked, now, name),
    }));
  }
  return changes;
}

/** A credential is where its matcher stands in the configuration, and stays there. */
function headerText(name: string, lines: readonly string[]): string {
  if (lines.length === 0) return `no header ${name}`;
  return `header ${name}: ${isCredentialName(name) ? '(not shown)' : lines.join(', ')}`;
}

const target = (path: string, query: string | null) => (query === null ? path : `${path}?${query}`);

function headerNames(...all: readonly RequestWords[]): Set<string> {
  return new Set(
    all
      .flatMap(({ headers }) => headers.map(([name]) => name.toLowerCase()))
      .filter((name) => name !== 'host'),
  );
}

const linesOf = ({ headers }: RequestWords, wanted: string) =>
  headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);

/** The asked lines where they stood, so that a request with all undone is the asked one. */
function restoreHeader(asked: RequestWords, now: RequestWords, wanted: string): RequestWords['headers'] {
  const isIt = ([name]: readonly [string, string]) => name.toLowerCase() === wanted;
  const others = now.headers.filter((line) => !isIt(line));
  const lines = asked.headers.filter((line) => isIt(line) || others.some((other) => other === line));
  return [...lines, ...others.filter((line) => !lines.includes(line))];
}

function connectionChanges(asked: ConnectionInfo, now: ConnectionInfo): Change[] {
  const changes: Change[] = [];
  const add = (text: string, fields: Partial<ConnectionInfo>) => {
    const undo = (draft: Draft) => ({ ...draft, connection: { ...draft.connection, ...fields } });
    changes.push({ kind: 'connection', text, cost: 6, undo });
  };
  if (asked.remoteAddress !== now.remoteAddress) {
    add(`from address ${now.remoteAddress}`, { remoteAddress: asked.remoteAddress });
  }
  if (asked.tls !== now.tls || asked.serverName !== now.serverName) {
    const name = now.serverName === '' ? '' : ` to ${now.serverName}`;
    add(now.tls ? `over TLS${name}` : 'without TLS', { tls: asked.tls, serverName: asked.serverName });
  }
  const [shown] = [...(now.peer?.uriNames ?? []), ...(now.peer?.dnsNames ?? [])];
  if (now.peer !== asked.peer && shown !== undefined) {
    add(`with a client certificate of ${shown}`, { peer: asked.peer ?? null });
  }
  return changes;
}

export function placeText(place: TokenPlace): string {
  if (place.kind === 'query') return `query parameter ${place.name}`;
  const prefix = place.kind === 'header' && place.prefix !== '' ? ` after "${place.prefix}"` : '';
  return `${place.kind} ${place.name.toLowerCase()}${prefix}`;
}

function tokenChanges(
  key: string,
  place: TokenPlace,
  token: DraftToken | null,
  nameOf: (token: DraftToken) => string,
): Change[] {
  const undo = (draft: Draft): Draft => ({
    ...draft,
    tokens: new Map([...draft.tokens].filter(([other]) => other !== key)),
  });
  if (token === null) return [{ kind: 'token', text: `no token in ${placeText(place)}`, cost: 3, undo }];
  const { base, claims } = token;
  const name = nameOf(token);
  if (base === null) {
    const own = claimChanges(key, {}, claims);
    const said = own.map(({ text }) => text).join(', ');
    const text = `a token of ${name} in ${placeText(place)}${said === '' ? '' : ` (${said})`}`;
    return [
      { kind: 'token', text, cost: 3 + own.length, undo },
      ...own.map((one) => ({ ...one, text: '', cost: 0 })),
    ];
  }
  const changed = claimChanges(key, base, claims);
  if (changed.length > 0) return [{ kind: 'token', text: '', cost: 1, undo }, ...changed];
  return [
    { kind: 'token', text: `the token in ${placeText(place)} signed by a key of ${name}`, cost: 3, undo },
  ];
}

function claimChanges(key: string, base: JsonObject, claims: JsonObject): Change[] {
  const names = new Set([...Object.keys(base), ...Object.keys(claims)]);
  return [...names].flatMap((name) => {
    const before = memberOf(base, name);
    const after = memberOf(claims, name);
    if (JSON.stringify(before) === JSON.stringify(after)) return [];
    const undo = (draft: Draft) => withClaimUndone(draft, key, name, before);
    return [{ kind: 'claim' as const, text: claimText(name, before, after), cost: 1, undo }];
  });
}

function withClaimUndone(draft: Draft, key: string, name: string, before: JsonValue | undefined): Draft {
  const edit = draft.tokens.get(key);
  if (edit?.token === undefined || edit.token === null) return draft;
  const rest = Object.entries(edit.token.claims).filter(([other]) => other !== name);
  const claims = Object.fromEntries(before === undefined ? rest : [...rest, [name, before]]);
  return {
    ...draft,
    tokens: new Map([...draft.tokens, [key, { ...edit, token: { ...edit.token, claims } }]]),
  };
}

/** What is wanted, never what was there. */
function claimText(name: string, before: JsonValue | undefined, after: JsonValue | undefined): string {
  if (after === undefined) return `no claim ${name}`;
  if (name === 'exp') return 'an exp that is not past';
  if (
    typeof before === 'string' &&
    typeof after === 'string' &&
    before !== '' &&
    after.startsWith(`${before} `)
  ) {
    return `claim ${name} with ${JSON.stringify(after.slice(before.length + 1))} too`;
  }
  if (
    Array.isArray(before) &&
    Array.isArray(after) &&
    before.length > 0 &&
    after.length === before.length + 1
  ) {
    return `claim ${name} with ${JSON.stringify(after.at(-1))} too`;
  }
  const inner = isJsonObject(before) && isJsonObject(after) ? innerText(before, after) : undefined;
  return `claim ${name}${inner ?? ` = ${JSON.stringify(after)}`}`;
}

/** Of an object only the member that differs. */
function innerText(before: JsonObject, after: JsonObject): string | undefined {
  const differing = Object.keys(after).filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
  const [name] = differing;
  return differing.length === 1 && name !== undefined
    ? `.${name} = ${JSON.stringify(after[name])}`
    : undefined;
}
