import {
  type Cluster,
  Cluster_DiscoveryType as DiscoveryType,
} from '#schema/envoy/config/cluster/v3/cluster_pb.js';
import type { LbEndpoint } from '#schema/envoy/config/endpoint/v3/endpoint_components_pb.js';

/**
 * What `auto_host_rewrite` puts in: the endpoint's `hostname`, else the name that DNS is asked for; empty: none.
 * @param isNamed DNS is asked for what the endpoint's address says
 */
export function hostNameOf({ hostIdentifier }: LbEndpoint, isNamed: boolean): string {
  if (hostIdentifier.case !== 'endpoint') return '';
  const { hostname, address } = hostIdentifier.value;
  if (hostname !== '') return hostname;
  return isNamed && address?.address.case === 'socketAddress' ? address.address.value.address : '';
}

/** The name of a cluster's first host, which stands for all of them where none is chosen. */
export function firstHostName(config: Cluster): string {
  const { case: kind, value: type } = config.clusterDiscoveryType;
  const endpoint = config.loadAssignment?.endpoints[0]?.lbEndpoints[0];
  const isNamed = kind === 'type' && type !== DiscoveryType.STATIC;
  return endpoint === undefined ? '' : hostNameOf(endpoint, isNamed);
}
