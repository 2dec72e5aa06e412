import {
  joinedLines,
  type MatchedRequest,
  type MetadataSource,
  type PackedMessage,
  pseudoHeader,
  toByteString,
  toText,
  withoutQuery,
} from '../match/index.ts';
import type { RbacSubject } from './condition.ts';
import type { Evaluation } from './evaluation.ts';
import { constantOf } from './expression-constant.ts';
import { timestampOfMs } from './expression-time.ts';
import { TYPE_NAMES } from './expression-types.ts';
import {
  AttributeMap,
  Bytes,
  ExpressionMap,
  type ExpressionValue,
  expressionValueOf,
  FAULT,
  inDoubt,
  type MessageValue,
  mapOf,
  OpaqueMessage,
  TypeName,
  Uint,
} from './expression-value.ts';
import { metadataValue, Packed } from './message-builder.ts';

/** What attributes need to know beside the subject. */
export interface AttributeContext {
  /** The client as the connection manager sees it, which a forwarded-for header may have a say in. */
  remotePeerOf(subject: RbacSubject): { address: string; port: number };
  /** When the request came; absent: not known. */
  startMsOf?: ((subject: RbacSubject) => number) | undefined;
}

/**
 * One of the attributes that expressions may name (Envoy: expr/context.cc), as a function of its next key. undefined: there is no such
 * key. A branch has more under it: keys, or the fields of a message.
 */
export type Attribute = Leaf | Branch;

interface Leaf {
  kind: 'value';
  read(evaluation: Evaluation): ExpressionValue | undefined;
  /** What `has` says of it. Default: whether anything is read, a fault too. */
  isThere?(evaluation: Evaluation): boolean | typeof FAULT;
}

/** An attribute with others under it: a map of names, or a message, whose fields are asked for by their names and not as keys. */
export interface Branch {
  kind: 'branch';
  isMessage: boolean;
  /** null: there is none, whatever comes. */
  member(key: string): Attribute | null | 'not done';
  /** The branch as a value; null: it cannot be had. */
  whole: ((evaluation: Evaluation) => ExpressionValue | undefined) | null;
  /** What `has` says of it. */
  isThere(evaluation: Evaluation): boolean | typeof FAULT;
}

/** What `has(…)` and `in` make of an attribute that there is. */
export function isThere(attribute: Attribute, evaluation: Evaluation): boolean | typeof FAULT {
  return attribute.isThere?.(evaluation) ?? (attribute as Leaf).read(evaluation) !== undefined;
}

type Reader = (subject: RbacSubject, evaluation: Evaluation) => ExpressionValue | undefined;

const value = (read: Reader): Leaf => ({
  kind: 'value',
  read: (evaluation) => read(evaluation.subject, evaluation),
});
const NOTHING = value(() => undefined);

/** `not done`: Envoy knows it; null: Envoy does not either, and every expression that comes to it is a fault. */
export function rootOf(name: string, context: AttributeContext): Attribute | null | 'not done' {
  switch (name) {
    case 'request':
      return branch(context.startMsOf === undefined ? REQUEST : withTime(context.startMsOf), 'time');
    case 'metadata':
      return metadataMessage(({ metadataIfAny }) => metadataIfAny);
    case 'connection':
      return branch(CONNECTION, '');
    case 'source':
      return endpoint((subject) => context.remotePeerOf(subject));
    case 'destination':
      return endpoint(({ connection }) => ({
        address: connection.localAddress,
        port: connection.localPort,
      }));
    case 'response':
      return branch(RESPONSE, '');
    case 'filter_state':
      return FILTER_STATE;
    case 'xds':
      return branch(XDS, '');
    case 'upstream':
      return branch(UPSTREAM, '');
    default:
      return TYPE_NAMES.has(name) ? value(() => new TypeName(name)) : (ENUM_VALUES.get(name) ?? null);
  }
}

/** Names with points that stand for something by themselves. */
export const ENUM_VALUES: ReadonlyMap<string, Attribute> = new Map([
  ['google.protobuf.NullValue.NULL_VALUE', value(() => 0n)],
]);

function branch(members: Readonly<Record<string, Attribute>>, undone: string): Branch {
  const known = new Map(Object.entries(members));
  const others = new Set(undone.split(' ').filter((name) => name !== '' && !known.has(name)));
  const member = (key: string) => known.get(key) ?? (others.has(key) ? 'not done' : null);
  const read = (key: string, evaluation: Evaluation) => {
    const found = known.get(key);
    return found?.kind === 'branch' ? found.whole?.(evaluation) : found?.read(evaluation);
  };
  return {
    kind: 'branch',
    isMessage: false,
    member,
    whole: others.size > 0 ? null : (evaluation) => new AttributeMap((key) => read(key, evaluation)),
    isThere: () => true,
  };
}

