import { isIP } from 'node:net';
import {
  type Cluster as ClusterConfig,
  Cluster_DiscoveryType as DiscoveryType,
  Cluster_LbPolicy as LbPolicy,
  Cluster_DnsLookupFamily as LookupFamily,
} from '#schema/envoy/config/cluster/v3/cluster_pb.js';
import type { LocalityLbEndpoints } from '#schema/envoy/config/endpoint/v3/endpoint_components_pb.js';
import { UpstreamTlsContextSchema } from '#schema/envoy/extensions/transport_sockets/tls/v3/tls_pb.js';
import { HttpProtocolOptionsSchema } from '#schema/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.js';
import { type Findings, typeNameOf, unpackAny } from '../../resources/index.ts';
import { durationMsUp } from '../duration.ts';
import type { Deadlines } from '../http/deadlines.ts';
import { refuseField } from '../refusals.ts';
import type { StatsScope } from '../stats.ts';
import { type AddressFamily, Cluster, type Endpoint, type LoadBalancing } from './cluster.ts';
import { ClusterStats, type ReportFailure } from './cluster-stats.ts';
import { applyConnectTo, type ConnectTo } from './connect-to.ts';
import { hostNameOf } from './host-name.ts';
import { plainTransport, type Transport } from './transport.ts';
import { compileUpstreamTls, createVerifiedTls } from './upstream-tls.ts';

/** What compiling a cluster needs beside its configuration. */
export interface ClusterContext {
  findings: Findings;
  stats: StatsScope;
  deadlines: Deadlines;
  connectTo: readonly ConnectTo[];
  extraRoots: readonly string[];
  reportFailure: ReportFailure;
}

const CONNECT_TIMEOUT_MS = 5000;
const IDLE_TIMEOUT_MS = 3_600_000;
const REFRESH_MS = 5000;

/** Compiles a cluster; null when it has an error, which is then among the findings. */
export function compileCluster(config: ClusterConfig, context: ClusterContext): Cluster | null {
  const { findings } = context;
  const discovery = config.clusterDiscoveryType;
  if (discovery.case === 'clusterType') {
    refuseField(findings, config, 'cluster_type');
    return null;
  }
  const type = discovery.case === 'type' ? discovery.value : DiscoveryType.STATIC;
  if (
    type !== DiscoveryType.STATIC &&
    type !== DiscoveryType.STRICT_DNS &&
    type !== DiscoveryType.LOGICAL_DNS
  ) {
    refuseField(findings, config, 'type', ` with the value \`${DiscoveryType[type]}\``);
    return null;
  }
  const endpoints = compileEndpoints(config, context, type !== DiscoveryType.STATIC);
  const transport = compileTransport(config, endpoints?.configured[0]?.host ?? '', context);
  const loadBalancing = compileLoadBalancing(config, findings);
  if (endpoints === null || transport === null || loadBalancing === null) return null;
  const settings = {
    name: config.name,
    endpoints: type === DiscoveryType.LOGICAL_DNS ? endpoints.actual.slice(0, 1) : endpoints.actual,
    firstAddressOnly: type === DiscoveryType.LOGICAL_DNS,
    family: FAMILIES[config.dnsLookupFamily],
    loadBalancing,
    transport,
    http2: speaksHttp2(config),
    connectTimeoutMs:
      config.connectTimeout === undefined ? CONNECT_TIMEOUT_MS : durationMsUp(config.connectTimeout),
    idleTimeoutMs: IDLE_TIMEOUT_MS,
    refreshMs: config.dnsRefreshRate === undefined ? REFRESH_MS : durationMsUp(config.dnsRefreshRate),
    stats: new ClusterStats(config.altStatName || config.name, context.stats, context.reportFailure),
  };
  return new Cluster(settings, context.deadlines);
}

