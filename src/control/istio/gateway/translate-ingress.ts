import type { Listener } from '#schema/envoy/config/listener/v3/listener_pb.js';
import type { Gateway, VirtualService } from '#schema/istio/networking_pb.js';
import type { Findings } from '../../../resources/index.ts';
import type { DestinationClusters } from '../clusters/destination-clusters.ts';
import { namespaceOf } from '../identity.ts';
import { wholeGateway } from '../routing/build-routes.ts';
import type { IstioObjects } from '../translate-policies.ts';
import { gatewayName, groupServers } from './gateway-servers.ts';
import { buildIngressListeners, type IngressContext } from './ingress-gateway.ts';
import type { NetworkingJudge } from './judge-networking.ts';
import { lintClaimRoutes } from './lint-claim-routes.ts';

export interface IngressPlan extends Omit<IngressContext, 'virtualServices' | 'clusterFor'> {
  destinations: DestinationClusters;
  judge: NetworkingJudge;
  findings: Findings;
}

/** The listeners of the gateways that `objects` has; the clusters that their routes lead to are made among the destinations. */
export function translateIngress(objects: IstioObjects, plan: IngressPlan): Listener[] {
  const { destinations, judge, findings } = plan;
  const virtualServices = boundTo(objects.gateways, objects.virtualServices);
  for (const gateway of objects.gateways) judge.judgeGateway(gateway);
  for (const group of groupServers(objects.gateways)) judge.judgeGroup(group);
  for (const service of virtualServices) judge.judgeVirtualService(service);
  lintClaimRoutes(virtualServices, objects.requestAuthentications, findings);
  const clusterFor = destinations.clusterFor.bind(destinations);
  return buildIngressListeners(objects.gateways, { ...plan, virtualServices, clusterFor });
}

function boundTo(gateways: readonly Gateway[], services: readonly VirtualService[]): VirtualService[] {
  const names = new Set(gateways.map(gatewayName));
  return services.filter((service) =>
    service.spec?.gateways.some((name) => names.has(wholeGateway(name, namespaceOf(service)))),
  );
}
