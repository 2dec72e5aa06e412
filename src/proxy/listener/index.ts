export { Stats, type StatsScope, uncounted } from '../stats.ts';
export type { LoopParts } from './create-service.ts';
export { compileDownstreamTls } from './downstream-tls.ts';
export { type ListenAddress, ListenerServer } from './listener-server.ts';
