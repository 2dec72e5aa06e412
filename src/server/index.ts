export { type ConnectTo, parseConnectTo } from '../proxy/upstream/index.ts';
export { type Gate, type GateListener, type GateOptions, GateStartError, type GateUpdate } from './gate.ts';
export {
  type LoadedRealm,
  loadRealm,
  type RunningIssuer,
  type StartIssuerOptions,
  startIssuer,
  type TlsIdentity,
} from './issuer/index.ts';
export { type KeyFetcher, openKeyFetcher } from './key-fetcher.ts';
export { type ListenMove, parseListenMove } from './listen-move.ts';
export { shownUri } from './shown-uri.ts';
export { startGate } from './start-gate.ts';
