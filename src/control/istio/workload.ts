/** What the policies are translated for: the proxy that will enforce them. */
export interface Workload {
  namespace: string;
  labels: Readonly<Record<string, string>>;
  kind: WorkloadKind;
  /** The service that a waypoint stands before. */
  service?: ServiceReference | undefined;
}

export type WorkloadKind = 'sidecar' | 'gateway' | 'waypoint';

interface ServiceReference {
  namespace: string;
  name: string;
  kind: 'Service' | 'ServiceEntry';
}

/** The switches of istiod that change what a policy is translated into; named as its environment has them in prose. */
export interface Features {
  /** Several CUSTOM providers on one workload (`PILOT_ENABLE_MULTIPLE_CUSTOM_AUTHZ_PROVIDERS`). */
  multipleCustomProviders: boolean;
  /** Managed gateways take policies by targetRefs only (`ENABLE_SELECTOR_BASED_K8S_GATEWAY_POLICY=false`). */
  noSelectorOnK8sGateway: boolean;
}

export const DEFAULT_FEATURES: Features = {
  multipleCustomProviders: false,
  noSelectorOnK8sGateway: false,
};

export const DEFAULT_ROOT_NAMESPACE = 'istio-system';
export const DEFAULT_TRUST_DOMAIN = 'cluster.local';
export const GATEWAY_NAME_LABEL = 'gateway.networking.k8s.io/gateway-name';
