import type { DescMessage, Message } from '@bufbuild/protobuf';
import type { Cluster } from '#schema/envoy/config/cluster/v3/cluster_pb.js';
import type { GrpcService_EnvoyGrpc } from '#schema/envoy/config/core/v3/grpc_service_pb.js';
import type { HttpUri } from '#schema/envoy/config/core/v3/http_uri_pb.js';
import type {
  RouteAction,
  WeightedCluster_ClusterWeight,
} from '#schema/envoy/config/route/v3/route_components_pb.js';
import type { HttpProtocolOptions } from '#schema/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.js';
import { type CheckContext, configOf } from './check-context.ts';

interface Decoded {
  message: Message;
  desc: DescMessage;
}

const OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

/**
 * HTTP/2 is spoken to clusters that only gRPC services are asked through, and gRPC only by HTTP/2: all else that Envoy takes is refused
 * by name.
 */
export function checkGrpcClusters(
  clusters: readonly Cluster[],
  decoded: readonly Decoded[],
  context: CheckContext,
): void {
  const asked = decoded.filter(({ desc }) => desc.typeName === 'envoy.config.core.v3.GrpcService.EnvoyGrpc');
  const services = asked.map(({ message }) => message as GrpcService_EnvoyGrpc);
  const byGrpc = new Set(services.map(({ clusterName }) => clusterName));
  const otherwise = new Set(decoded.flatMap(clusterOf));
  for (const cluster of clusters) {
    const http2 = speaksHttp2(cluster);
    const isGrpcAlone = byGrpc.has(cluster.name) && !otherwise.has(cluster.name);
    if (http2 === false) complainOfHttp1(cluster, services, context);
    else if (http2 === true && !isGrpcAlone) complainOfHttp2(cluster, context);
  }
}

/** The cluster that a message has requests sent to by HTTP. */
function clusterOf({ message, desc }: Decoded): string[] {
  switch (desc.typeName) {
    case 'envoy.config.core.v3.HttpUri': {
      const { httpUpstreamType: type } = message as HttpUri;
      return type.case === 'cluster' ? [type.value] : [];
    }
    case 'envoy.config.route.v3.RouteAction': {
      const { clusterSpecifier: specifier } = message as RouteAction;
      return specifier.case === 'cluster' ? [specifier.value] : [];
    }
    case 'envoy.config.route.v3.WeightedCluster.ClusterWeight':
      return [(message as WeightedCluster_ClusterWeight).name];
    default:
      return [];
  }
}

/** undefined: it leaves that to something that is refused itself. */
function speaksHttp2({ http2ProtocolOptions, typedExtensionProtocolOptions }: Cluster): boolean | undefined {
  const options = configOf<HttpProtocolOptions>(typedExtensionProtocolOptions[OPTIONS], OPTIONS);
  if (options === undefined) return http2ProtocolOptions !== undefined;
  const { upstreamProtocolOptions: protocol } = options;
  return protocol.case === 'explicitHttpConfig'
    ? protocol.value.protocolConfig.case === 'http2ProtocolOptions'
    : undefined;
}

function complainOfHttp2(cluster: Cluster, context: CheckContext): void {
  const isTyped = cluster.typedExtensionProtocolOptions[OPTIONS] !== undefined;
  context.complain({
    code: 'fieldNotDone',
    message: `cluster \`${cluster.name}\` speaks HTTP/2, which is done only for clusters that nothing but gRPC services are asked through`,
    hint: 'leave the option out where the servers speak HTTP/1.1 too',
    about: cluster,
    field: isTyped ? 'typed_extension_protocol_options' : 'http2_protocol_options',
    envoy: 'accepts',
  });
}

function complainOfHttp1(
  { name }: Cluster,
  services: readonly GrpcService_EnvoyGrpc[],
  context: CheckContext,
): void {
  for (const service of services.filter(({ clusterName }) => clusterName === name)) {
    context.complain({
      code: 'fieldNotDone',
      message: `cluster \`${name}\` speaks HTTP/1.1, which carries no gRPC: every call would fail`,
      hint: 'give the cluster `typed_extension_protocol_options` with `explicit_http_config: { http2_protocol_options: {} }`',
      about: service,
      field: 'cluster_name',
      envoy: 'accepts',
    });
  }
}
