export { openSqliteStore } from '../../issuer/index.ts';
export type { TlsIdentity } from './issuer-server.ts';
export { type LoadedRealm, loadRealm } from './load-realm.ts';
export { type RunningIssuer, type StartIssuerOptions, startIssuer } from './run-issuer.ts';
