import type { Bootstrap } from '#schema/envoy/config/bootstrap/v3/bootstrap_pb.js';
import type { Cluster } from '#schema/envoy/config/cluster/v3/cluster_pb.js';
import type { Listener } from '#schema/envoy/config/listener/v3/listener_pb.js';

/**
 * The seam between control and proxy: one immutable, self-consistent set of Envoy resources. Control made it and checked it;
 * proxy compiles it and never looks behind it.
 */
export interface Snapshot {
  listeners: Listener[];
  clusters: Cluster[];
  /** Bootstrap-wide settings (admin, node, runtime); its `static_resources` are those above. */
  bootstrap: Bootstrap;
}
