import type { DevelopmentAuthority } from './certificates.ts';

/** A throw-away certificate authority. The library behind it is loaded here, when somebody needs it, and not before. */
export async function createDevelopmentAuthority(name: string): Promise<DevelopmentAuthority> {
  const certificates = await import('./certificates.ts');
  return certificates.DevelopmentAuthority.create(name);
}
