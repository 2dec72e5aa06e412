import { create } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import {
  type Cluster,
  Cluster_DiscoveryType,
  Cluster_DnsLookupFamily,
  ClusterSchema,
} from '#schema/envoy/config/cluster/v3/cluster_pb.js';
import { type TransportSocket, TransportSocketSchema } from '#schema/envoy/config/core/v3/base_pb.js';
import { SubjectAltNameMatcher_SanType } from '#schema/envoy/extensions/transport_sockets/tls/v3/common_pb.js';
import { UpstreamTlsContextSchema } from '#schema/envoy/extensions/transport_sockets/tls/v3/tls_pb.js';
import { packAny } from '../../../resources/index.ts';
import { parseIpRange } from '../authz/ip-range.ts';
import { exactMatcher } from '../authz/string-matcher.ts';

/** A host that connections are opened to. */
export interface Origin {
  tls: boolean;
  /** A name, or an address without brackets. */
  host: string;
  port: number;
}

const CONNECT_TIMEOUT_MS = 10_000;

/** A cluster of one host; with TLS the certificate must be good for the host's name by the system's roots. */
export function upstreamCluster(name: string, origin: Origin): Cluster {
  const { host, port, tls } = origin;
  const address = { address: { case: 'socketAddress' as const, value: socketAddress(host, port) } };
  return create(ClusterSchema, {
    name,
    clusterDiscoveryType: {
      case: 'type',
      value: isAddress(host) ? Cluster_DiscoveryType.STATIC : Cluster_DiscoveryType.STRICT_DNS,
    },
    dnsLookupFamily: Cluster_DnsLookupFamily.V4_PREFERRED,
    connectTimeout: durationFromMs(CONNECT_TIMEOUT_MS),
    loadAssignment: {
      clusterName: name,
      endpoints: [{ lbEndpoints: [{ hostIdentifier: { case: 'endpoint', value: { address } } }] }],
    },
    ...(tls ? { transportSocket: verifiedTls(host) } : {}),
  });
}

function socketAddress(host: string, port: number) {
  return { address: host, portSpecifier: { case: 'portValue' as const, value: port } };
}

function verifiedTls(host: string): TransportSocket {
  const address = isAddress(host);
  const context = create(UpstreamTlsContextSchema, {
    sni: address ? '' : host,
    commonTlsContext: {
      validationContextType: {
        case: 'validationContext',
        value: {
          systemRootCerts: {},
          matchTypedSubjectAltNames: [
            {
              sanType: address ? SubjectAltNameMatcher_SanType.IP_ADDRESS : SubjectAltNameMatcher_SanType.DNS,
              matcher: exactMatcher(host),
            },
          ],
        },
      },
    },
  });
  return create(TransportSocketSchema, {
    name: 'envoy.transport_sockets.tls',
    configType: { case: 'typedConfig', value: packAny(UpstreamTlsContextSchema, context) },
  });
}

function isAddress(host: string): boolean {
  return !host.includes('/') && parseIpRange(host) !== null;
}
