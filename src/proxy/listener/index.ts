export type { LoopParts } from './create-service.ts';
export { type ListenAddress, ListenerServer } from './listener-server.ts';
