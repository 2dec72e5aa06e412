export type { CertifiedKey, DevelopmentAuthority, LeafRequest } from './certificates.ts';
export { createDevelopmentAuthority } from './create-development-authority.ts';
export { type CreateLoggerOptions, createLogger } from './logger.ts';
export { nodeCrypto } from './node-crypto.ts';
export { SharedClock } from './shared-clock.ts';
export {
  exportPrivateJwk,
  exportPublicJwk,
  generateSigningKey,
  generateSigningKeyInPool,
  importSigningJwk,
  importSigningPem,
  importSigningSecret,
} from './signing-keys.ts';
export { systemClock } from './system-clock.ts';
export { nextTurn } from './turns.ts';
export { VerifyPool, type VerifyPoolLimits } from './verify-pool.ts';
