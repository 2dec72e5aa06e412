import type { Gateway, VirtualService } from '#schema/istio/networking_pb.js';
import type { Findings } from '../../../resources/index.ts';
import { DestinationClusters } from '../clusters/destination-clusters.ts';
import { DestinationRules } from '../clusters/destination-rules.ts';
import { ServiceRegistry } from '../clusters/service-registry.ts';
import { namespaceOf } from '../identity.ts';
import { wholeGateway } from '../routing/build-routes.ts';
import type { IstioObjects } from '../translate-policies.ts';
import { gatewayName, groupServers } from './gateway-servers.ts';
import type { Resources } from './gateway-snapshot.ts';
import { buildIngressListeners, type IngressContext } from './ingress-gateway.ts';
import { NetworkingJudge } from './judge-networking.ts';
import { lintClaimRoutes } from './lint-claim-routes.ts';
import type { Origin } from './upstream-cluster.ts';

export interface IngressPlan extends Omit<IngressContext, 'virtualServices' | 'clusterFor'> {
  upstream: Origin | null;
  findings: Findings;
}

/** The listeners of the gateways that `objects` has, and the clusters that their routes lead to. */
export function translateIngress(objects: IstioObjects, plan: IngressPlan): Resources {
  const { workload, upstream, files, lineage, findings } = plan;
  const virtualServices = boundTo(objects.gateways, objects.virtualServices);
  const judge = new NetworkingJudge(findings);
  for (const gateway of objects.gateways) judge.judgeGateway(gateway);
  for (const group of groupServers(objects.gateways)) judge.judgeGroup(group);
  for (const service of virtualServices) judge.judgeVirtualService(service);
  lintClaimRoutes(virtualServices, objects.requestAuthentications, findings);
  const { namespace } = workload;
  const registry = new ServiceRegistry(objects.serviceEntries, objects.workloadEntries, namespace);
  const rules = new DestinationRules(objects.destinationRules, namespace);
  const destinations = new DestinationClusters({
    registry,
    rules,
    upstream,
    files,
    lineage,
    findings,
    judge,
  });
  const clusterFor = destinations.clusterFor.bind(destinations);
  const listeners = buildIngressListeners(objects.gateways, { ...plan, virtualServices, clusterFor });
  return { listeners, clusters: [...destinations.made.values()] };
}

function boundTo(gateways: readonly Gateway[], services: readonly VirtualService[]): VirtualService[] {
  const names = new Set(gateways.map(gatewayName));
  return services.filter((service) =>
    service.spec?.gateways.some((name) => names.has(wholeGateway(name, namespaceOf(service)))),
  );
}
