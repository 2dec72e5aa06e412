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
import { HttpProtocolOptionsSchema } from '#schema/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.js';
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

export interface ClusterPlan {
  type: Cluster_DiscoveryType;
  endpoints: readonly { address: string; port: number; weight: number }[];
  /** null: plain text. */
  transportSocket: TransportSocket | null;
  http2?: boolean;
}

const CONNECT_TIMEOUT_MS = 10_000;

/** A cluster of one host; with TLS the certificate must be good for the host's name by the system's roots. */
export function originCluster(name: string, { host, port, tls }: Origin): Cluster {
  return serviceCluster(name, {
    type: isAddress(host) ? Cluster_DiscoveryType.STATIC : Cluster_DiscoveryType.STRICT_DNS,
    endpoints: [{ address: host, port, weight: 1 }],
    transportSocket: tls ? verifiedTls(host) : null,
  });
}

/** A cluster as istiod sets one. Equal weights are not written down. */
export function serviceCluster(
  name: string,
  { type, endpoints, transportSocket, http2 = false }: ClusterPlan,
): Cluster {
  const weighted = endpoints.some(({ weight }) => weight !== 1);
  const lbEndpoints = endpoints.map(({ address, port, weight }) => ({
    hostIdentifier: { case: 'endpoint' as const, value: { address: socketAddress(address, port) } },
    ...(weighted ? { loadBalancingWeight: weight } : {}),
  }));
  return create(ClusterSchema, {
    name,
    clusterDiscoveryType: { case: 'type', value: type },
    dnsLookupFamily: Cluster_DnsLookupFamily.V4_PREFERRED,
    connectTimeout: durationFromMs(CONNECT_TIMEOUT_MS),
    loadAssignment: { clusterName: name, endpoints: [{ lbEndpoints }] },
    ...(transportSocket === null ? {} : { transportSocket }),
    ...(http2 ? { typedExtensionProtocolOptions: { [HTTP_OPTIONS]: http2Options() } } : {}),
  });
}

const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

function http2Options() {
  const explicit = { protocolConfig: { case: 'http2ProtocolOptions' as const, value: {} } };
  const options = create(HttpProtocolOptionsSchema, {
    upstreamProtocolOptions: { case: 'explicitHttpConfig', value: explicit },
  });
  return packAny(HttpProtocolOptionsSchema, options);
}

function socketAddress(address: string, port: number) {
  const value = { address, portSpecifier: { case: 'portValue' as const, value: port } };
  return { address: { case: 'socketAddress' as const, value } };
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

export function isAddress(host: string): boolean {
  return !host.includes('/') && parseIpRange(host) !== null;
}