/** What else the options for HTTP upstreams say is judged where the configuration is read. The older field counts where they are not. */
function speaksHttp2({ typedExtensionProtocolOptions, http2ProtocolOptions }: ClusterConfig): boolean {
  const options = typedExtensionProtocolOptions[HTTP_OPTIONS];
  if (options === undefined || typeNameOf(options) !== HttpProtocolOptionsSchema.typeName) {
    return http2ProtocolOptions !== undefined;
  }
  const { upstreamProtocolOptions: protocol } = unpackAny(HttpProtocolOptionsSchema, options);
  return (
    protocol.case === 'explicitHttpConfig' && protocol.value.protocolConfig.case === 'http2ProtocolOptions'
  );
}

const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

const FAMILIES: Record<LookupFamily, AddressFamily> = {
  [LookupFamily.AUTO]: 'auto',
  [LookupFamily.V4_ONLY]: 'v4',
  [LookupFamily.V6_ONLY]: 'v6',
  [LookupFamily.V4_PREFERRED]: 'v4-preferred',
  [LookupFamily.ALL]: 'all',
};

function compileLoadBalancing(config: ClusterConfig, findings: Findings): LoadBalancing | null {
  switch (config.lbPolicy) {
    case LbPolicy.ROUND_ROBIN:
      return 'round-robin';
    case LbPolicy.LEAST_REQUEST:
      return 'least-request';
    case LbPolicy.RANDOM:
      return 'random';
    default:
      refuseField(findings, config, 'lb_policy', ` with the value \`${LbPolicy[config.lbPolicy]}\``);
      return null;
  }
}

interface Endpoints {
  configured: Endpoint[];
  actual: Endpoint[];
}

function compileEndpoints(
  config: ClusterConfig,
  context: ClusterContext,
  isNamed: boolean,
): Endpoints | null {
  const configured: Endpoint[] = [];
  for (const locality of config.loadAssignment?.endpoints ?? []) {
    if (!collectEndpoints(locality, isNamed, configured, context.findings)) return null;
  }
  const actual = configured.map(({ host, port, hostName }) =>
    endpointAt({ ...applyConnectTo(context.connectTo, host, port), hostName }),
  );
  return { configured, actual };
}

function collectEndpoints(
  locality: LocalityLbEndpoints,
  isNamed: boolean,
  into: Endpoint[],
  findings: Findings,
): boolean {
  for (const endpoint of locality.lbEndpoints) {
    const identifier = endpoint.hostIdentifier;
    const address = identifier.case === 'endpoint' ? identifier.value.address?.address : undefined;
    if (address?.case !== 'socketAddress' || address.value.portSpecifier.case !== 'portValue') {
      refuseField(findings, endpoint, 'endpoint', ' unless it is a `socket_address` with a `port_value`');
      return false;
    }
    const { address: host, portSpecifier } = address.value;
    const hostName = hostNameOf(endpoint, isNamed);
    into.push(endpointAt({ host, port: portSpecifier.value, hostName }));
  }
  return true;
}

const endpointAt = (place: Omit<Endpoint, 'isAddress'>): Endpoint => ({
  ...place,
  isAddress: isIP(place.host) !== 0,
});

/**
 * A transport socket with a name and no configuration, which older Envoys took for TLS, is given the safe meaning: the server
 * is verified against the machine's roots and the endpoint's name (design: fidelity).
 */
function compileTransport(config: ClusterConfig, host: string, context: ClusterContext): Transport | null {
  const socket = config.transportSocket;
  if (socket === undefined) return plainTransport;
  const { findings, extraRoots } = context;
  const any = socket.configType.value;
  if (any === undefined) {
    if (socket.name === 'envoy.transport_sockets.raw_buffer') return plainTransport;
    return createVerifiedTls(host, extraRoots);
  }
  const type = typeNameOf(any);
  if (type === UpstreamTlsContextSchema.typeName) {
    return compileUpstreamTls(unpackAny(UpstreamTlsContextSchema, any), { findings, extraRoots });
  }
  if (type === 'envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer') return plainTransport;
  refuseField(findings, socket, 'typed_config', ` with the type \`${type}\``);
  return null;
}