const withTime = (startMsOf: (subject: RbacSubject) => number) => ({
  ...REQUEST,
  time: value((subject) => timestampOfMs(startMsOf(subject))),
});

function endpoint(peerOf: (subject: RbacSubject) => { address: string; port: number }): Attribute {
  const read = (subject: RbacSubject) => {
    const { address, port } = peerOf(subject);
    return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  };
  return branch({ address: value(read), port: value((subject) => BigInt(peerOf(subject).port)) }, '');
}

/** What a request always has is missing only where there is no request, as of a connection. */
const given = (bytes: string) => (bytes === '' ? undefined : toText(bytes));

const REQUEST: Readonly<Record<string, Attribute>> = {
  path: value(({ request }) => given(request.path)),
  url_path: value(({ request }) => toText(request.path.split('?', 1)[0] as string)),
  query: value(({ request: { path } }) => {
    const bare = withoutQuery(path);
    return toText(path.slice(bare.length + 1).split('#')[0] as string);
  }),
  host: value(({ request }) => given(request.authority)),
  scheme: value(({ request }) => given(request.scheme)),
  method: value(({ request }) => given(request.method)),
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
  if (single !== undefined) return given(single);
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

const CONNECTION: Readonly<Record<string, Attribute>> = {
  id: value(({ connection }) => new Uint(BigInt(connection.id ?? 1))),
  requested_server_name: value(({ connection }) => connection.serverName),
  mtls: value(({ connection }) => connection.tls && Boolean(connection.peer)),
  subject_peer_certificate: value(({ connection: { tls, peer } }) =>
    tls ? (peer?.subject ?? '') : undefined,
  ),
  uri_san_peer_certificate: value(({ connection }) => connection.peer?.uriNames[0]),
  dns_san_peer_certificate: value(({ connection }) => connection.peer?.dnsNames[0]),
  tls_version: value(({ connection }) => connection.certificates?.tlsVersion),
  subject_local_certificate: value(({ connection: { certificates } }) =>
    certificates ? (certificates.local?.subject ?? '') : undefined,
  ),
  uri_san_local_certificate: value(({ connection }) => connection.certificates?.local?.uriNames[0]),
  dns_san_local_certificate: value(({ connection }) => connection.certificates?.local?.dnsNames[0]),
  sha256_peer_certificate_digest: value(({ connection }) => connection.certificates?.peerDigest || undefined),
  peer_certificate: value(({ connection }) => connection.certificates?.peerPem || undefined),
  termination_details: NOTHING,
  transport_failure_reason: NOTHING,
};

const NO_HEADERS: Branch = {
  ...branch({}, ''),
  whole: () =>
    new AttributeMap(
      () => undefined,
      () => ExpressionMap.EMPTY,
    ),
};

/** Texts are bytes there. */
const stateOf = (key: string) => {
  const bytes = toByteString(key);
  return ({ filterStateIfAny }: RbacSubject) => {
    const text = filterStateIfAny?.get(bytes);
    return text === undefined ? undefined : new Bytes(text);
  };
};

const FILTER_STATE: Branch = {
  ...branch({}, ''),
  member: (key) => value(stateOf(key)),
  whole: ({ subject }) => new AttributeMap((key) => stateOf(key)(subject)),
};

/** There is none yet. */
const RESPONSE: Readonly<Record<string, Attribute>> = {
  code: NOTHING,
  code_details: NOTHING,
  grpc_status: NOTHING,
  backend_latency: NOTHING,
  headers: NO_HEADERS,
  headers_bytes: value(() => 0n),
  trailers: NO_HEADERS,
  flags: value(() => 0n),
  size: value(() => 0n),
  total_size: value(() => 0n),
};

/** None is chosen yet. */
const UPSTREAM: Readonly<Record<string, Attribute>> = {
  request_attempt_count: value(() => new Uint(0n)),
  num_endpoints: value(({ progress }, evaluation) =>
    progress?.cluster ? endpointsOf(progress.cluster, evaluation) : undefined,
  ),
};

function endpointsOf({ endpoints }: { endpoints: number | null }, evaluation: Evaluation) {
  return endpoints === null ? inDoubt(evaluation) : new Uint(BigInt(endpoints));
}

const XDS: Readonly<Record<string, Attribute>> = {
  route_name: value(({ route }) => route?.name),
  route_metadata: metadataMessage(({ route }) => (route ? (route.metadata ?? null) : undefined)),
  virtual_host_name: value(({ progress }) => progress?.virtualHost?.name),
  virtual_host_metadata: metadataMessage(({ progress }) =>
    progress?.virtualHost ? progress.virtualHost.metadata : undefined,
  ),
  cluster_name: value(({ progress }) => progress?.clusterName || undefined),
  cluster_metadata: metadataMessage(({ progress }) =>
    progress?.cluster ? progress.cluster.metadata : undefined,
  ),
  filter_chain_name: value(({ progress }) => progress?.listener.chainName),
  listener_metadata: metadataMessage(({ progress }) => progress?.listener.metadata),
  listener_direction: value(({ progress }) =>
    progress === undefined ? undefined : BigInt(progress.listener.direction),
  ),
};

const NO_METADATA: MetadataSource = new Map();

type MetadataReader = (subject: RbacSubject) => MetadataSource | null | undefined;

/** `envoy.config.core.v3.Metadata`. undefined: there is no such message, and it has no fields; null: there is, and nothing in it. */
function metadataMessage(metadataOf: MetadataReader): Branch {
  const members = {
    filter_metadata: namespaces(metadataOf, 'filter_metadata', namespaceOf),
    typed_filter_metadata: namespaces(metadataOf, 'typed_filter_metadata', messageOf),
  };
  return {
    ...branch(members, ''),
    isMessage: true,
    whole: ({ subject }) => {
      const source = metadataOf(subject);
      return source === undefined ? undefined : wholeOf(source ?? NO_METADATA);
    },
    isThere: ({ subject }) => metadataOf(subject) !== undefined,
  };
}

/** One field of it. */
function namespaces(
  metadataOf: MetadataReader,
  field: string,
  read: (source: MetadataSource, namespace: string) => ExpressionValue | undefined,
): Branch {
  const wholeField = (evaluation: Evaluation) => {
    const source = metadataOf(evaluation.subject);
    return source === undefined ? FAULT : wholeOf(source ?? NO_METADATA).field(field, evaluation);
  };
  const member = (namespace: string): Attribute => {
    const find = ({ subject }: Evaluation) => {
      const source = metadataOf(subject);
      return source === undefined ? FAULT : source === null ? undefined : read(source, namespace);
    };
    const isMember = (evaluation: Evaluation) =>
      metadataOf(evaluation.subject) === undefined ? FAULT : find(evaluation) !== undefined;
    return { kind: 'value', read: find, isThere: isMember };
  };
  const isFilled = (evaluation: Evaluation) => {
    const map = mapOf(wholeField(evaluation));
    return map === null ? FAULT : map.size > 0;
  };
  return { kind: 'branch', isMessage: false, member, whole: wholeField, isThere: isFilled };
}

function wholeOf(source: MetadataSource): MessageValue {
  const packed = Array.from(source.typed ?? [], ([name, message]) => [name, opened(message)] as const);
  return metadataValue(allNamespaces(source), new Map(packed));
}

function messageOf({ typed }: MetadataSource, namespace: string): ExpressionValue | undefined {
  const message = typed?.get(namespace);
  return message && opened(message).value;
}

/** What is in a message that was packed. */
function opened({ typeName, content }: PackedMessage): Packed {
  return new Packed(typeName, openedValue(typeName, content));
}

function openedValue(typeName: string, content: PackedMessage['content']): ExpressionValue {
  if (content.case === undefined) return new OpaqueMessage(typeName);
  return content.case === 'json'
    ? (expressionValueOf(content.value) as ExpressionValue)
    : (constantOf(content) as ExpressionValue);
}

function namespaceOf(source: MetadataSource, namespace: string): ExpressionMap | undefined {
  const entries = source.get(namespace);
  return entries && ExpressionMap.ofObject(Object.fromEntries(entries));
}

function allNamespaces(source: MetadataSource): ExpressionMap {
  const names = [...source.keys()];
  return ExpressionMap.ofMessage(
    names.map((name) => [name, namespaceOf(source, name) ?? ExpressionMap.EMPTY]),
  );
}

/** The value, where there is one. */
export const presentOr = (found: ExpressionValue | undefined): ExpressionValue =>
  found === undefined ? FAULT : found;
