export { openSqliteStore } from '../../issuer/index.ts';
export type { TlsIdentity } from './issuer-server.ts';
export { type LoadedRealm, loadRealm } from './load-realm.ts';
export { REALM_CODE_ENTRIES } from './realm-codes.ts';
export { type RunningIssuer, type StartIssuerOptions, startIssuer } from './run-issuer.ts';
