import type { Cluster } from '#schema/envoy/config/cluster/v3/cluster_pb.js';
import type { SocketAddress } from '#schema/envoy/config/core/v3/address_pb.js';
import { typeNameOf } from '../../../resources/index.ts';
import type { CheckContext } from './check-context.ts';
import { isIpAddress } from './ip-address.ts';

const STATIC = 0;
const LOGICAL_DNS = 2;

/** Two clusters of one name cannot be (Envoy: cluster_manager_impl.cc). */
export function checkClusterNames(clusters: readonly Cluster[], context: CheckContext): void {
  const first = new Map<string, Cluster>();
  for (const cluster of clusters) {
    const earlier = first.get(cluster.name);
    if (earlier === undefined) {
      first.set(cluster.name, cluster);
      continue;
    }
    const where = context.whereIs(earlier, cluster);
    context.complain({
      code: 'duplicateCluster',
      message: `duplicate cluster \`${cluster.name}\``,
      hint: where === undefined ? undefined : `the first one is at ${where}`,
      about: cluster,
      field: 'name',
    });
  }
}

/** What the factories of the three cluster types refuse. */
export function checkCluster(cluster: Cluster, context: CheckContext): void {
  checkHttpOptions(cluster, context);
  if (cluster.clusterDiscoveryType.case === 'clusterType') return;
  if (context.isBroken(cluster, 'type')) return;
  const type = cluster.clusterDiscoveryType.value ?? STATIC;
  if (type === STATIC) checkStaticAddresses(cluster, context);
  if (type === LOGICAL_DNS) checkSingleEndpoint(cluster, context);
}

const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

/** Other names under which Envoy 1.40 has options; those of a filter that has none are refused. */
const OTHER_OPTIONS = new Set([
  'envoy.extensions.upstreams.tcp.v3.TcpProtocolOptions',
  'envoy.filters.network.redis_proxy',
  'envoy.filters.network.thrift_proxy',
]);

/** Options are read by their name (Envoy: upstream_impl.cc). */
function checkHttpOptions(cluster: Cluster, context: CheckContext): void {
  for (const [name, options] of Object.entries(cluster.typedExtensionProtocolOptions)) {
    const field = `typed_extension_protocol_options[${name}]`;
    const type = typeNameOf(options);
    if (name === HTTP_OPTIONS && (type === '' || type === 'google.protobuf.Empty')) {
      const message = '`upstream_protocol_options` of HttpProtocolOptions is required';
      context.complain({ code: 'oneofRequired', message, about: cluster, field });
    } else if (name !== HTTP_OPTIONS && (type === HTTP_OPTIONS || !OTHER_OPTIONS.has(name))) {
      const message = `there are no protocol options called \`${name}\``;
      const hint = `options for HTTP are called \`${HTTP_OPTIONS}\``;
      context.complain({ code: 'badCluster', message, hint, about: cluster, field });
    }
  }
}

function checkStaticAddresses(cluster: Cluster, context: CheckContext): void {
  for (const address of socketAddresses(cluster)) {
    if (isIpAddress(address.address) || address.address === '') continue;
    context.complain({
      code: 'badAddress',
      message: `malformed IP address: \`${address.address}\``,
      hint: 'a host name needs `type: STRICT_DNS` or `type: LOGICAL_DNS`',
      about: address,
      field: 'address',
    });
  }
}

export function socketAddresses(cluster: Cluster): SocketAddress[] {
  const endpoints = (cluster.loadAssignment?.endpoints ?? []).flatMap((locality) => locality.lbEndpoints);
  return endpoints.flatMap((lbEndpoint) => {
    const endpoint =
      lbEndpoint.hostIdentifier.case === 'endpoint' ? lbEndpoint.hostIdentifier.value : undefined;
    const address = endpoint?.address?.address;
    return address?.case === 'socketAddress' ? [address.value] : [];
  });
}

function checkSingleEndpoint(cluster: Cluster, context: CheckContext): void {
  const localities = cluster.loadAssignment?.endpoints ?? [];
  if (localities.length === 1 && localities[0]?.lbEndpoints.length === 1) return;
  if (cluster.loadAssignment !== undefined && context.isBroken(cluster.loadAssignment, 'endpoints')) return;
  context.complain({
    code: 'badCluster',
    message: 'LOGICAL_DNS clusters must have a single locality_lb_endpoint and a single lb_endpoint',
    hint: 'use STRICT_DNS for several endpoints',
    about: cluster,
    field: 'load_assignment',
  });
}
