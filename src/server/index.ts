export { openSqliteStore } from '../issuer/index.ts';
export { type ConnectTo, parseConnectTo } from '../proxy/upstream/index.ts';
export { type Gate, type GateListener, type GateOptions, GateStartError } from './gate.ts';
export { type LoadedRealm, loadRealm } from './issuer-realm-file.ts';
export type { TlsIdentity } from './issuer-server.ts';
export { type KeyFetcher, openKeyFetcher } from './key-fetcher.ts';
export { type ListenMove, parseListenMove } from './listen-move.ts';
export { type RunningIssuer, type StartIssuerOptions, startIssuer } from './run-issuer.ts';
export { startGate } from './start-gate.ts';
