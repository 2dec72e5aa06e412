import type { Cluster } from '#schema/envoy/config/cluster/v3/cluster_pb.js';
import type { DataSource } from '#schema/envoy/config/core/v3/base_pb.js';
import type { CertificateValidationContext } from '#schema/envoy/extensions/transport_sockets/tls/v3/common_pb.js';
import type { CompleteMessage } from '../decode/decode-context.ts';
import { completeTransportSocket } from './default-transport-socket.ts';
import { inlineDataSource, type Surroundings } from './inline-data-source.ts';
import { completeTrust } from './system-roots.ts';

/** Completes the messages of a bootstrap: files are read in, bare TLS sockets get their safe meaning. */
export function completeBootstrap(surroundings: Surroundings): CompleteMessage {
  return ({ message, desc, place }, context) => {
    if (place.quiet) return;
    switch (desc.typeName) {
      case 'envoy.config.core.v3.DataSource':
        inlineDataSource(message as unknown as DataSource, place, context, surroundings);
        break;
      case 'envoy.config.cluster.v3.Cluster':
        completeTransportSocket(message as unknown as Cluster, context);
        break;
      case 'envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext':
        completeTrust(message as unknown as CertificateValidationContext);
        break;
      default:
    }
  };
}
