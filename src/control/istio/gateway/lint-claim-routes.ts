import type { VirtualService } from '#schema/istio/networking_pb.js';
import type { RequestAuthentication } from '#schema/istio/security_pb.js';
import type { Findings } from '../../../resources/index.ts';
import { ISTIO_CODES } from '../codes.ts';
import { parseRoutingClaim } from '../routing/routing-claim.ts';

/** A route by claim that no RequestAuthentication feeds is never taken (istio.md §4.2, IST0149). */
export function lintClaimRoutes(
  services: readonly VirtualService[],
  requests: readonly RequestAuthentication[],
  findings: Findings,
): void {
  if (requests.some(({ spec }) => spec !== undefined && spec.jwtRules.length > 0)) return;
  for (const match of services.flatMap(({ spec }) => spec?.http ?? []).flatMap(({ match }) => match)) {
    const claim = Object.keys(match.headers).find((name) => parseRoutingClaim(name) !== null);
    if (claim === undefined) continue;
    findings.report({
      code: ISTIO_CODES.claimWithoutToken,
      severity: 'warning',
      message: `\`${claim}\` is never there: no RequestAuthentication verifies tokens for this gateway`,
      hint: 'add one that selects the gateway',
      envoy: 'accepts',
      about: match,
      field: `headers[${claim}]`,
    });
  }
}
