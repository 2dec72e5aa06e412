import { fromByteString, type MatchedRequest, type MetadataSource, withoutQuery } from '../match/index.ts';
import type { RbacSubject } from './condition.ts';
import { ExpressionMap, type ExpressionValue, FAULT } from './expression-value.ts';

/** What attributes need to know beside the subject. */
export interface AttributeContext {
  /** The client as the connection manager sees it, which a forwarded-for header may have a say in. */
  remotePeerOf(subject: RbacSubject): { address: string; port: number };
}

/**
 * One of the attributes that expressions may name (Envoy: expr/context.cc), as a function of its next key. undefined: there is no such
 * key. A branch has more keys under it and is no value by itself.
 */
export type Attribute =
  | { kind: 'value'; read(subject: RbacSubject): ExpressionValue | undefined }
  | { kind: 'branch'; member(key: string): Attribute | null | 'not done' };

const value = (read: (subject: RbacSubject) => ExpressionValue | undefined): Attribute => ({
  kind: 'value',
  read,
});
const NOTHING = value(() => undefined);

/** `not done`: Envoy knows it; null: Envoy does not either, and every expression that comes to it is a fault. */
export function rootOf(name: string, context: AttributeContext): Attribute | null | 'not done' {
  switch (name) {
    case 'request':
      return branch(REQUEST, 'time duration total_size headers_bytes');
    case 'metadata':
      return branch(
        { filter_metadata: namespaces(({ metadataIfAny }) => metadataIfAny) },
        'typed_filter_metadata',
      );
    case 'connection':
      return branch(
        CONNECTION,
        'id tls_version subject_local_certificate uri_san_local_certificate dns_san_local_certificate sha256_peer_certificate_digest peer_certificate',
      );
    case 'source':
      return endpoint((subject) => context.remotePeerOf(subject));
    case 'destination':
      return endpoint(({ connection }) => ({
        address: connection.localAddress,
        port: connection.localPort,
      }));
    case 'response':
      return branch(RESPONSE, 'code_details headers headers_bytes trailers');
    case 'filter_state':
      // No filter that is done leaves any.
      return { kind: 'branch', member: () => NOTHING };
    case 'xds':
      return branch(
        XDS,
        'node virtual_host_name cluster_name cluster_metadata virtual_host_metadata upstream_host_metadata filter_chain_name listener_metadata listener_direction upstream_host_locality',
      );
    case 'upstream':
    case 'upstream_filter_state':
    case 'node':
      return 'not done';
    default:
      return TYPES.test(name) ? 'not done' : null;
  }
}

/** Names that stand for types and enums. */
const TYPES = /[.]|^(bool|bytes|double|duration|int|list|map|null_type|string|timestamp|type|uint)$/;

function branch(members: Readonly<Record<string, Attribute>>, undone: string): Attribute {
  const known = new Map(Object.entries(members));
  const others = new Set(undone.split(' '));
  return { kind: 'branch', member: (key) => known.get(key) ?? (others.has(key) ? 'not done' : null) };
}

function endpoint(peerOf: (subject: RbacSubject) => { address: string; port: number }): Attribute {
  const read = (subject: RbacSubject) => {
    const { address, port } = peerOf(subject);
    return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  };
  return branch({ address: value(read), port: value((subject) => BigInt(peerOf(subject).port)) }, '');
}

/** What a request always has is missing only where there is no request, as of a connection. */
const given = (bytes: string) => (bytes === '' ? undefined : fromByteString(bytes));

const REQUEST: Readonly<Record<string, Attribute>> = {
  path: value(({ request }) => given(request.path)),
  url_path: value(({ request }) => fromByteString(request.path.split('?', 1)[0] as string)),
  query: value(({ request: { path } }) => {
    const bare = withoutQuery(path);
    return fromByteString(path.slice(bare.length + 1).split('#')[0] as string);
  }),
  host: value(({ request }) => given(request.authority)),
  scheme: value(({ request }) => given(request.scheme)),
  method: value(({ request }) => given(request.method)),
  protocol: value(({ request }) => (request.method === '' ? undefined : 'HTTP/1.1')),
  size: value(({ request }) => sizeOf(headerOf(request, 'content-length'))),
  headers: {
    kind: 'branch',
    member: (name) => value(({ request }) => headerOf(request, name.toLowerCase())),
  },
  referer: value(({ request }) => headerOf(request, 'referer')),
  useragent: value(({ request }) => headerOf(request, 'user-agent')),
  id: value(({ request }) => headerOf(request, 'x-request-id')),
};

/** Without a length nothing of the body has come yet. */
function sizeOf(length: string | undefined): bigint | undefined {
  if (length === undefined) return 0n;
  return /^\d{1,18}$/.test(length) ? BigInt(length) : undefined;
}

/** All lines of a header, joined. */
function headerOf(
  { path, method, authority, scheme, headers }: MatchedRequest,
  name: string,
): string | undefined {
  const pseudo: Record<string, string> = {
    ':path': path,
    ':method': method,
    ':authority': authority,
    host: authority,
    ':scheme': scheme,
  };
  if (Object.hasOwn(pseudo, name)) return given(pseudo[name] as string);
  const values = headers.values.filter((_, index) => headers.names[index] === name);
  return values.length === 0 ? undefined : fromByteString(values.join(','));
}

const CONNECTION: Readonly<Record<string, Attribute>> = {
  requested_server_name: value(({ connection }) => connection.serverName),
  mtls: value(({ connection }) => connection.tls && Boolean(connection.peer)),
  subject_peer_certificate: value(({ connection: { tls, peer } }) =>
    tls ? (peer?.subject ?? '') : undefined,
  ),
  uri_san_peer_certificate: value(({ connection }) => connection.peer?.uriNames[0]),
  dns_san_peer_certificate: value(({ connection }) => connection.peer?.dnsNames[0]),
  termination_details: NOTHING,
  transport_failure_reason: NOTHING,
};

/** There is none yet. */
const RESPONSE: Readonly<Record<string, Attribute>> = {
  code: NOTHING,
  grpc_status: NOTHING,
  backend_latency: NOTHING,
  flags: value(() => 0n),
  size: value(() => 0n),
  total_size: value(() => 0n),
};

const XDS: Readonly<Record<string, Attribute>> = {
  route_name: value(({ route }) => route?.name),
  route_metadata: branch(
    { filter_metadata: namespaces(({ route }) => route?.metadata ?? null) },
    'typed_filter_metadata',
  ),
};

function namespaces(metadataOf: (subject: RbacSubject) => MetadataSource | null): Attribute {
  return {
    kind: 'branch',
    member: (namespace) =>
      value((subject) => {
        const entries = metadataOf(subject)?.get(namespace);
        return entries === undefined ? undefined : ExpressionMap.ofObject(Object.fromEntries(entries));
      }),
  };
}

/** The value, where there is one. */
export const presentOr = (found: ExpressionValue | undefined): ExpressionValue =>
  found === undefined ? FAULT : found;
