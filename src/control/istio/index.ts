export {
  FAIL_CLOSED_JWKS,
  type IstiodJwksOptions,
  istiodJwks,
  type RemoteJwksMode,
} from './authn/istiod-jwks.ts';
export { ISTIO_CODE_ENTRIES } from './codes.ts';
export {
  type Admission,
  type IstioDocuments,
  isManifest,
  type PassedOver,
  readDocuments,
} from './documents.ts';
export { parseWorkload } from './gateway/derive-workload.ts';
export { Lineage } from './lineage.ts';
export { type IstioOptions, type LoadedIstio, loadIstio } from './load-istio.ts';
export { Services } from './services.ts';
export {
  type IstioObjects,
  type PolicyFilters,
  type TranslateOptions,
  translatePolicies,
} from './translate-policies.ts';
export { DEFAULT_FEATURES, type Features, type ServiceReference, type Workload } from './workload.ts';
