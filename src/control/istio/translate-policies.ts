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
import { PolicyIndex } from './attachment.ts';
import type { JwksResolver } from './authn/jwks.ts';
import { buildJwtFilter } from './authn/jwt-filter.ts';
import { composeMtls, type Mtls } from './authn/mtls.ts';
import { buildCustomFilters } from './authz/custom-filters.ts';
import { buildRbacFilters } from './authz/rbac-filters.ts';
import type { TrustDomains } from './authz/trust-domains.ts';
import type { Lineage } from './lineage.ts';
import { Services } from './services.ts';
import { TranslationMemo } from './translation-memo.ts';
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
  /** What was translated before under the same mesh configuration. */
  memo?: TranslationMemo | undefined;
  /** Told why CUSTOM policies deny what they match. */
  onProblem(policies: readonly AuthorizationPolicy[], problem: string): void;
}

/** What istiod pushes for a workload, as far as policies decide it, in the order in which the filters run. */
export interface PolicyFilters {
  http: HttpFilter[];
  network: Filter[];
  mtls: Mtls;
}

/** Translates one set of objects for one workload. */
export function translatePolicies(
  objects: IstioObjects,
  { workload, ...options }: TranslateOptions,
): PolicyFilters {
  return new PolicyTranslator(objects, options).translate(workload);
}

/**
 * Translates a set of objects for one workload after another. When the set changes, what is made of the objects that are still
 * there is kept, and a filter whose policies are the same is the very same object: a change of one policy costs what it touches.
 */
export class PolicyTranslator {
  readonly #options: Omit<TranslateOptions, 'workload'>;
  readonly #rootNamespace: string;
  readonly #trustDomains: TrustDomains;
  readonly #memo: TranslationMemo;
  #objects: IstioObjects;
  #policies: PolicyIndex<AuthorizationPolicy>;
  #requests: PolicyIndex<RequestAuthentication>;
  #services: Services;

  constructor(objects: IstioObjects, options: Omit<TranslateOptions, 'workload'>) {
    const { mesh, memo = new TranslationMemo() } = options;
    this.#memo = memo;
    this.#options = options;
    this.#rootNamespace = mesh.rootNamespace || DEFAULT_ROOT_NAMESPACE;
    this.#trustDomains = [mesh.trustDomain || DEFAULT_TRUST_DOMAIN, ...mesh.trustDomainAliases.toSorted()];
    this.#objects = objects;
    this.#policies = new PolicyIndex(objects.authorizationPolicies);
    this.#requests = new PolicyIndex(objects.requestAuthentications);
    this.#services = new Services(objects.serviceEntries);
  }

  /** Takes the set as it is now. An object that has changed is another object. */
  update(objects: IstioObjects): void {
    this.#memo.turn();
    this.#objects = objects;
    this.#policies = new PolicyIndex(objects.authorizationPolicies);
    this.#requests = new PolicyIndex(objects.requestAuthentications);
    this.#services = new Services(objects.serviceEntries);
  }

  /** CUSTOM first, then the tokens, then AUDIT, DENY and ALLOW (istio.md §2.3). */
  translate(workload: Workload): PolicyFilters {
    const { features, jwks, lineage, onProblem, mesh } = this.#options;
    const scope = { workload, rootNamespace: this.#rootNamespace, features };
    const policies = this.#policies.select(scope, 'root first');
    const context = {
      peerInFilterState: workload.kind === 'waypoint',
      trustDomains: this.#trustDomains,
      lineage,
      memo: this.#memo,
    };
    const custom = buildCustomFilters(policies, {
      ...context,
      providers: mesh.extensionProviders,
      services: this.#services,
      multiple: features.multipleCustomProviders,
      onProblem,
    });
    const requests = this.#requests.select(scope, 'workload first');
    const jwt = buildJwtFilter(requests, { kind: workload.kind, jwks, lineage });
    const rbac = buildRbacFilters(policies, context);
    return {
      http: [...custom.http, ...(jwt === null ? [] : [jwt]), ...rbac.http],
      network: [...custom.network, ...rbac.network],
      mtls: composeMtls(this.#objects.peerAuthentications, workload, this.#rootNamespace),
    };
  }
}
