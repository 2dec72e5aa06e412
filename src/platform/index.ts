export type { CertifiedKey, DevelopmentAuthority, LeafRequest } from './certificates.ts';
export { createDevelopmentAuthority } from './create-development-authority.ts';
