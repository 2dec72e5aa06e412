export { openSqliteStore } from '../issuer/index.ts';
export { type LoadedRealm, loadRealm } from './issuer-realm-file.ts';
export type { TlsIdentity } from './issuer-server.ts';
export { type RunningIssuer, type StartIssuerOptions, startIssuer } from './run-issuer.ts';
