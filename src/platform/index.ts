export type { CertifiedKey, DevelopmentAuthority, LeafRequest } from './certificates.ts';
export { createDevelopmentAuthority } from './create-development-authority.ts';
export { environmentVariable, hostName } from './environment.ts';
export { LogFile } from './log-file.ts';
export { createLogger } from './logger.ts';
export { nodeCrypto } from './node-crypto.ts';
export { ownAddress } from './own-address.ts';
export { readNamedFile, readToEnd } from './read-file.ts';
export { SharedClock } from './shared-clock.ts';
export {
  exportPublicJwk,
  generateSigningKey,
  importSigningJwk,
  importSigningPem,
  importSigningSecret,
} from './signing-keys.ts';
export { systemClock } from './system-clock.ts';
export { nextTurn } from './turns.ts';
