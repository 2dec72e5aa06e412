import { create } from '@bufbuild/protobuf';
import {
  type ExtAuthz,
  ExtAuthzSchema,
} from '#schema/envoy/extensions/filters/http/ext_authz/v3/ext_authz_pb.js';
import type { HttpFilter } from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { DestinationSchema } from '#schema/istio/networking_pb.js';
import { typeNameOf, unpackAny } from '../../../resources/index.ts';
import type { DestinationClusters } from '../clusters/destination-clusters.ts';

/** Makes the clusters of the external authorizers that the filters ask: services of the files, as a route's destinations are. */
export function makeAuthorizerClusters(
  filters: readonly HttpFilter[],
  destinations: DestinationClusters,
): void {
  for (const { configType } of filters) {
    if (configType.case !== 'typedConfig' || typeNameOf(configType.value) !== ExtAuthzSchema.typeName)
      continue;
    const config = unpackAny(ExtAuthzSchema, configType.value);
    const name = clusterOf(config);
    const [, port, host] = /^outbound\|(\d+)\|\|(.+)$/.exec(name) ?? [];
    if (host === undefined) continue;
    const destination = create(DestinationSchema, { host, port: { number: Number(port) } });
    destinations.clusterFor(destination, '', 0, config.services.case === 'grpcService' ? 'grpc' : 'http');
  }
}

function clusterOf({ services }: ExtAuthz): string {
  if (services.case === 'httpService') {
    const type = services.value.serverUri?.httpUpstreamType;
    return type?.case === 'cluster' ? type.value : '';
  }
  const target = services.value?.targetSpecifier;
  return target?.case === 'envoyGrpc' ? target.value.clusterName : '';
}
