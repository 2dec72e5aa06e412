import { toByteString } from '../../core/match/index.ts';
import type { ConnectionInfo, DynamicMetadata, MetadataValue } from '../filters/filter.ts';
import type { RequestHead } from '../http/request-head.ts';
import { jsonText } from '../json-text.ts';

/** What a format string may ask of an exchange. */
export interface FormatSource {
  readonly request: RequestHead;
  readonly connection: ConnectionInfo;
  readonly metadataIfAny: DynamicMetadata | null;
  readonly route: { readonly name: string } | null;
}

/** A compiled header value: literal text with `%OPERATOR(…)%` in it (Envoy: substitution formatter). */
export interface HeaderFormat {
  /** A byte string; what an operator finds nothing for is left out. */
  render(source: FormatSource): string;
}

type Part = (source: FormatSource) => string | undefined;

const OPERATOR = /%(?:%|([A-Z_]+)(?:\(([^)]*)\))?(?::(\d+))?%)/g;

/**
 * Compiles a header value.
 * @returns the format, or the operator (or stray `%`) that cannot be done
 */
export function compileHeaderFormat(text: string): { format: HeaderFormat } | { unsupported: string } {
  const parts: Part[] = [];
  let end = 0;
  for (const found of text.matchAll(OPERATOR)) {
    parts.push(literal(text.slice(end, found.index)));
    const part = found[1] === undefined ? literal('%') : compileOperator(found[1], found[2], found[3]);
    if (part === null) return { unsupported: found[0] };
    parts.push(part);
    end = found.index + found[0].length;
  }
  parts.push(literal(text.slice(end)));
  const stray = text.replaceAll(OPERATOR, '').includes('%');
  if (stray) return { unsupported: '%' };
  return { format: { render: (source) => parts.map((part) => part(source) ?? '').join('') } };
}

function literal(text: string): Part {
  const bytes = toByteString(text);
  return () => bytes;
}

function compileOperator(
  name: string,
  argument: string | undefined,
  length: string | undefined,
): Part | null {
  const part = selectOperator(name, argument);
  if (part === null || length === undefined) return part;
  const max = Number(length);
  return (source) => part(source)?.slice(0, max);
}

function selectOperator(name: string, argument: string | undefined): Part | null {
  if (argument !== undefined) {
    if (name === 'REQ') return compileRequestHeader(argument);
    if (name === 'DYNAMIC_METADATA') return compileMetadata(argument);
    return null;
  }
  switch (name) {
    case 'DOWNSTREAM_REMOTE_ADDRESS':
      return ({ request, connection }) =>
        request.clientAddress === undefined
          ? `${connection.remoteAddress}:${connection.remotePort}`
          : `${withBrackets(request.clientAddress)}:0`;
    case 'DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT':
      return ({ request, connection }) => request.clientAddress ?? connection.remoteAddress;
    case 'DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT':
      return ({ connection }) => connection.remoteAddress;
    case 'REQUESTED_SERVER_NAME':
      return ({ connection }) => connection.serverName;
    case 'ROUTE_NAME':
      return ({ route }) => route?.name;
    default:
      return null;
  }
}

const withBrackets = (address: string) => (address.includes(':') ? `[${address}]` : address);

/** `REQ(X?Y)`: the first line of X, or of Y where X is missing. */
function compileRequestHeader(argument: string): Part {
  const [first, second] = argument.toLowerCase().split('?');
  return ({ request }) => headerOf(request, first as string) ?? (second && headerOf(request, second));
}

/** A header as matchers and formats name it: the first line of that name, or what stands behind a pseudo-header. */
export function headerOf(request: RequestHead, name: string): string | undefined {
  switch (name) {
    case ':path':
      return request.path;
    case ':method':
      return request.method;
    case ':authority':
    case 'host':
      return request.authority;
    case ':scheme':
      return request.scheme;
    default:
      return request.headers.get(name);
  }
}

/** `DYNAMIC_METADATA(namespace:key:key)`; text bare, anything else as JSON with sorted keys. */
function compileMetadata(argument: string): Part {
  const [namespace, ...path] = argument.split(':');
  return ({ metadataIfAny }) => {
    const entries = metadataIfAny?.get(namespace as string);
    if (entries === undefined) return undefined;
    let value: MetadataValue | undefined =
      path.length === 0 ? Object.fromEntries(entries) : entries.get(path[0] as string);
    for (const key of path.slice(1)) value = memberOf(value, key);
    if (value === undefined || value === null) return undefined;
    return toByteString(typeof value === 'string' ? value : jsonText(value, 'metadata'));
  };
}

function memberOf(value: MetadataValue | undefined, key: string): MetadataValue | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, key) ? value[key] : undefined;
}
