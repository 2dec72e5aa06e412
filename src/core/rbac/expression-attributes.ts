import { toByteString } from '../match/index.ts';
import { type Attribute, type Branch, branch, NOTHING, value } from './attribute.ts';
import type { RbacSubject } from './condition.ts';
import type { Evaluation } from './evaluation.ts';
import { TYPE_NAMES } from './expression-types.ts';
import { AttributeMap, Bytes, ExpressionMap, inDoubt, TypeName, Uint } from './expression-value.ts';
import { metadataMessage } from './metadata-attributes.ts';
import { requestAttributes } from './request-attributes.ts';

/** What attributes need to know beside the subject. */
export interface AttributeContext {
  /** The client as the connection manager sees it, which a forwarded-for header may have a say in. */
  remotePeerOf(subject: RbacSubject): { address: string; port: number };
  /** When the request came, or what is judged in place of one. */
  startMsOf(subject: RbacSubject): number;
}

/** The attribute of a name by itself (Envoy: expr/context.cc); null: there is none, and what comes to it is a fault. */
export function rootOf(name: string, context: AttributeContext): Attribute | null {
  switch (name) {
    case 'request':
      return requestAttributes((subject) => context.startMsOf(subject));
    case 'metadata':
      return metadataMessage(({ metadataIfAny }) => metadataIfAny);
    case 'connection':
      return branch(CONNECTION);
    case 'source':
      return endpoint((subject) => context.remotePeerOf(subject));
    case 'destination':
      return endpoint(({ connection }) => ({
        address: connection.localAddress,
        port: connection.localPort,
      }));
    case 'response':
      return branch(RESPONSE);
    case 'filter_state':
      return FILTER_STATE;
    case 'xds':
      return branch(XDS);
    case 'upstream':
      return branch(UPSTREAM);
    default:
      return TYPE_NAMES.has(name) ? value(() => new TypeName(name)) : (ENUM_VALUES.get(name) ?? null);
  }
}

/** Names with points that stand for something by themselves. */
export const ENUM_VALUES: ReadonlyMap<string, Attribute> = new Map([
  ['google.protobuf.NullValue.NULL_VALUE', value(() => 0n)],
]);

function endpoint(peerOf: (subject: RbacSubject) => { address: string; port: number }): Attribute {
  const read = (subject: RbacSubject) => {
    const { address, port } = peerOf(subject);
    return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  };
  return branch({ address: value(read), port: value((subject) => BigInt(peerOf(subject).port)) });
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
  ...branch({}),
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
  ...branch({}),
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
