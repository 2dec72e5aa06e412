import { fromBinary } from '@bufbuild/protobuf';
import { ClusterSchema } from '#schema/envoy/config/cluster/v3/cluster_pb.js';
import { type Cluster, type ClusterContext, compileCluster } from '../proxy/upstream/index.ts';
import type { NameAddresses } from './worker-protocol.ts';

interface Running {
  bytes: Buffer;
  cluster: Cluster;
}

/** The clusters of one configuration on a data loop. */
export class LoopClusters {
  readonly byName: ReadonlyMap<string, Cluster>;
  readonly #running: ReadonlyMap<string, Running>;

  private constructor(running: ReadonlyMap<string, Running>) {
    this.#running = running;
    this.byName = new Map([...running].map(([name, { cluster }]) => [name, cluster]));
  }

  /** @param before those whose configuration is the same are taken over, with their connections */
  static compile(
    configs: readonly Uint8Array[],
    context: ClusterContext,
    before: LoopClusters | null,
  ): LoopClusters {
    const running = new Map<string, Running>();
    for (const config of configs) {
      const bytes = Buffer.from(config);
      const message = fromBinary(ClusterSchema, config);
      const known = before === null ? undefined : before.#running.get(message.name);
      const cluster = known?.bytes.equals(bytes) === true ? known.cluster : compileCluster(message, context);
      if (cluster !== null) running.set(message.name, { bytes, cluster });
    }
    return new LoopClusters(running);
  }

  setAddresses({ cluster, name, addresses }: NameAddresses): void {
    this.byName.get(cluster)?.setAddresses(name, addresses);
  }

  /** Lets all go that `after` has not taken over. */
  close(after: LoopClusters | null): void {
    const kept = new Set(after?.byName.values());
    for (const cluster of this.byName.values()) if (!kept.has(cluster)) cluster.close();
  }
}
