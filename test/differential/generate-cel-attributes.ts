import type { JsonObject } from './case.ts';
import { CLIENTS } from './certificates.ts';
import type { Choose } from './choose.ts';
import { at, call, member, method, named, text, whole } from './condition-words.ts';
import { wordsOf } from './words.ts';

/** Attributes, and one of each that is none. */
export const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  request: wordsOf(`path url_path query host scheme method protocol size total_size headers headers_bytes time
    duration referer useragent id nope`),
  response: wordsOf(`code code_details grpc_status headers headers_bytes trailers flags size total_size
    backend_latency nope`),
  source: wordsOf('address port nope'),
  destination: wordsOf('address port nope'),
  connection:
    wordsOf(`id mtls requested_server_name tls_version subject_peer_certificate subject_local_certificate
    uri_san_peer_certificate uri_san_local_certificate dns_san_peer_certificate dns_san_local_certificate
    sha256_peer_certificate_digest peer_certificate termination_details transport_failure_reason nope`),
  upstream: wordsOf(`address port request_attempt_count local_address num_endpoints tls_version
    subject_peer_certificate transport_failure_reason cx_pool_ready_duration locality nope`),
  metadata: wordsOf('filter_metadata typed_filter_metadata nope'),
  xds: wordsOf(`route_name route_metadata virtual_host_name virtual_host_metadata cluster_name cluster_metadata
    filter_chain_name listener_metadata listener_direction upstream_host_metadata node nope`),
  filter_state: wordsOf('nope'),
};

/** Texts of the connection that are the same on both sides: not its number, nor its port. */
export const CONNECTION_TEXTS = wordsOf(`requested_server_name tls_version subject_peer_certificate
  subject_local_certificate uri_san_peer_certificate uri_san_local_certificate dns_san_peer_certificate
  dns_san_local_certificate sha256_peer_certificate_digest peer_certificate`);

const SUBJECTS = Object.values(CLIENTS).map(({ subject }) => subject);

/** A test of an attribute whose value, or whose edge, is known. A port is another on each side, and so are ids. */
export function generateAttributeTest(choose: Choose): JsonObject {
  const [request, connection, xds] = [named('request'), named('connection'), named('xds')];
  const order = choose.pick(['_<_', '_<=_', '_>_', '_>=_', '_==_', '_!=_']);
  const peer = named(choose.pick(['source', 'destination']));
  return choose.weighted<JsonObject>([
    [2, () => call(order, member(peer, 'port'), whole(choose.pick([0, 1, 65_536])))],
    [
      2,
      () =>
        method(
          member(peer, 'address'),
          choose.pick(['startsWith', 'contains', 'endsWith']),
          text(choose.pick(['127.0.0.1:', '10.1.2.3:0', '[2001:db8::1]:', ':0', '.'])),
        ),
    ],
    [1, () => call(order, method(member(request, 'id'), 'size'), whole(choose.pick([4, 36])))],
    [
      2,
      () =>
        call(
          order,
          member(request, choose.pick(['headers_bytes', 'total_size', 'size'])),
          whole(choose.pick([0, 100, 250, 400, 1000])),
        ),
    ],
    [1, () => call(order, member(connection, 'tls_version'), text(choose.pick(['TLSv1.3', 'TLSv1.2'])))],
    [1, () => call(order, member(connection, 'subject_peer_certificate'), text(choose.pick(SUBJECTS)))],
    [1, () => call(order, method(member(connection, choose.pick(CONNECTION_TEXTS)), 'size'), whole(64))],
    [
      1,
      () =>
        call(choose.pick(['_==_', '_!=_']), member(connection, 'mtls'), { const_expr: { bool_value: true } }),
    ],
    [1, () => call(order, member(xds, 'listener_direction'), whole(choose.pick([0, 1])))],
    [1, () => call(order, member(named('upstream'), 'num_endpoints'), { const_expr: { uint64_value: '1' } })],
    [1, () => call('_==_', member(xds, 'filter_chain_name'), text(choose.pick(['', 'chain'])))],
    [
      1,
      () =>
        call(
          order,
          method(at(member(metadataOf(choose), 'filter_metadata'), 'mine'), 'size'),
          whole(choose.pick([0, 1])),
        ),
    ],
    [1, () => call(order, method(member(metadataOf(choose), 'typed_filter_metadata'), 'size'), whole(0))],
    [0.5, () => call(order, method(member(named('response'), 'headers'), 'size'), whole(0))],
  ]);
}

const metadataOf = (choose: Choose) =>
  choose.chance(0.3)
    ? named('metadata')
    : member(
        named('xds'),
        choose.pick(wordsOf('route_metadata virtual_host_metadata cluster_metadata listener_metadata')),
      );
