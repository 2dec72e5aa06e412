import { fromByteString, type MatchedValue, withoutQuery } from '../match/index.ts';
import type { RbacSubject } from './condition.ts';

/** What an expression comes to. `FAULT` is CEL's error: a missing key, a wrong type. */
export type ExpressionValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | readonly ExpressionValue[]
  | ExpressionMap
  | typeof FAULT;

export const FAULT: unique symbol = Symbol('fault');

/** A value with named members. */
export class ExpressionMap {
  readonly #find: (key: string) => ExpressionValue | undefined;

  constructor(find: (key: string) => ExpressionValue | undefined) {
    this.#find = find;
  }

  /** undefined: there is none. */
  get(key: string): ExpressionValue | undefined {
    return this.#find(key);
  }
}

/** The attributes that expressions may name (Envoy: expr/context.cc); undefined for one that is not done. */
export function rootOf(name: string): ((subject: RbacSubject) => ExpressionValue) | undefined {
  switch (name) {
    case 'request':
      return (subject) => new ExpressionMap((key) => requestMember(subject, key));
    case 'metadata':
      return (subject) =>
        new ExpressionMap((key) => (key === 'filter_metadata' ? namespaces(subject) : undefined));
    case 'connection':
      return ({ connection }) =>
        new ExpressionMap((key) => (key === 'requested_server_name' ? connection.serverName : undefined));
    default:
      return undefined;
  }
}

/** Members of the roots that are done; the names of others must not be missed in silence. */
export const MEMBERS: Readonly<Record<string, ReadonlySet<string>>> = {
  request: new Set([
    'path',
    'url_path',
    'host',
    'scheme',
    'method',
    'headers',
    'referer',
    'useragent',
    'id',
    'query',
  ]),
  metadata: new Set(['filter_metadata']),
  connection: new Set(['requested_server_name']),
};

function requestMember({ request }: RbacSubject, key: string): ExpressionValue | undefined {
  switch (key) {
    case 'path':
      return fromByteString(request.path);
    case 'url_path':
      return fromByteString(withoutQuery(request.path));
    case 'query': {
      const bare = withoutQuery(request.path);
      return fromByteString(request.path.slice(bare.length + 1).split('#')[0] as string);
    }
    case 'host':
      return fromByteString(request.authority);
    case 'scheme':
      return request.scheme;
    case 'method':
      return request.method;
    case 'headers':
      return new ExpressionMap((name) => headerOf(request, name.toLowerCase()));
    case 'referer':
      return headerOf(request, 'referer');
    case 'useragent':
      return headerOf(request, 'user-agent');
    case 'id':
      return headerOf(request, 'x-request-id');
    default:
      return undefined;
  }
}

/** All lines of a header, joined. */
function headerOf(
  { path, method, authority, scheme, headers }: RbacSubject['request'],
  name: string,
): string | undefined {
  const pseudo: Record<string, string> = {
    ':path': path,
    ':method': method,
    ':authority': authority,
    host: authority,
    ':scheme': scheme,
  };
  if (Object.hasOwn(pseudo, name)) return fromByteString(pseudo[name] as string);
  const values = headers.values.filter((_, index) => headers.names[index] === name);
  return values.length === 0 ? undefined : fromByteString(values.join(','));
}

function namespaces({ metadataIfAny }: RbacSubject): ExpressionMap {
  return new ExpressionMap((namespace) => {
    const entries = metadataIfAny?.get(namespace);
    if (entries === undefined) return undefined;
    return new ExpressionMap((key) =>
      entries.has(key) ? expressionValueOf(entries.get(key) as MatchedValue) : undefined,
    );
  });
}

function expressionValueOf(value: MatchedValue): ExpressionValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(expressionValueOf);
  const object = value as { readonly [key: string]: MatchedValue };
  return new ExpressionMap((key) =>
    Object.hasOwn(object, key) ? expressionValueOf(object[key] as MatchedValue) : undefined,
  );
}
