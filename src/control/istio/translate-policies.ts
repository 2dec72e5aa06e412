import type { Filter } from '#schema/envoy/config/listener/v3/listener_components_pb.js';
import type { HttpFilter } from '#schema/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import type { MeshConfig } from '#schema/istio/mesh_pb.js';
import type {
  DestinationRule,
  Gateway,
  ServiceEntry,
  VirtualService,
  WorkloadEntry,
} from '#schema/istio/networking_pb.js';
import type {
  AuthorizationPolicy,
  PeerAuthentication,
  RequestAuthentication,
} from '#schema/istio/security_pb.js';
import { selectFor } from './attachment.ts';
import type { JwksResolver } from './authn/jwks.ts';
import { buildJwtFilter } from './authn/jwt-filter.ts';
import { composeMtls, type Mtls } from './authn/mtls.ts';
import { buildCustomFilters } from './authz/custom-filters.ts';
import { buildRbacFilters } from './authz/rbac-filters.ts';
import type { Lineage } from './lineage.ts';
import { Services } from './services.ts';
import { DEFAULT_ROOT_NAMESPACE, DEFAULT_TRUST_DOMAIN, type Features, type Workload } from './workload.ts';

/** The Istio objects of one configuration, admitted. */
export interface IstioObjects {
  requestAuthentications: RequestAuthentication[];
  authorizationPolicies: AuthorizationPolicy[];
  peerAuthentications: PeerAuthentication[];
  serviceEntries: ServiceEntry[];
  workloadEntries: WorkloadEntry[];
  gateways: Gateway[];
  virtualServices: VirtualService[];
  destinationRules: DestinationRule[];
}

export interface TranslateOptions {
  workload: Workload;
  mesh: MeshConfig;
  features: Features;
  jwks: JwksResolver;
  lineage: Lineage;
  /** Told why CUSTOM policies deny what they match. */
  onProblem(policies: readonly AuthorizationPolicy[], problem: string): void;
}

/** What istiod pushes for a workload, as far as policies decide it, in the order in which the filters run. */
export interface PolicyFilters {
  http: HttpFilter[];
  network: Filter[];
  mtls: Mtls;
}

/** CUSTOM first, then the tokens, then AUDIT, DENY and ALLOW (istio.md §2.3). */
export function translatePolicies(objects: IstioObjects, options: TranslateOptions): PolicyFilters {
  const { workload, mesh, features, jwks, lineage, onProblem } = options;
  const rootNamespace = mesh.rootNamespace || DEFAULT_ROOT_NAMESPACE;
  const scope = { workload, rootNamespace, features };
  const policies = selectFor(objects.authorizationPolicies, scope, 'root first');
  const context = {
    peerInFilterState: workload.kind === 'waypoint',
    trustDomains: [mesh.trustDomain || DEFAULT_TRUST_DOMAIN, ...mesh.trustDomainAliases.toSorted()],
    lineage,
  };
  const custom = buildCustomFilters(policies, {
    ...context,
    providers: mesh.extensionProviders,
    services: new Services(objects.serviceEntries),
    multiple: features.multipleCustomProviders,
    onProblem,
  });
  const requests = selectFor(objects.requestAuthentications, scope, 'workload first');
  const jwt = buildJwtFilter(requests, { kind: workload.kind, jwks, lineage });
  const rbac = buildRbacFilters(policies, context);
  return {
    http: [...custom.http, ...(jwt === null ? [] : [jwt]), ...rbac.http],
    network: [...custom.network, ...rbac.network],
    mtls: composeMtls(objects.peerAuthentications, workload, rootNamespace),
  };
}
