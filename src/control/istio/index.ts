export type { RemoteJwksMode } from './authn/istiod-jwks.ts';
export { ISTIO_CODE_ENTRIES } from './codes.ts';
export { ejectBootstrap } from './eject-bootstrap.ts';
export { type Ejected, type EjectSetting, ejectFilters } from './eject-filters.ts';
export { parseWorkload } from './gateway/derive-workload.ts';
export { buildKeyCluster } from './gateway/direct-jwks.ts';
export { loadIstio } from './load-istio.ts';
export { parseMesh } from './parse-mesh.ts';
export type { Features, Workload } from './workload.ts';
