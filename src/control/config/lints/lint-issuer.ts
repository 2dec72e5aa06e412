import type { CheckContext } from '../checks/check-context.ts';
import { issuerMismatch } from './issuer-mismatch.ts';
import { type JwtFilter, remoteProvidersOf } from './jwt-filters.ts';

/** L05: an issuer that is not, letter for letter, what its server puts into tokens. */
export function lintIssuer({ jwt }: JwtFilter, context: CheckContext): void {
  for (const { name, provider, remote } of remoteProvidersOf(jwt)) {
    const own = issuerMismatch(provider.issuer, remote.httpUri?.uri ?? '');
    if (own === undefined || context.isBroken(provider, 'issuer')) continue;
    context.complain({
      code: 'issuerMismatch',
      severity: 'warning',
      message: `provider \`${name}\` wants \`${provider.issuer}\` and takes its keys from \`${own}\`, whose tokens say that`,
      hint: `write \`issuer: ${own}\`: it must equal the token's \`iss\` letter for letter`,
      about: provider,
      field: 'issuer',
      envoy: 'accepts',
    });
  }
}
